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

// zset.flags-gt-lt: before 6.2 these bits meant nothing.
int KnownFlags(int flags, const abi::Profile& profile) {
  const bool knows_limits = abi::AtLeast(profile, {6, 2, 0});
  return knows_limits ? flags : flags & ~(REDISMODULE_ZADD_GT | REDISMODULE_ZADD_LT);
}

// zset.failed-add-leaves-no-key
bool RemovesAfterFailure(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 2, 0}); }

enum class AddBy { kScore, kIncrement };

int Add(RedisModuleKey* key, double score, const RedisModuleString* element, int* flags_inout,
        AddBy by, double* new_score = nullptr) {
  if (!key->writable() || (key->entry && !key->value<engine::ZSet>())) return REDISMODULE_ERR;
  // zset.xx-leaves-empty: the set is there before the flags are looked at.
  engine::ZSet& zset = *ContainerForWrite<engine::ZSet>(key);
  const int flags = flags_inout ? KnownFlags(*flags_inout, key->ctx->host.api.profile()) : 0;
  const Outcome outcome =
      std::isnan(score) ? Outcome::kNan
                        : AddScore(zset, element->bytes, score, flags, by == AddBy::kIncrement);
  if (flags_inout) *flags_inout = OutputFlags(outcome);
  if (outcome != Outcome::kNan) {
    // zset.incrby-new-score: what the flags hold back leaves the target alone.
    if (new_score && outcome != Outcome::kNothing) *new_score = score;
    return REDISMODULE_OK;
  }
  if (RemovesAfterFailure(key->ctx->host.api.profile())) RemoveKeyIfEmpty(key);
  return REDISMODULE_ERR;
}

// int RedisModule_ZsetAdd(RedisModuleKey *key, double score, RedisModuleString *ele, int *flagsptr)
int ZsetAdd(RedisModuleKey* key, double score, RedisModuleString* element, int* flags) noexcept {
  return Add(key, score, element, flags, AddBy::kScore);
}

// int RedisModule_ZsetIncrby(RedisModuleKey *key, double score, RedisModuleString *ele,
//                            int *flagsptr, double *newscore)
int ZsetIncrby(RedisModuleKey* key, double score, RedisModuleString* element, int* flags,
               double* new_score) noexcept {
  return Add(key, score, element, flags, AddBy::kIncrement, new_score);
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
