// The format strings of Call, Replicate and EmitAOF: letters that take arguments, and modifiers.
#pragma once

#include <cstdarg>

#include "abi/profile.h"
#include "module/call.h"

namespace modcert::api {

// Reads the variable arguments that `format` describes, up to the first letter that the profile's
// server does not know.
module::CallRequest ParseCall(const abi::Profile& profile, const char* command, const char* format,
                              va_list arguments);

}  // namespace modcert::api
