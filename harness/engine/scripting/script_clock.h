// Script time: a script that runs so many instructions has taken a millisecond.
//
// The clock of the host stands still while a script runs, as everything in it happens at one
// moment. But a script that never ends has to be seen as one: so its instructions are counted, and
// compared with busy-reply-threshold. This number decides nothing else, and is the same in each
// run.
#pragma once

struct lua_State;

namespace modcert::engine::scripting {

// A tenth of what a real server's Lua does in that time, so that a test of the threshold is short.
inline constexpr int kInstructionsPerMs = 10000;

// How long the top-level code of a library may take, as on a real server.
inline constexpr int kLibraryLoadLimitMs = 500;

// Calls Interpreter::SliceOver after each millisecond of script time.
void CountInstructions(lua_State* lua);

// From now on after each instruction: a script that is killed cannot go on by catching the error.
void CountEachInstruction(lua_State* lua);

}  // namespace modcert::engine::scripting
