// Keys that go for want of memory.
#pragma once

namespace modcert::engine {

class Server;

// Evicts keys, as maxmemory-policy says, until the estimate of the memory in use is within
// maxmemory. The best candidate goes first: where a real server looks at a few keys by chance, all
// are compared, and of equals the oldest goes. False when there is still too much.
bool EvictToFit(Server& server);

}  // namespace modcert::engine
