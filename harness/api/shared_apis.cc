// Modules API exporting / importing.

#include "module/shared_apis.h"

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// int RedisModule_ExportSharedAPI(RedisModuleCtx *ctx, const char *apiname, void *func)
// shared.export, shared.name-taken, shared.gone-with-exporter
int ExportSharedAPI(RedisModuleCtx* ctx, const char* name, void* function) noexcept {
  const bool exported = ctx->host.shared_apis.Export(*ctx->module, name, function);
  return exported ? REDISMODULE_OK : REDISMODULE_ERR;
}

// void *RedisModule_GetSharedAPI(RedisModuleCtx *ctx, const char *apiname)
// shared.not-exported, shared.keeps-exporter
void* GetSharedAPI(RedisModuleCtx* ctx, const char* name) noexcept {
  return ctx->host.shared_apis.Get(*ctx->module, name);
}

const abi::ApiRow kRows[] = {
    API_ROW(ExportSharedAPI),
    API_ROW(GetSharedAPI),
};

}  // namespace

std::span<const abi::ApiRow> SharedApiRows() { return kRows; }

}  // namespace modcert::api
