// redis.register_function: what the code of a library calls while it is loaded.
#pragma once

#include <string>

#include "base/result.h"
#include "engine/scripting/interpreter.h"

namespace modcert::engine::scripting {

struct Library;

// Runs the code of a library, which sees of all globals only `redis`, and adds the functions that
// it registers. The error is a text with its code.
tl::expected<void, std::string> RunRegistering(Interpreter& interpreter,
                                               Interpreter::FunctionId chunk, Library& library);

}  // namespace modcert::engine::scripting
