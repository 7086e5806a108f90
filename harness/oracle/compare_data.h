// Two hosts that should hold the same data, compared key by key.
#pragma once

#include <optional>
#include <string>

#include "module/host.h"

namespace modcert::oracle {

struct DataDifference {
  std::string text;    // "key 'k' of database 0 is missing, and 2 more keys differ"
  std::string module;  // whose type the first key has; empty for the server's own types
  // False: the one sign of it is that types without a digest save other bytes, which may be the
  // same data in another order.
  bool is_certain = true;
};

// The first key that differs in value or time to live, by database and name; nothing when all are
// equal. The digest callbacks of module types run, and rdb_save of those that have no digest.
std::optional<DataDifference> CompareData(module::Host& expected, module::Host& found);

}  // namespace modcert::oracle
