// Random commands: hashes.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"HSET $h {$m $v}+"},
    {"HMSET $h {$m $v}+"},
    {"HSETNX $h $m $v"},
    {"HGET $h $m"},
    {"HMGET $h {$m}+"},
    {"HDEL $h {$m}+"},
    {"HEXISTS $h $m"},
    {"HLEN $h"},
    {"HSTRLEN $h $m"},
    {"HINCRBY $h $m $i"},
    {"HINCRBYFLOAT $h $m $f"},
    {"HGETALL $h", Agreement::kUnordered},
    {"HKEYS $h", Agreement::kUnordered},
    {"HVALS $h", Agreement::kUnordered},
    {"HRANDFIELD $h", Agreement::kShape},
    {"HRANDFIELD $h {-3|-50|0}", Agreement::kShape},
    {"HRANDFIELD $h {2|-3} WITHVALUES", Agreement::kShape},
    {"HRANDFIELD $h 1000 {|WITHVALUES}", Agreement::kUnordered},
    {"HSCAN $h 0 COUNT 1000", Agreement::kUnordered},
};

}  // namespace

RandomGroup RandomHashes() {
  return {.name = "hashes", .key_letter = 'h', .templates = kTemplates};
}

}  // namespace modcert::run
