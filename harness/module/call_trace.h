// The last API calls of a host, for findings, crashes and `modcert trace`.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "abi/api_call.h"

namespace modcert::module {

// A ring of the newest calls. Written by the validation layer on the thread that holds the lock;
// calls of other threads are counted but not kept.
class CallTrace {
 public:
  struct Row {
    uint64_t number = 0;
    uint16_t function = 0;
    uint8_t argument_count = 0;
    std::array<abi::Argument, 6> arguments = {};  // more are cut
  };

  // The number of the call.
  uint64_t Add(const abi::ApiCall& call);
  // The newest `count` calls, oldest first: "OpenKey(0x.., ...)" without addresses, so that equal
  // runs print equal text.
  std::vector<std::string> Last(size_t count) const;
  uint64_t count() const { return count_; }

 private:
  static constexpr size_t kSize = 64;  // what a reader of a crash report looks at
  std::array<Row, kSize> rows_ = {};
  uint64_t count_ = 0;
};

}  // namespace modcert::module
