// Key API for List type.

#include <cerrno>

#include "api/key_access.h"
#include "api/rows.h"

namespace modcert::api {
namespace {

using engine::List;
using module::ListPosition;

List::End EndOf(int where) {
  return where == REDISMODULE_LIST_HEAD ? List::End::kHead : List::End::kTail;  // list.where
}

// list.push-pop-errno
bool ReportsErrno(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 0, 0}); }

int Fail(int error) {
  if (ReportsErrno(module::CurrentHost()->api.profile())) errno = error;
  return REDISMODULE_ERR;
}

// int RedisModule_ListPush(RedisModuleKey *key, int where, RedisModuleString *ele)
int ListPush(RedisModuleKey* key, int where, RedisModuleString* element) noexcept {
  // list.push-pop-errno
  if (!key || !element) return Fail(EINVAL);
  if (key->entry && !key->value<List>()) return Fail(ENOTSUP);
  if (!key->writable()) return Fail(EBADF);
  key->list = ListPosition::kNone;  // list.push-pop-end-iterator
  ContainerForWrite<List>(key)->Push(EndOf(where), element->bytes);
  return REDISMODULE_OK;
}

// Why an element cannot be popped, as errno; 0 when it can.
int PopRefusal(const RedisModuleKey* key) {
  if (!key) return EINVAL;
  if (!key->value<List>()) return ENOTSUP;
  return key->writable() ? 0 : EBADF;
}

// RedisModuleString *RedisModule_ListPop(RedisModuleKey *key, int where)
RedisModuleString* ListPop(RedisModuleKey* key, int where) noexcept {
  if (const int refusal = PopRefusal(key)) {  // list.push-pop-errno
    Fail(refusal);
    return nullptr;
  }
  key->list = ListPosition::kNone;
  std::string element = key->value<List>()->Pop(EndOf(where));
  RemoveKeyIfEmpty(key);  // list.last-element-takes-key
  return key->ctx->host.NewString(key->ctx, std::move(element));
}

// ---- Access by index (7.0). The handle remembers where it stands. That makes steps cheap on a
// real server, and shows here in one thing only: while it does, StringSet is refused.
// DEVIATION: a 7.0 server loses its place when it deletes while it steps down by indexes from the
// head, or up by indexes from the tail (list.delete-keeps-position); here each index is right.

// The place of `index` in the list, where the handle stands then; none with errno set. `mode` is
// the bit of the open mode that it takes.
std::optional<size_t> Seek(RedisModuleKey* key, long index, int mode) {
  const auto refuse = [](int error) {
    errno = error;
    return std::nullopt;
  };
  if (!key) return refuse(EINVAL);
  const List* list = key->value<List>();
  if (!list) return refuse(ENOTSUP);
  if (!(key->mode & mode)) return refuse(EBADF);
  const auto size = static_cast<long>(list->size());
  if (index < -size || index >= size) return refuse(EDOM);
  if (key->list == ListPosition::kNone)
    key->list = index < 0 ? ListPosition::kFromTail : ListPosition::kFromHead;
  return static_cast<size_t>(index < 0 ? index + size : index);
}

// RedisModuleString *RedisModule_ListGet(RedisModuleKey *key, long index)
RedisModuleString* ListGet(RedisModuleKey* key, long index) noexcept {
  // list.get-errno, list.get-needs-read: write access alone is not enough.
  const std::optional<size_t> place = Seek(key, index, REDISMODULE_READ);
  if (!place) return nullptr;
  return key->ctx->host.NewString(key->ctx, key->value<List>()->at(*place));
}

// int RedisModule_ListSet(RedisModuleKey *key, long index, RedisModuleString *value)
int ListSet(RedisModuleKey* key, long index, RedisModuleString* value) noexcept {
  if (!value) return Fail(EINVAL);
  const std::optional<size_t> place = Seek(key, index, REDISMODULE_WRITE);  // list.set-errno
  if (!place) return REDISMODULE_ERR;
  key->value<List>()->SetAt(*place, value->bytes);
  key->list = ListPosition::kNone;
  return REDISMODULE_OK;
}

// Inserting in front of all or behind all is a push, which makes the list where there is none.
std::optional<int> PushInstead(const RedisModuleKey* key, long index) {
  if (!key->entry) {
    if (index == 0) return REDISMODULE_LIST_HEAD;
    if (index == -1) return REDISMODULE_LIST_TAIL;
    return std::nullopt;
  }
  const List* list = key->value<List>();
  if (!list) return std::nullopt;
  const auto size = static_cast<long>(list->size());
  if (index == 0 || index == -size - 1) return REDISMODULE_LIST_HEAD;
  if (index == size || index == -1) return REDISMODULE_LIST_TAIL;
  return std::nullopt;
}

// int RedisModule_ListInsert(RedisModuleKey *key, long index, RedisModuleString *value)
int ListInsert(RedisModuleKey* key, long index, RedisModuleString* value) noexcept {
  if (!key || !value) return Fail(EINVAL);
  // list.insert-at-ends, list.insert-creates
  if (const std::optional<int> end = PushInstead(key, index)) return ListPush(key, *end, value);
  const std::optional<size_t> place = Seek(key, index, REDISMODULE_WRITE);  // list.insert-errno
  if (!place) return REDISMODULE_ERR;
  key->value<List>()->InsertAt(*place + (index < 0 ? 1 : 0), value->bytes);
  key->list = ListPosition::kNone;
  return REDISMODULE_OK;
}

// int RedisModule_ListDelete(RedisModuleKey *key, long index)
int ListDelete(RedisModuleKey* key, long index) noexcept {
  const std::optional<size_t> place = Seek(key, index, REDISMODULE_WRITE);  // list.delete-errno
  if (!place) return REDISMODULE_ERR;
  List& list = *key->value<List>();
  list.EraseAt(*place);
  if (RemoveKeyIfEmpty(key)) return REDISMODULE_OK;
  // list.position-after-delete: it ends where no element follows in the direction of the count.
  const bool from_head = key->list == ListPosition::kFromHead;
  if (from_head ? *place == list.size() : *place == 0) key->list = ListPosition::kNone;
  return REDISMODULE_OK;
}

const abi::ApiRow kRows[] = {
    API_ROW(ListPush), API_ROW(ListPop),    API_ROW(ListGet),
    API_ROW(ListSet),  API_ROW(ListInsert), API_ROW(ListDelete),
};

}  // namespace

std::span<const abi::ApiRow> KeyListRows() { return kRows; }

}  // namespace modcert::api
