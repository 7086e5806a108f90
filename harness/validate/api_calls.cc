// The seam of the ABI (abi/api_call.h): every checked call of a module passes here.

#include "abi/api_call.h"

#include "module/host.h"
#include "validate/rules.h"

namespace modcert::abi {

bool BeginCall(const ApiCall& call) noexcept {
  module::Host* host = module::CurrentHost();
  // No host is left that this thread could belong to: it outlived the one that it came from.
  if (!host) return false;
  module::HandleSlabs::Stamp& stamp = module::HandleSlabs::CurrentStamp();
  stamp.function = static_cast<int>(call.index);
  const bool locked = host->lock.HeldByThisThread();
  if (locked) stamp.call = host->trace.Add(call);
  const bool proceed = validate::ThreadMayCall(*host, call) &&
                       validate::HandlesAreAlive(*host, call) &&
                       (!locked || validate::KeysAreUsable(*host, call));
  if (!proceed) stamp.function = -1;
  return proceed;
}

void EndCall(const ApiCall&, const Argument&) noexcept {
  module::HandleSlabs::CurrentStamp().function = -1;
}

void NotImplemented(const Function& function) noexcept {
  module::Host* host = module::CurrentHost();
  if (!host) return;
  module::HandleSlabs::CurrentStamp().function = static_cast<int>(IndexOf(function));
  // host.not-implemented: what is missing says so.
  host->Report("host.not-implemented",
               std::string("modcert does not implement RedisModule_") + std::string(function.name));
  module::HandleSlabs::CurrentStamp().function = -1;
}

}  // namespace modcert::abi

namespace modcert::validate {

std::vector<bool> FunctionSet(std::span<const std::string_view> names) {
  std::vector<bool> set(abi::AllFunctions().size());
  for (const std::string_view name : names) {
    const abi::Function* function = abi::Find(name);
    Require(function != nullptr, "a rule names a function that no server has");
    set[abi::IndexOf(*function)] = true;
  }
  return set;
}

}  // namespace modcert::validate
