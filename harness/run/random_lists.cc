// Random commands: lists.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"LPUSH $l {$v}+"},
    {"RPUSH $l {$v}+"},
    {"LPUSHX $l $v"},
    {"RPUSHX $l $v"},
    {"LPOP $l {|$n}"},
    {"RPOP $l {|$n}"},
    {"LLEN $l"},
    {"LRANGE $l $i $i"},
    {"LINDEX $l $i"},
    {"LSET $l $n $v"},
    {"LINSERT $l {BEFORE|AFTER} $v $v"},
    {"LREM $l {0|1|-1|2} $v"},
    {"LTRIM $l {0|1|-3} {-1|2|$i}"},
    {"LPOS $l $v {|RANK -1|COUNT 0}"},
    {"LMOVE $l $l {LEFT|RIGHT} {LEFT|RIGHT}"},
    {"RPOPLPUSH $l $l"},
    {"LMPOP 2 $l $l {LEFT|RIGHT} {|COUNT 2}"},
};

}  // namespace

RandomGroup RandomLists() { return {.name = "lists", .key_letter = 'l', .templates = kTemplates}; }

}  // namespace modcert::run
