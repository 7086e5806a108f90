#include "engine/commands/db_arg.h"

#include <limits>

#include "engine/server.h"

namespace modcert::engine {

Found<int> DbArg(const CommandCall& call, int index) {
  const auto number = call.IntegerArg(index);
  if (!number) return number.error();
  // Read as a C int, before it is looked at as a database.
  if (*number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max())
    return Reply::Error("ERR value is out of range, value must between -2147483648 and 2147483647");
  if (*number < 0 || *number >= call.server.keyspace.db_count())
    return Reply::Error("ERR DB index is out of range");
  return static_cast<int>(*number);
}

}  // namespace modcert::engine
