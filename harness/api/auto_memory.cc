// Automatic memory management for modules.

#include "api/rows.h"
#include "module/context.h"

namespace modcert::api {
namespace {

// void RedisModule_AutoMemory(RedisModuleCtx *ctx)
void AutoMemory(RedisModuleCtx* ctx) noexcept { ctx->auto_memory = true; }

const abi::ApiRow kRows[] = {
    API_ROW(AutoMemory),
};

}  // namespace

std::span<const abi::ApiRow> AutoMemoryRows() { return kRows; }

}  // namespace modcert::api
