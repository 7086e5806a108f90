// Key API for Sorted Set type.

#include <cmath>

#include "api/key_access.h"
#include "api/rows.h"

namespace modcert::api {
namespace {

enum class Outcome { kNothing, kAdded, kUpdated, kSame, kNan };

// One ZADD of one element under the input flags; `score` becomes the new score.
Outcome AddScore(engine::ZSet& zset, const std::string& element, double& score, int flags,
                 bool increment) {
  const std::optional<double> current = zset.Score(element);
  if (!current) {
    if (flags & REDISMODULE_ZADD_XX) return Outcome::kNothing;
    zset.Set(element, score);
    return Outcome::kAdded;
  }
  if (flags & REDISMODULE_ZADD_NX) return Outcome::kNothing;
  if (increment) score += *current;
  if (std::isnan(score)) return Outcome::kNan;
  if ((flags & REDISMODULE_ZADD_LT) && score >= *current) return Outcome::kNothing;
  if ((flags & REDISMODULE_ZADD_GT) && score <= *current) return Outcome::kNothing;
  if (score == *current) return Outcome::kSame;
  zset.Set(element, score);
  return Outcome::kUpdated;
}

int OutputFlags(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNothing:
      return REDISMODULE_ZADD_NOP;
    case Outcome::kAdded:
      return REDISMODULE_ZADD_ADDED;
    case Outcome::kUpdated:
      return REDISMODULE_ZADD_UPDATED;
    case Outcome::kSame:
    case Outcome::kNan:
      break;
  }
  return 0;
}

int Add(RedisModuleKey* key, double& score, const RedisModuleString* element, int* flags_inout,
        bool increment) {
  if (!key->writable() || (key->entry && !key->value<engine::ZSet>())) return REDISMODULE_ERR;
  // The set is there before the flags are looked at: up to 7.0 an XX that adds nothing leaves an
  // empty sorted set in the keyspace.
  engine::ZSet& zset = *ContainerForWrite<engine::ZSet>(key);
  const int flags = flags_inout ? *flags_inout : 0;
  const Outcome outcome =
      std::isnan(score) ? Outcome::kNan : AddScore(zset, element->bytes, score, flags, increment);
  if (flags_inout) *flags_inout = OutputFlags(outcome);
  return outcome == Outcome::kNan ? REDISMODULE_ERR : REDISMODULE_OK;
}

// int RedisModule_ZsetAdd(RedisModuleKey *key, double score, RedisModuleString *ele, int *flagsptr)
int ZsetAdd(RedisModuleKey* key, double score, RedisModuleString* element, int* flags) noexcept {
  return Add(key, score, element, flags, false);
}

// int RedisModule_ZsetIncrby(RedisModuleKey *key, double score, RedisModuleString *ele,
//                            int *flagsptr, double *newscore)
int ZsetIncrby(RedisModuleKey* key, double score, RedisModuleString* element, int* flags,
               double* new_score) noexcept {
  const int status = Add(key, score, element, flags, true);
  if (status == REDISMODULE_OK && new_score) *new_score = score;
  return status;
}

// int RedisModule_ZsetRem(RedisModuleKey *key, RedisModuleString *ele, int *deleted)
int ZsetRem(RedisModuleKey* key, RedisModuleString* element, int* deleted) noexcept {
  if (!key->writable() || (key->entry && !key->value<engine::ZSet>())) return REDISMODULE_ERR;
  engine::ZSet* zset = key->value<engine::ZSet>();
  const bool removed = zset && zset->Remove(element->bytes);
  RemoveKeyIfEmpty(key);
  if (deleted) *deleted = removed;
  return REDISMODULE_OK;
}

// int RedisModule_ZsetScore(RedisModuleKey *key, RedisModuleString *ele, double *score)
int ZsetScore(RedisModuleKey* key, RedisModuleString* element, double* score) noexcept {
  const engine::ZSet* zset = key->value<engine::ZSet>();
  const std::optional<double> found = zset ? zset->Score(element->bytes) : std::nullopt;
  if (!found) return REDISMODULE_ERR;
  *score = *found;
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(ZsetAdd),
    API_ROW(ZsetIncrby),
    API_ROW(ZsetRem),
    API_ROW(ZsetScore),
};

}  // namespace

std::span<const abi::ApiRow> KeyZsetRows() { return kRows; }

}  // namespace modcert::api
