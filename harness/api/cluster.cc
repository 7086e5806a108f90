// Modules Cluster API, as a server without cluster mode answers it.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// void RedisModule_RegisterClusterMessageReceiver(RedisModuleCtx *ctx, uint8_t type,
//                                                 RedisModuleClusterMessageReceiver callback)
void RegisterClusterMessageReceiver(RedisModuleCtx*, uint8_t,
                                    RedisModuleClusterMessageReceiver) noexcept {}

// int RedisModule_SendClusterMessage(RedisModuleCtx *ctx, const char *target_id, uint8_t type,
//                                    const char *msg, uint32_t len)
int SendClusterMessage(RedisModuleCtx*, const char*, uint8_t, const char*, uint32_t) noexcept {
  return REDISMODULE_ERR;
}

// int RedisModule_GetClusterNodeInfo(RedisModuleCtx *ctx, const char *id, char *ip,
//                                    char *master_id, int *port, int *flags)
int GetClusterNodeInfo(RedisModuleCtx*, const char*, char*, char*, int*, int*) noexcept {
  // A real server without cluster mode crashes here.
  return REDISMODULE_ERR;
}

// char **RedisModule_GetClusterNodesList(RedisModuleCtx *ctx, size_t *numnodes)
char** GetClusterNodesList(RedisModuleCtx*, size_t*) noexcept { return nullptr; }

// void RedisModule_FreeClusterNodesList(char **ids)
void FreeClusterNodesList(char**) noexcept {}

// const char *RedisModule_GetMyClusterID(void)
const char* GetMyClusterID() noexcept { return nullptr; }

// size_t RedisModule_GetClusterSize(void)
size_t GetClusterSize() noexcept { return 0; }

// void RedisModule_SetClusterFlags(RedisModuleCtx *ctx, uint64_t flags)
void SetClusterFlags(RedisModuleCtx*, uint64_t) noexcept {}

constexpr const char* kReason = "no cluster mode";

const abi::ApiRow kRows[] = {
    API_ROW(RegisterClusterMessageReceiver).Partial(kReason),
    API_ROW(SendClusterMessage).Partial(kReason),
    API_ROW(GetClusterNodeInfo).Partial(kReason),
    API_ROW(GetClusterNodesList).Partial(kReason),
    API_ROW(FreeClusterNodesList).Partial(kReason),
    API_ROW(GetMyClusterID).Partial(kReason),
    API_ROW(GetClusterSize).Partial(kReason),
    API_ROW(SetClusterFlags).Partial(kReason),
};

}  // namespace

std::span<const abi::ApiRow> ClusterRows() { return kRows; }

}  // namespace modcert::api
