// Key API for List type.

#include <cerrno>

#include "api/key_access.h"
#include "api/rows.h"

namespace modcert::api {
namespace {

engine::List::End EndOf(int where) {
  return where == REDISMODULE_LIST_HEAD ? engine::List::End::kHead : engine::List::End::kTail;
}

// int RedisModule_ListPush(RedisModuleKey *key, int where, RedisModuleString *ele)
int ListPush(RedisModuleKey* key, int where, RedisModuleString* element) noexcept {
  if (!key || !element) {
    errno = EINVAL;
    return REDISMODULE_ERR;
  }
  if (key->entry && !key->value<engine::List>()) {
    errno = ENOTSUP;
    return REDISMODULE_ERR;
  }
  if (!key->writable()) {
    errno = EBADF;
    return REDISMODULE_ERR;
  }
  key->list = {};
  ContainerForWrite<engine::List>(key)->Push(EndOf(where), element->bytes);
  return REDISMODULE_OK;
}

// RedisModuleString *RedisModule_ListPop(RedisModuleKey *key, int where)
RedisModuleString* ListPop(RedisModuleKey* key, int where) noexcept {
  if (!key) {
    errno = EINVAL;
    return nullptr;
  }
  engine::List* list = key->value<engine::List>();
  if (!list) {
    errno = ENOTSUP;
    return nullptr;
  }
  if (!key->writable()) {
    errno = EBADF;
    return nullptr;
  }
  key->list = {};
  std::string element = list->Pop(EndOf(where));
  RemoveKeyIfEmpty(key);
  return key->ctx->host.NewString(key->ctx, std::move(element));
}

const abi::ApiRow kRows[] = {
    API_ROW(ListPush),
    API_ROW(ListPop),
};

}  // namespace

std::span<const abi::ApiRow> KeyListRows() { return kRows; }

}  // namespace modcert::api
