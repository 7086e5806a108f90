// Random commands: those that wait until another client brings what they want.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"BLPOP {$l}+ 0", Agreement::kExact, When::kNoneSwapped},
    {"BLPOP $l 0"},
    {"BRPOP {$l}+ 0", Agreement::kExact, When::kNoneSwapped},
    {"BRPOP $l 0"},
    {"BLMOVE $l $l {LEFT|RIGHT} {LEFT|RIGHT} 0", Agreement::kExact, When::kNoneSwapped},
    {"BRPOPLPUSH $l $l 0", Agreement::kExact, When::kNoneSwapped},
    {"BLMPOP 0 2 $l $l {LEFT|RIGHT} {|COUNT 2}", Agreement::kExact, When::kNoneSwapped},
    {"BZPOPMIN {$z}+ 0", Agreement::kExact, When::kNoneSwapped},
    {"BZPOPMIN $z 0"},
    {"BZPOPMAX {$z}+ 0", Agreement::kExact, When::kNoneSwapped},
    {"BZPOPMAX $z 0"},
    {"BZMPOP 0 2 $z $z {MIN|MAX} {|COUNT 2}", Agreement::kExact, When::kNoneSwapped},
    {"BLPOP $l {-1|abc|$i $l}"},
    {"BLPOP $l 0.001", Agreement::kExact, When::kExpiring},
    {"BZPOPMIN $z 0.001", Agreement::kExact, When::kExpiring},
    {"BLMOVE $l $l LEFT LEFT 0.001", Agreement::kExact, When::kExpiring},
    {"BLMPOP 0.001 1 $l LEFT", Agreement::kExact, When::kExpiring},
    // what serves them
    {"RPUSH $l {$v}+"},
    {"ZADD $z {$i $m}+"},
    {"RENAME $l $l"},
};

}  // namespace

RandomGroup RandomBlocking() { return {.name = "blocking", .templates = kTemplates}; }

}  // namespace modcert::run
