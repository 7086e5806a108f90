#include "oracle/memory_growth.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "fmt/format.h"

namespace modcert::oracle {
namespace {

// A cache that fills and a table that doubles now and then do not grow in every one of them.
constexpr int kCallCount = 5;

}  // namespace

Findings MemoryGrowth(module::Host& host, module::Module& module, const Probe& probe) {
  std::vector<int64_t> blocks;
  std::vector<int64_t> bytes;
  for (int i = 0; i < kCallCount; ++i) {
    RunProbe(host, probe);
    host.server.keyspace.Flush(-1);
    if (host.timers.HasAny(&module) || host.blocked_clients.OutstandingCount(&module) > 0)
      return {};
    blocks.push_back(module.heap.live_blocks());
    bytes.push_back(module.heap.live_bytes());
  }
  const bool grows = std::ranges::is_sorted(blocks, std::less_equal<>());
  if (!grows) return {};
  // memory.freed-with-data: nothing is left of the call, and the memory is still there.
  Findings findings = {MakeFinding(
      "memory.freed-with-data",
      fmt::format("each call leaves {} bytes in {} blocks of RedisModule_Alloc that are "
                  "not freed when all data is deleted",
                  bytes.back() - bytes[kCallCount - 2], blocks.back() - blocks[kCallCount - 2]),
      module.name, validate::Severity::kWarning)};
  findings.back().function = probe.argv[0];
  return findings;
}

}  // namespace modcert::oracle
