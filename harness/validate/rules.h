// What the validation layer asks before a call of a module runs. A rule looks and changes nothing;
// it reports through the host and answers whether the call may run.
#pragma once

#include "abi/api_call.h"
#include "module/host.h"

namespace modcert::validate {

// The family `handle.`: every handle among the arguments is one of this host, of the right type and
// alive.
bool HandlesAreAlive(module::Host& host, const abi::ApiCall& call);

// The family `thread.`: who uses the host holds its lock, and locks and unlocks in turn.
bool ThreadMayCall(module::Host& host, const abi::ApiCall& call);

// The family `key.`: keys stand for what they stood for when they were opened, and are written
// through handles that were opened for writing.
bool KeysAreUsable(module::Host& host, const abi::ApiCall& call);

// For each function of AllFunctions(), by index: true for those named.
std::vector<bool> FunctionSet(std::span<const std::string_view> names);

}  // namespace modcert::validate
