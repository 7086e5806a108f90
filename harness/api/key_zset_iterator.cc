// Key API for Sorted Set iterator. The iterator is a range between two bounds and a rank in it.

#include "api/key_access.h"
#include "api/rows.h"

namespace modcert::api {
namespace {

using engine::LexBound;
using engine::ZSet;
using module::ZsetIterator;

struct Ranks {
  size_t first;
  size_t end;
};

Ranks RanksOf(const ZSet& zset, const ZsetIterator& iterator) {
  if (iterator.kind == ZsetIterator::Kind::kScore)
    return {zset.FirstRank(iterator.min_score), zset.EndRank(iterator.max_score)};
  return {zset.FirstRank(iterator.min_lex), zset.EndRank(iterator.max_lex)};
}

enum class From { kFirst, kLast };

// Stands on the first or the last element of the range that `key->zset` describes.
int Start(RedisModuleKey* key, const ZSet& zset, From from) {
  ZsetIterator& iterator = key->zset;
  const auto [first, end] = RanksOf(zset, iterator);
  iterator.end_reached = first >= end;
  if (!iterator.end_reached) iterator.rank = from == From::kFirst ? first : end - 1;
  return REDISMODULE_OK;
}

int StartScoreRange(RedisModuleKey* key, double min, double max, int exclude_min, int exclude_max,
                    From from) {
  const ZSet* zset = key->value<ZSet>();
  if (!zset) return REDISMODULE_ERR;
  key->zset = {.kind = ZsetIterator::Kind::kScore,
               .min_score = {min, exclude_min != 0},
               .max_score = {max, exclude_max != 0}};
  return Start(key, *zset, from);
}

std::optional<LexBound> ParseLexBound(const std::string& text) {
  if (text == "-") return LexBound{.kind = LexBound::Kind::kMinusInfinity};
  if (text == "+") return LexBound{.kind = LexBound::Kind::kPlusInfinity};
  if (text.empty() || (text[0] != '[' && text[0] != '(')) return std::nullopt;
  return LexBound{.member = text.substr(1), .exclusive = text[0] == '('};
}

int StartLexRange(RedisModuleKey* key, const RedisModuleString* min, const RedisModuleString* max,
                  From from) {
  const ZSet* zset = key->value<ZSet>();
  if (!zset) return REDISMODULE_ERR;
  const std::optional<LexBound> low = ParseLexBound(min->bytes);
  const std::optional<LexBound> high = ParseLexBound(max->bytes);
  if (!low || !high) {
    // A real server leaves the end flag down although there is no element.
    key->zset = {.end_reached = false};
    return REDISMODULE_ERR;
  }
  key->zset = {.kind = ZsetIterator::Kind::kLex, .min_lex = *low, .max_lex = *high};
  return Start(key, *zset, from);
}

// void RedisModule_ZsetRangeStop(RedisModuleKey *key)
void ZsetRangeStop(RedisModuleKey* key) noexcept { key->zset = {}; }

// int RedisModule_ZsetFirstInScoreRange(RedisModuleKey *key, double min, double max, int minex,
//                                       int maxex)
int ZsetFirstInScoreRange(RedisModuleKey* key, double min, double max, int exclude_min,
                          int exclude_max) noexcept {
  return StartScoreRange(key, min, max, exclude_min, exclude_max, From::kFirst);
}

// int RedisModule_ZsetLastInScoreRange(RedisModuleKey *key, double min, double max, int minex,
//                                      int maxex)
int ZsetLastInScoreRange(RedisModuleKey* key, double min, double max, int exclude_min,
                         int exclude_max) noexcept {
  return StartScoreRange(key, min, max, exclude_min, exclude_max, From::kLast);
}

// int RedisModule_ZsetFirstInLexRange(RedisModuleKey *key, RedisModuleString *min,
//                                     RedisModuleString *max)
int ZsetFirstInLexRange(RedisModuleKey* key, RedisModuleString* min,
                        RedisModuleString* max) noexcept {
  return StartLexRange(key, min, max, From::kFirst);
}

// int RedisModule_ZsetLastInLexRange(RedisModuleKey *key, RedisModuleString *min,
//                                    RedisModuleString *max)
int ZsetLastInLexRange(RedisModuleKey* key, RedisModuleString* min,
                       RedisModuleString* max) noexcept {
  return StartLexRange(key, min, max, From::kLast);
}

// RedisModuleString *RedisModule_ZsetRangeCurrentElement(RedisModuleKey *key, double *score)
RedisModuleString* ZsetRangeCurrentElement(RedisModuleKey* key, double* score) noexcept {
  const ZSet* zset = key->value<ZSet>();
  if (!zset || !key->zset.rank || *key->zset.rank >= zset->size()) return nullptr;
  const ZSet::Item& item = zset->At(*key->zset.rank);
  if (score) *score = item.score;
  return key->ctx->host.NewString(key->ctx, item.member);
}

// One step; at the edge the iterator stays where it is and the end flag goes up.
int Move(RedisModuleKey* key, bool forward) {
  const ZSet* zset = key->value<ZSet>();
  ZsetIterator& iterator = key->zset;
  if (!zset || !iterator.rank) return 0;
  const auto [first, end] = RanksOf(*zset, iterator);
  const bool at_edge = forward ? *iterator.rank + 1 >= end : *iterator.rank <= first;
  if (at_edge) {
    iterator.end_reached = true;
    return 0;
  }
  *iterator.rank += forward ? 1 : -1;
  return 1;
}

// int RedisModule_ZsetRangeNext(RedisModuleKey *key)
int ZsetRangeNext(RedisModuleKey* key) noexcept { return Move(key, true); }

// int RedisModule_ZsetRangePrev(RedisModuleKey *key)
int ZsetRangePrev(RedisModuleKey* key) noexcept { return Move(key, false); }

// int RedisModule_ZsetRangeEndReached(RedisModuleKey *key)
int ZsetRangeEndReached(RedisModuleKey* key) noexcept {
  return !key->value<ZSet>() || key->zset.end_reached;
}

const abi::ApiRow kRows[] = {
    API_ROW(ZsetRangeStop),       API_ROW(ZsetFirstInScoreRange), API_ROW(ZsetLastInScoreRange),
    API_ROW(ZsetFirstInLexRange), API_ROW(ZsetLastInLexRange),    API_ROW(ZsetRangeCurrentElement),
    API_ROW(ZsetRangeNext),       API_ROW(ZsetRangePrev),         API_ROW(ZsetRangeEndReached),
};

}  // namespace

std::span<const abi::ApiRow> KeyZsetIteratorRows() { return kRows; }

}  // namespace modcert::api
