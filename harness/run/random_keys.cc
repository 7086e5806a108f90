// Random commands: keys of any type.
// The moments are far away, so that no key expires while two servers run at different speeds.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"DEL {$k}+"},
    {"UNLINK $k"},
    {"EXISTS {$k}+"},
    {"TYPE $k"},
    {"TOUCH {$k}+"},
    {"KEYS {*|s*|?1|[lz]*}", Agreement::kUnordered},
    {"SCAN 0 COUNT 1000 {|MATCH *1|TYPE zset}", Agreement::kUnordered},
    {"DBSIZE"},
    {"RANDOMKEY", Agreement::kShape, When::kNoneExpires},
    {"RENAME $k $k"},
    {"RENAMENX $k $k"},
    {"COPY $k $k {|REPLACE}"},
    {"COPY $k $k DB {0|1} {|REPLACE}"},
    {"OBJECT ENCODING $k"},
    {"EXPIREAT $k {4102444800|4102444900|1} {|NX|XX|GT|LT}"},
    {"PEXPIREAT $k 4102444800000"},
    {"EXPIRE $k {100000|-1|$i}"},
    {"PERSIST $k"},
    {"TTL $k", Agreement::kShape},
    {"PTTL $k", Agreement::kShape},
    {"EXPIRETIME $k", Agreement::kShape},
    {"DUMP $s", Agreement::kShape},  // the order in a hash table is drawn by chance
    {"SORT $l {|ALPHA|ALPHA DESC|LIMIT 1 2 ALPHA}"},
    {"SORT $t ALPHA"},
    {"SORT $z ALPHA STORE $l"},
};

}  // namespace

RandomGroup RandomKeys() { return {.name = "keys", .templates = kTemplates}; }

}  // namespace modcert::run
