// Modules EventLoop API. These clear errno when all is well.

#include <cerrno>

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// eventloop.errno-cleared
int Answer(int error) {
  errno = error;
  return error == 0 ? REDISMODULE_OK : REDISMODULE_ERR;
}

// int RedisModule_EventLoopAdd(int fd, int mask, RedisModuleEventLoopFunc func, void *user_data)
int EventLoopAdd(int fd, int mask, RedisModuleEventLoopFunc callback, void* data) noexcept {
  module::Host* host = module::CurrentHost();
  if (!host) return REDISMODULE_ERR;
  return Answer(host->event_loop.Add(module::CurrentModule(), fd, mask, callback, data));
}

// int RedisModule_EventLoopDel(int fd, int mask)
int EventLoopDel(int fd, int mask) noexcept {
  module::Host* host = module::CurrentHost();
  return host ? Answer(host->event_loop.Remove(fd, mask)) : REDISMODULE_ERR;
}

// int RedisModule_EventLoopAddOneShot(RedisModuleEventLoopOneShotFunc func, void *user_data)
int EventLoopAddOneShot(RedisModuleEventLoopOneShotFunc callback, void* data) noexcept {
  module::Host* host = module::CurrentHost();
  if (!host) return REDISMODULE_ERR;
  if (!callback) return Answer(EINVAL);
  host->event_loop.AddOneShot(module::CurrentModule(), callback, data);
  return Answer(0);
}

const abi::ApiRow kRows[] = {
    API_ROW(EventLoopAdd),
    API_ROW(EventLoopDel),
    API_ROW(EventLoopAddOneShot),
};

}  // namespace

std::span<const abi::ApiRow> EventLoopRows() { return kRows; }

}  // namespace modcert::api
