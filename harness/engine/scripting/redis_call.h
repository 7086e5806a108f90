// Commands from scripts: redis.call, redis.pcall and redis.acl_check_cmd.
#pragma once

struct lua_State;

namespace modcert::engine::scripting {

// An error is raised.
int RedisCall(lua_State* lua);
// An error is the result.
int RedisPCall(lua_State* lua);
// Whether the user of the client that runs the script may run the command.
int AclCheckCommand(lua_State* lua);

}  // namespace modcert::engine::scripting
