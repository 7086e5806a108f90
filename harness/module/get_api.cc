#include "module/get_api.h"

#include <string_view>

#include "module/host.h"

namespace modcert::module {
namespace {

// int RedisModule_GetApi(const char *funcname, void **targetPtrPtr)
int GetApi(const char* name, void** target) noexcept {
  Host* host = CurrentHost();
  void* function = host ? host->api.Lookup(name, host->mode) : nullptr;
  if (Module* module = CurrentModule(); module && module->in_on_load)
    module->resolved.push_back({name, function != nullptr, target});
  // get-api.unknown-name: an unknown name leaves the target as it was.
  if (!function) return REDISMODULE_ERR;
  *target = function;
  return REDISMODULE_OK;
}

}  // namespace

void* GetApiAddress() { return reinterpret_cast<void*>(&GetApi); }

}  // namespace modcert::module
