// Defrag API.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// int RedisModule_RegisterDefragFunc(RedisModuleCtx *ctx, RedisModuleDefragFunc func)
int RegisterDefragFunc(RedisModuleCtx* ctx, RedisModuleDefragFunc callback) noexcept {
  ctx->module->defrag_rest = callback;  // defrag.one-function: in place of an older one
  return REDISMODULE_OK;
}

// int RedisModule_RegisterDefragFunc2(RedisModuleCtx *ctx, RedisModuleDefragFunc2 func)
int RegisterDefragFunc2(RedisModuleCtx* ctx, RedisModuleDefragFunc2 callback) noexcept {
  ctx->module->defrag_rest_in_steps = callback;  // defrag.function-in-steps
  return REDISMODULE_OK;
}

// int RedisModule_RegisterDefragCallbacks(RedisModuleCtx *ctx, RedisModuleDefragFunc start,
//                                         RedisModuleDefragFunc end)
int RegisterDefragCallbacks(RedisModuleCtx* ctx, RedisModuleDefragFunc start,
                            RedisModuleDefragFunc end) noexcept {
  ctx->module->defrag_start = start;  // defrag.start-and-end
  ctx->module->defrag_end = end;
  return REDISMODULE_OK;
}

// int RedisModule_DefragShouldStop(RedisModuleDefragCtx *ctx)
int DefragShouldStop(RedisModuleDefragCtx* ctx) noexcept {
  return ctx->has_limit && ctx->host->defrag.ShouldStop();  // defrag.should-stop
}

// int RedisModule_DefragCursorSet(RedisModuleDefragCtx *ctx, unsigned long cursor)
int DefragCursorSet(RedisModuleDefragCtx* ctx, unsigned long cursor) noexcept {
  if (!ctx->cursor) return REDISMODULE_ERR;  // defrag.no-cursor
  *ctx->cursor = cursor;                     // defrag.cursor
  return REDISMODULE_OK;
}

// int RedisModule_DefragCursorGet(RedisModuleDefragCtx *ctx, unsigned long *cursor)
int DefragCursorGet(RedisModuleDefragCtx* ctx, unsigned long* cursor) noexcept {
  if (!ctx->cursor) return REDISMODULE_ERR;
  *cursor = *ctx->cursor;
  return REDISMODULE_OK;
}

// void *RedisModule_DefragAlloc(RedisModuleDefragCtx *ctx, void *ptr)
void* DefragAlloc(RedisModuleDefragCtx* ctx, void* block) noexcept {
  // defrag.alloc-stays: what stands well already is left there.
  if (!block || !ctx->host->defrag.MayMove()) return nullptr;
  return ctx->module->heap.Move(block);  // defrag.alloc-moves
}

// void *RedisModule_DefragAllocRaw(RedisModuleDefragCtx *ctx, size_t size)
void* DefragAllocRaw(RedisModuleDefragCtx* ctx, size_t size) noexcept {
  return ctx->module->heap.Alloc(size);  // defrag.raw
}

// void RedisModule_DefragFreeRaw(RedisModuleDefragCtx *ctx, void *ptr)
void DefragFreeRaw(RedisModuleDefragCtx* ctx, void* block) noexcept {
  ctx->module->heap.Free(block);
}

// RedisModuleString *RedisModule_DefragRedisModuleString(RedisModuleDefragCtx *ctx,
//                                                        RedisModuleString *str)
RedisModuleString* DefragRedisModuleString(RedisModuleDefragCtx* ctx,
                                           RedisModuleString* string) noexcept {
  // defrag.string-of-several: others hold the old pointer.
  if (string->references != 1 || !ctx->host->defrag.MayMove()) return nullptr;
  auto& strings = ctx->host->handles.strings;
  // defrag.string
  RedisModuleString* moved = strings.New(ctx->module, std::move(string->bytes));
  strings.End(string);
  return moved;
}

// defrag.string-name: Valkey has the function above under this name, which it alone has.
// RedisModuleString *RedisModule_DefragValkeyModuleString(RedisModuleDefragCtx *ctx,
//                                                         RedisModuleString *str)
RedisModuleString* DefragValkeyModuleString(RedisModuleDefragCtx* ctx,
                                            RedisModuleString* string) noexcept {
  return DefragRedisModuleString(ctx, string);
}

using DictItems = decltype(RedisModuleDict::items);

// Hands the values to the callback, from `at` on. Where to go on later, or the end.
DictItems::iterator DefragValues(RedisModuleDefragCtx* ctx, DictItems& items,
                                 DictItems::iterator at,
                                 RedisModuleDefragDictValueCallback callback) {
  for (; at != items.end(); ++at) {
    if (DefragShouldStop(ctx)) return at;
    auto* key = reinterpret_cast<unsigned char*>(const_cast<char*>(at->first.data()));
    void* moved = nullptr;
    const int again = callback(ctx, at->second, key, at->first.size(), &moved);
    if (moved) at->second = moved;  // defrag.dict-values
    if (again) return at;           // defrag.dict-again
  }
  return at;
}

// RedisModuleDict *RedisModule_DefragRedisModuleDict(RedisModuleDefragCtx *ctx,
//                                                    RedisModuleDict *dict,
//                                                    RedisModuleDefragDictValueCallback valueCB,
//                                                    RedisModuleString **seekTo)
RedisModuleDict* DefragRedisModuleDict(RedisModuleDefragCtx* ctx, RedisModuleDict* dict,
                                       RedisModuleDefragDictValueCallback callback,
                                       RedisModuleString** seek_to) noexcept {
  module::Host& host = *ctx->host;
  RedisModuleDict* moved = nullptr;
  DictItems* items = &dict->items;
  DictItems::iterator at = items->begin();
  if (*seek_to) {
    at = items->lower_bound((*seek_to)->bytes);
    host.ReleaseString(std::exchange(*seek_to, nullptr));
  } else if (host.defrag.MayMove()) {
    // defrag.dict-moves-once: in the first of its calls.
    moved = host.handles.dicts.New(ctx->module, host, std::move(dict->items));
    host.handles.dicts.End(dict);
    items = &moved->items;
    at = items->begin();
  }
  if (callback) at = DefragValues(ctx, *items, at, callback);
  if (callback && at != items->end()) *seek_to = host.NewString(nullptr, at->first);
  return moved;
}

// int RedisModule_GetDbIdFromDefragCtx(RedisModuleDefragCtx *ctx)
int GetDbIdFromDefragCtx(RedisModuleDefragCtx* ctx) noexcept { return ctx->db; }  // defrag.place

// const RedisModuleString *RedisModule_GetKeyNameFromDefragCtx(RedisModuleDefragCtx *ctx)
const RedisModuleString* GetKeyNameFromDefragCtx(RedisModuleDefragCtx* ctx) noexcept {
  return ctx->key;
}

const abi::ApiRow kRows[] = {
    API_ROW(RegisterDefragFunc),
    API_ROW(RegisterDefragFunc2),
    API_ROW(RegisterDefragCallbacks),
    API_ROW(DefragShouldStop),
    API_ROW(DefragCursorSet),
    API_ROW(DefragCursorGet),
    API_ROW(DefragAlloc),
    API_ROW(DefragAllocRaw),
    API_ROW(DefragFreeRaw),
    API_ROW(DefragRedisModuleString),
    API_ROW(DefragValkeyModuleString),
    API_ROW(DefragRedisModuleDict),
    API_ROW(GetDbIdFromDefragCtx),
    API_ROW(GetKeyNameFromDefragCtx),
};

}  // namespace

std::span<const abi::ApiRow> DefragRows() { return kRows; }

}  // namespace modcert::api
