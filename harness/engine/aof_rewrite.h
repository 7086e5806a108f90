// The keyspace as commands that recreate it, in the form that a server's own rewrite has when it
// writes no RDB preamble: RPUSH, SADD, HMSET and ZADD with up to 64 elements each, SET, PEXPIREAT,
// and for module types whatever their aof_rewrite emits.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/keyspace.h"

namespace modcert::engine {

class Server;

using EmitCommand = std::function<void(std::vector<std::string> args)>;

// How many elements stand in one command at most.
inline constexpr size_t kRewriteElementsMax = 64;

// One key, with its time to live. The error is that of a module whose rewrite failed; what it
// emitted before has gone out.
Status RewriteKey(int db, std::string_view key, const Entry& entry, const EmitCommand& emit);

// All databases, each behind its SELECT.
Status RewriteDataset(const Server& server, const EmitCommand& emit);

}  // namespace modcert::engine
