// Module fork API.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// int RedisModule_Fork(RedisModuleForkDoneHandler cb, void *user_data)
int Fork(RedisModuleForkDoneHandler done, void* data) noexcept {
  module::Host* host = module::CurrentHost();
  return host ? host->fork.Start(module::CurrentModule(), done, data) : -1;
}

// void RedisModule_SendChildHeartbeat(double progress)
void SendChildHeartbeat(double progress) noexcept {
  if (module::Host* host = module::CurrentHost()) host->fork.Report(progress);
}

// int RedisModule_ExitFromChild(int retcode)
int ExitFromChild(int code) noexcept {
  if (module::Host* host = module::CurrentHost()) host->fork.Exit(code);
  return REDISMODULE_ERR;
}

// int RedisModule_KillForkChild(int child_pid)
int KillForkChild(int pid) noexcept {
  module::Host* host = module::CurrentHost();
  return host && host->fork.Kill(pid) ? REDISMODULE_OK : REDISMODULE_ERR;
}

// void RedisModule_SendChildCOWInfo(void)
// fork.cow-info-is-gone: only candidates of 6.2 had it, for what the child has copied by writing:
// nothing that would be shown here.
void SendChildCOWInfo() noexcept {}

const abi::ApiRow kRows[] = {
    API_ROW(Fork),          API_ROW(SendChildHeartbeat), API_ROW(ExitFromChild),
    API_ROW(KillForkChild), API_ROW(SendChildCOWInfo),
};

}  // namespace

std::span<const abi::ApiRow> ForkRows() { return kRows; }

}  // namespace modcert::api
