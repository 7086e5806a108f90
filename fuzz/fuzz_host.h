// The host that a target drives: made once, reset between inputs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "abi/api_table.h"
#include "abi/functions.h"
#include "base/clock.h"
#include "item_stream.h"
#include "module/host.h"
#include "resp/value.h"

namespace modcert::fuzz {

// A property of a target: prints what does not hold, and aborts, which an engine notices.
void Expect(bool holds, std::string_view what);

// Lives until the process ends: a module must stay loaded while a fuzzing engine counts its
// branches, and until leaks are reported.
class FuzzHost {
 public:
  // `rows` are those of the table that modules get: all of harness/api, as they are or wrapped.
  FuzzHost(std::span<const abi::ApiRow> rows, abi::CallMode mode);

  module::Host& host() { return host_; }

  // What a client gets as reply. A reply that is none is a failure.
  resp::Value Ask(const engine::Args& args);
  // As a real server after FLUSHALL: what was propagated or found meanwhile is dropped.
  void Reset();
  // Nothing is left of an input: no key, and as many live handles as before the first one.
  void ExpectNothingLeft();

  // The host's function behind a published one: Api<abi::published::HashSet>()(key, ...).
  template <typename Published>
  auto Api() {
    const std::string name =
        "RedisModule_" + std::string(abi::AllFunctions()[Published::kIndex].name);
    return reinterpret_cast<typename Published::Type*>(table_.Lookup(name, host_.mode));
  }

 private:
  size_t LiveHandles() const;

  VirtualClock clock_;
  abi::ApiTable table_;
  module::Host host_;
  engine::Client& client_;
  size_t handles_at_start_ = 0;
};

// The rows of all API functions, to be wrapped or used as they are.
std::vector<abi::ApiRow> AllRows();

}  // namespace modcert::fuzz
