// Thread Safe Contexts. They are made and freed on any thread, without the lock.

#include <cerrno>

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using module::Host;

// RedisModuleCtx *RedisModule_GetThreadSafeContext(RedisModuleBlockedClient *bc)
RedisModuleCtx* GetThreadSafeContext(RedisModuleBlockedClient* handle) noexcept {
  // thread.context-of-handle, thread.context-replies-to-handle
  if (handle) return handle->host.NewThreadSafeContext(&handle->module, handle);
  // thread.context-without-handle: it has no module, and replies go nowhere.
  Host* host = module::CurrentHost();
  return host ? host->NewThreadSafeContext(nullptr, nullptr) : nullptr;
}

// RedisModuleCtx *RedisModule_GetDetachedThreadSafeContext(RedisModuleCtx *ctx)
RedisModuleCtx* GetDetachedThreadSafeContext(RedisModuleCtx* ctx) noexcept {
  return ctx->host.NewThreadSafeContext(ctx->module, nullptr);  // thread.context-detached
}

// void RedisModule_FreeThreadSafeContext(RedisModuleCtx *ctx)
void FreeThreadSafeContext(RedisModuleCtx* ctx) noexcept {
  ctx->host.EndContext(ctx);  // thread.free-releases-tracked
}

// A real server does not look at the context of the next three: modules pass null, or one that they
// have freed already.

// void RedisModule_ThreadSafeContextLock(RedisModuleCtx *ctx)
void ThreadSafeContextLock(RedisModuleCtx*) noexcept {
  if (Host* host = module::CurrentHost()) host->LockForThread();  // thread.lock-waits
}

// int RedisModule_ThreadSafeContextTryLock(RedisModuleCtx *ctx)
int ThreadSafeContextTryLock(RedisModuleCtx*) noexcept {
  Host* host = module::CurrentHost();
  if (host && host->TryLockForThread()) return REDISMODULE_OK;  // thread.try-lock-gets-it
  errno = EBUSY;                                                // thread.try-lock-busy
  return REDISMODULE_ERR;
}

// void RedisModule_ThreadSafeContextUnlock(RedisModuleCtx *ctx)
void ThreadSafeContextUnlock(RedisModuleCtx*) noexcept {
  if (Host* host = module::CurrentHost()) host->UnlockForThread();  // thread.unlock-propagates
}

const abi::ApiRow kRows[] = {
    API_ROW(GetThreadSafeContext),     API_ROW(GetDetachedThreadSafeContext),
    API_ROW(FreeThreadSafeContext),    API_ROW(ThreadSafeContextLock),
    API_ROW(ThreadSafeContextTryLock), API_ROW(ThreadSafeContextUnlock),
};

}  // namespace

std::span<const abi::ApiRow> ThreadSafeContextRows() { return kRows; }

}  // namespace modcert::api
