// IO context handling.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// RedisModuleCtx *RedisModule_GetContextFromIO(RedisModuleIO *io)
RedisModuleCtx* GetContextFromIO(RedisModuleIO* io) noexcept {
  // io.context: it has no client, and goes with the handle.
  if (!io->ctx) io->ctx = io->host->NewContext(io->module, module::ContextKind::kFromIO, nullptr);
  return io->ctx;
}

// const RedisModuleString *RedisModule_GetKeyNameFromIO(RedisModuleIO *io)
const RedisModuleString* GetKeyNameFromIO(RedisModuleIO* io) noexcept {
  return io->key;  // io.key-name, io.no-key
}

// int RedisModule_GetDbIdFromIO(RedisModuleIO *io)
int GetDbIdFromIO(RedisModuleIO* io) noexcept { return io->db; }  // io.db, io.no-key

// const RedisModuleString *RedisModule_GetKeyNameFromModuleKey(RedisModuleKey *key)
const RedisModuleString* GetKeyNameFromModuleKey(RedisModuleKey* key) noexcept {
  if (!key) return nullptr;
  // io.key-name-of-handle
  if (!key->name_string) key->name_string = key->ctx->host.NewString(nullptr, key->name);
  return key->name_string;
}

// int RedisModule_GetDbIdFromModuleKey(RedisModuleKey *key)
int GetDbIdFromModuleKey(RedisModuleKey* key) noexcept {
  return key ? key->db : -1;  // io.db-of-handle
}

const abi::ApiRow kRows[] = {
    API_ROW(GetContextFromIO),        API_ROW(GetKeyNameFromIO),     API_ROW(GetDbIdFromIO),
    API_ROW(GetKeyNameFromModuleKey), API_ROW(GetDbIdFromModuleKey),
};

}  // namespace

std::span<const abi::ApiRow> IoContextRows() { return kRows; }

}  // namespace modcert::api
