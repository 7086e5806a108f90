// Modules Dictionary API.

#include "module/dict.h"

#include <string>
#include <string_view>

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using Items = decltype(RedisModuleDict::items);

int OkIf(bool done) { return done ? REDISMODULE_OK : REDISMODULE_ERR; }

std::string_view Bytes(const void* key, size_t size) {
  return {static_cast<const char*>(key), size};
}

// RedisModuleDict *RedisModule_CreateDict(RedisModuleCtx *ctx)
RedisModuleDict* CreateDict(RedisModuleCtx* ctx) noexcept {
  module::Host* host = ctx ? &ctx->host : module::CurrentHost();
  if (!host) return nullptr;
  module::Module* owner = ctx ? ctx->module : module::CurrentModule();
  RedisModuleDict* dict = host->handles.dicts.New(owner, *host);
  if (ctx) ctx->Track(abi::HandleKind::kDict, dict);
  return dict;
}

// void RedisModule_FreeDict(RedisModuleCtx *ctx, RedisModuleDict *d)
void FreeDict(RedisModuleCtx* ctx, RedisModuleDict* dict) noexcept {
  if (ctx) ctx->Untrack(dict);
  dict->host.FreeDict(dict);
}

// uint64_t RedisModule_DictSize(RedisModuleDict *d)
uint64_t DictSize(RedisModuleDict* dict) noexcept { return dict->items.size(); }

// ---- Elements. Each function has a form for bytes, with a C at its end, and one for a string.

// int RedisModule_DictSetC(RedisModuleDict *d, void *key, size_t keylen, void *ptr)
int DictSetC(RedisModuleDict* dict, void* key, size_t size, void* value) noexcept {
  return OkIf(dict->items.emplace(Bytes(key, size), value).second);
}

// int RedisModule_DictReplaceC(RedisModuleDict *d, void *key, size_t keylen, void *ptr)
int DictReplaceC(RedisModuleDict* dict, void* key, size_t size, void* value) noexcept {
  // dict.replace-err-means-replaced: OK is for a key that was not there.
  const auto place = dict->items.lower_bound(Bytes(key, size));
  const bool is_new = place == dict->items.end() || place->first != Bytes(key, size);
  if (is_new)
    dict->items.emplace_hint(place, Bytes(key, size), value);
  else
    place->second = value;
  return OkIf(is_new);
}

// void *RedisModule_DictGetC(RedisModuleDict *d, void *key, size_t keylen, int *nokey)
void* DictGetC(RedisModuleDict* dict, void* key, size_t size, int* no_key) noexcept {
  const auto it = dict->items.find(Bytes(key, size));
  const bool found = it != dict->items.end();
  if (no_key) *no_key = !found;
  return found ? it->second : nullptr;
}

// int RedisModule_DictDelC(RedisModuleDict *d, void *key, size_t keylen, void *oldval)
int DictDelC(RedisModuleDict* dict, void* key, size_t size, void* old_value) noexcept {
  const auto it = dict->items.find(Bytes(key, size));
  if (it == dict->items.end()) return REDISMODULE_ERR;
  if (old_value) *static_cast<void**>(old_value) = it->second;
  dict->items.erase(it);
  return REDISMODULE_OK;
}

// int RedisModule_DictSet(RedisModuleDict *d, RedisModuleString *key, void *ptr)
int DictSet(RedisModuleDict* dict, RedisModuleString* key, void* value) noexcept {
  return DictSetC(dict, key->bytes.data(), key->bytes.size(), value);
}

// int RedisModule_DictReplace(RedisModuleDict *d, RedisModuleString *key, void *ptr)
int DictReplace(RedisModuleDict* dict, RedisModuleString* key, void* value) noexcept {
  return DictReplaceC(dict, key->bytes.data(), key->bytes.size(), value);
}

// void *RedisModule_DictGet(RedisModuleDict *d, RedisModuleString *key, int *nokey)
void* DictGet(RedisModuleDict* dict, RedisModuleString* key, int* no_key) noexcept {
  return DictGetC(dict, key->bytes.data(), key->bytes.size(), no_key);
}

// int RedisModule_DictDel(RedisModuleDict *d, RedisModuleString *key, void *oldval)
int DictDel(RedisModuleDict* dict, RedisModuleString* key, void* old_value) noexcept {
  return DictDelC(dict, key->bytes.data(), key->bytes.size(), old_value);
}

// ---- Iterators.

// An operator: two letters at most count, and what follows '<', '>' is "=" or nothing.
struct Operator {
  explicit Operator(const char* text) : first(text[0]), or_equal(text[0] && text[1] == '=') {}
  char first;
  bool or_equal;
};

// The last element before `it`, or the end when there is none.
Items::iterator Before(Items& items, Items::iterator it) {
  return it == items.begin() ? items.end() : std::prev(it);
}

// False for an unknown operator: then the iterator has no element.
bool Seek(RedisModuleDictIter* iterator, Operator op, std::string_view key) {
  Items& items = iterator->dict->items;
  Items::iterator it = items.end();
  bool known = true;
  switch (op.first) {
    case '^':
      it = items.begin();
      break;
    case '$':
      it = Before(items, items.end());
      break;
    case '=':
      it = items.find(key);
      break;
    case '>':
      it = op.or_equal ? items.lower_bound(key) : items.upper_bound(key);
      break;
    case '<':
      it = Before(items, op.or_equal ? items.upper_bound(key) : items.lower_bound(key));
      break;
    default:
      known = false;
  }
  iterator->just_seeked = true;
  iterator->end = it == items.end();
  iterator->key = iterator->end ? std::string() : it->first;
  return known;
}

enum class Direction { kForward, kBackward };

// Moves, except right after a seek. False at the end.
bool Step(RedisModuleDictIter* iterator, Direction direction, void** value) {
  if (iterator->end) return false;
  Items& items = iterator->dict->items;
  const bool stays = std::exchange(iterator->just_seeked, false);
  const auto at_or_after = items.lower_bound(iterator->key);
  const auto after = items.upper_bound(iterator->key);
  const auto it = direction == Direction::kForward ? (stays ? at_or_after : after)
                                                   : Before(items, stays ? after : at_or_after);
  iterator->end = it == items.end();
  if (iterator->end) return false;
  iterator->key = it->first;
  if (value) *value = it->second;
  return true;
}

void* StepC(RedisModuleDictIter* iterator, Direction direction, size_t* size, void** value) {
  if (!Step(iterator, direction, value)) return nullptr;
  if (size) *size = iterator->key.size();
  return iterator->key.data();
}

RedisModuleString* StepString(RedisModuleCtx* ctx, RedisModuleDictIter* iterator,
                              Direction direction, void** value) {
  if (!Step(iterator, direction, value)) return nullptr;
  return iterator->dict->host.NewString(ctx, iterator->key);
}

// RedisModuleDictIter *RedisModule_DictIteratorStartC(RedisModuleDict *d, const char *op, void
//                                                     *key, size_t keylen)
RedisModuleDictIter* DictIteratorStartC(RedisModuleDict* dict, const char* op, void* key,
                                        size_t size) noexcept {
  RedisModuleDictIter* iterator =
      dict->host.handles.dict_iterators.New(module::CurrentModule(), dict);
  Seek(iterator, Operator(op), Bytes(key, size));
  return iterator;
}

// RedisModuleDictIter *RedisModule_DictIteratorStart(RedisModuleDict *d, const char *op,
//                                                    RedisModuleString *key)
RedisModuleDictIter* DictIteratorStart(RedisModuleDict* dict, const char* op,
                                       RedisModuleString* key) noexcept {
  return DictIteratorStartC(dict, op, key->bytes.data(), key->bytes.size());
}

// void RedisModule_DictIteratorStop(RedisModuleDictIter *di)
void DictIteratorStop(RedisModuleDictIter* iterator) noexcept {
  iterator->dict->host.handles.dict_iterators.End(iterator);
}

// int RedisModule_DictIteratorReseekC(RedisModuleDictIter *di, const char *op, void *key, size_t
//                                     keylen)
int DictIteratorReseekC(RedisModuleDictIter* iterator, const char* op, void* key,
                        size_t size) noexcept {
  // dict.reseek-result: 1 for a seek that was carried out, found or not; 0 for an unknown operator.
  return Seek(iterator, Operator(op), Bytes(key, size));
}

// int RedisModule_DictIteratorReseek(RedisModuleDictIter *di, const char *op, RedisModuleString
//                                    *key)
int DictIteratorReseek(RedisModuleDictIter* iterator, const char* op,
                       RedisModuleString* key) noexcept {
  return DictIteratorReseekC(iterator, op, key->bytes.data(), key->bytes.size());
}

// void *RedisModule_DictNextC(RedisModuleDictIter *di, size_t *keylen, void **dataptr)
void* DictNextC(RedisModuleDictIter* iterator, size_t* size, void** value) noexcept {
  return StepC(iterator, Direction::kForward, size, value);
}

// void *RedisModule_DictPrevC(RedisModuleDictIter *di, size_t *keylen, void **dataptr)
void* DictPrevC(RedisModuleDictIter* iterator, size_t* size, void** value) noexcept {
  return StepC(iterator, Direction::kBackward, size, value);
}

// RedisModuleString *RedisModule_DictNext(RedisModuleCtx *ctx, RedisModuleDictIter *di,
//                                         void **dataptr)
RedisModuleString* DictNext(RedisModuleCtx* ctx, RedisModuleDictIter* iterator,
                            void** value) noexcept {
  return StepString(ctx, iterator, Direction::kForward, value);
}

// RedisModuleString *RedisModule_DictPrev(RedisModuleCtx *ctx, RedisModuleDictIter *di,
//                                         void **dataptr)
RedisModuleString* DictPrev(RedisModuleCtx* ctx, RedisModuleDictIter* iterator,
                            void** value) noexcept {
  return StepString(ctx, iterator, Direction::kBackward, value);
}

// int RedisModule_DictCompareC(RedisModuleDictIter *di, const char *op, void *key, size_t keylen)
int DictCompareC(RedisModuleDictIter* iterator, const char* text, void* key, size_t size) noexcept {
  if (iterator->end) return REDISMODULE_ERR;
  const Operator op(text);
  const auto order = iterator->key <=> Bytes(key, size);
  // Not the operators of a seek: "=" is none here, and anything that ends in "=" is "==".
  if (order == 0) return OkIf(op.or_equal);
  return OkIf(order > 0 ? op.first == '>' : op.first == '<');
}

// int RedisModule_DictCompare(RedisModuleDictIter *di, const char *op, RedisModuleString *key)
int DictCompare(RedisModuleDictIter* iterator, const char* op, RedisModuleString* key) noexcept {
  return DictCompareC(iterator, op, key->bytes.data(), key->bytes.size());
}

const abi::ApiRow kRows[] = {
    API_ROW(CreateDict),
    API_ROW(FreeDict),
    API_ROW(DictSize),
    API_ROW(DictSetC),
    API_ROW(DictReplaceC),
    API_ROW(DictGetC),
    API_ROW(DictDelC),
    API_ROW(DictSet),
    API_ROW(DictReplace),
    API_ROW(DictGet),
    API_ROW(DictDel),
    API_ROW(DictIteratorStartC),
    API_ROW(DictIteratorStart),
    API_ROW(DictIteratorStop),
    API_ROW(DictIteratorReseekC),
    API_ROW(DictIteratorReseek),
    API_ROW(DictNextC),
    API_ROW(DictPrevC),
    API_ROW(DictNext),
    API_ROW(DictPrev),
    API_ROW(DictCompareC),
    API_ROW(DictCompare),
};

}  // namespace

std::span<const abi::ApiRow> DictRows() { return kRows; }

}  // namespace modcert::api
