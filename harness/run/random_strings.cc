// Random commands: strings.
// The moments are far away, so that no key expires while two servers run at different speeds.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"SET $s $v {|NX|XX} {|GET} {|KEEPTTL|EX 100000|PXAT 4102444800000}"},
    {"GET $s"},
    {"GETSET $s $v"},
    {"GETDEL $s"},
    {"GETEX $s {|PERSIST|EXAT 4102444800|EX 100000}"},
    {"SETNX $s $v"},
    {"SETEX $s {100000|0|-1} $v"},
    {"PSETEX $s 100000000 $v"},
    {"MSET {$s $v}+"},
    {"MSETNX {$s $v}+"},
    {"MGET {$k}+"},
    {"INCR $s"},
    {"DECR $s"},
    {"INCRBY $s $i"},
    {"DECRBY $s $i"},
    {"INCRBYFLOAT $s $f"},
    {"APPEND $s $v"},
    {"STRLEN $s"},
    {"SETRANGE $s {$n|-1|300} $v"},
    {"GETRANGE $s $i $i"},
    {"LCS $s $s {|LEN|IDX|IDX MINMATCHLEN 2 WITHMATCHLEN}"},
};

}  // namespace

RandomGroup RandomStrings() {
  return {.name = "strings", .key_letter = 's', .templates = kTemplates};
}

}  // namespace modcert::run
