// The list of files that make up an append-only file since 7.0: a base, and what came after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace modcert::engine {

struct AofManifest {
  struct File {
    std::string name;
    int64_t sequence = 0;
    bool operator==(const File&) const = default;
  };

  std::optional<File> base;       // type b
  std::vector<File> history;      // type h: replaced, to be deleted
  std::vector<File> incremental;  // type i, in order

  // The highest numbers given so far; 0: none.
  int64_t base_sequence() const { return base ? base->sequence : 0; }
  int64_t incremental_sequence() const {
    return incremental.empty() ? 0 : incremental.back().sequence;
  }
  bool empty() const { return !base && incremental.empty(); }

  // The manifest file: one line for each.
  std::string ToText() const;
  bool operator==(const AofManifest&) const = default;
};

// Reads a manifest file; the error is what a server says of it before it gives up.
Result<AofManifest> ParseAofManifest(std::string_view text);

}  // namespace modcert::engine
