// Random commands: sets.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"SADD $t {$m}+"},
    {"SREM $t {$m}+"},
    {"SMOVE $t $t $m"},
    {"SISMEMBER $t $m"},
    {"SMISMEMBER $t {$m}+"},
    {"SCARD $t"},
    {"SMEMBERS $t", Agreement::kUnordered},
    // All of them, or as many as make no difference: what chance takes away would stay different.
    {"SPOP $t {1000|0|-1|$i 1}", Agreement::kUnordered},
    {"SRANDMEMBER $t", Agreement::kShape},
    {"SRANDMEMBER $t {2|-3|-1000|0}", Agreement::kShape},
    {"SRANDMEMBER $t 1000", Agreement::kUnordered},
    {"SSCAN $t 0 COUNT 1000", Agreement::kUnordered},
    {"SINTER {$t}+", Agreement::kUnordered},
    {"SUNION {$t}+", Agreement::kUnordered},
    {"SDIFF {$t}+", Agreement::kUnordered},
    {"SINTERSTORE $t {$t}+"},
    {"SUNIONSTORE $t {$t}+"},
    {"SDIFFSTORE $t {$t}+"},
    {"SINTERCARD 2 $t $t {|LIMIT 1}"},
};

}  // namespace

RandomGroup RandomSets() { return {.name = "sets", .key_letter = 't', .templates = kTemplates}; }

}  // namespace modcert::run
