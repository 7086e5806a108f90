#include "fuzz_host.h"

#include <cstdio>
#include <cstdlib>

#include "api/rows.h"
#include "resp/decode.h"

namespace modcert::fuzz {

void Expect(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

std::vector<abi::ApiRow> AllRows() {
  std::vector<abi::ApiRow> all;
  for (const auto rows : api::kAllRows) all.insert(all.end(), rows().begin(), rows().end());
  return all;
}

FuzzHost::FuzzHost(std::span<const abi::ApiRow> rows, abi::CallMode mode)
    : table_(abi::DefaultProfile()),
      host_(clock_, {.api = table_, .mode = mode}),
      client_(host_.server.Connect()) {
  table_.Add(rows);
}

resp::Value FuzzHost::Ask(const engine::Args& args) {
  client_.output.clear();
  host_.server.Execute(client_, args);
  auto reply = resp::DecodeOne(client_.output);
  Expect(reply.has_value(), args[0] + " gives one well-formed reply");
  return std::move(*reply);
}

void FuzzHost::Reset() {
  Ask({"FLUSHALL"});
  host_.server.propagation.Take();
  host_.TakeFindings();
}

void FuzzHost::ExpectNothingLeft() {
  Expect(Ask({"DBSIZE"}) == resp::Value::Integer(0), "no key is left");
  if (handles_at_start_ == 0) handles_at_start_ = LiveHandles() + 1;
  Expect(LiveHandles() + 1 == handles_at_start_, "no handle is left");
}

size_t FuzzHost::LiveHandles() const {
  const module::HandlePools& pools = host_.handles;
  return pools.contexts.live_count() + pools.strings.live_count() + pools.keys.live_count() +
         pools.replies.live_count() + pools.dicts.live_count() + pools.dict_iterators.live_count() +
         pools.ios.live_count() + pools.digests.live_count() + pools.key_options.live_count();
}

}  // namespace modcert::fuzz
