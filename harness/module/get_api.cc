#include "module/get_api.h"

#include <string_view>

#include "abi/functions.h"
#include "module/host.h"

namespace modcert::module {
namespace {

void Note(Module& module, std::string_view name, const abi::Function* known, bool found,
          const void* target) {
  if (module.resolved.empty()) module.resolved.reserve(abi::AllFunctions().size());
  module.resolved.push_back(
      {known ? known->name : module.unknown_names.emplace_back(name), found, target});
}

// int RedisModule_GetApi(const char *funcname, void **targetPtrPtr)
int GetApi(const char* name, void** target) noexcept {
  Host* host = CurrentHost();
  if (!host) return REDISMODULE_ERR;
  const abi::Function* known = abi::Find(abi::WithoutPrefix(name, host->api.profile().kind));
  void* function = known ? host->api.Lookup(*known, host->mode) : nullptr;
  if (Module* module = CurrentModule(); module && module->in_on_load)
    Note(*module, name, known, function != nullptr, target);
  // get-api.unknown-name: an unknown name leaves the target as it was.
  if (!function) return REDISMODULE_ERR;
  *target = function;
  return REDISMODULE_OK;
}

}  // namespace

void* GetApiAddress() { return reinterpret_cast<void*>(&GetApi); }

}  // namespace modcert::module
