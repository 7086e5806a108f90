#include "abi/api_table.h"

#include "abi/stub.h"
#include "base/require.h"

namespace modcert::abi {

ApiTable::ApiTable(const Profile& profile) : profile_(profile), rows_(AllFunctions().size()) {}

void ApiTable::Add(std::span<const ApiRow> rows) {
  for (const ApiRow& row : rows) {
    // Where Valkey took the name for another function there are two rows, of which one is for us.
    if (AllFunctions()[row.function].differs_in_valkey && row.of_valkey != IsValkey(profile_))
      continue;
    Require(rows_[row.function] == nullptr, "an API function has one row");
    rows_[row.function] = &row;
  }
}

void* ApiTable::Lookup(std::string_view full_name, CallMode mode) const {
  const Function* function = Find(WithoutPrefix(full_name, profile_.kind));
  return function ? Lookup(*function, mode) : nullptr;
}

void* ApiTable::Lookup(const Function& function, CallMode mode) const {
  if (!AvailableIn(function, profile_)) return nullptr;
  const ApiRow* row = RowOf(function);
  if (!row) return StubOf(IndexOf(function));
  return mode == CallMode::kChecked ? row->checked : row->core;
}

const ApiRow* ApiTable::row(std::string_view name) const {
  const Function* function = Find(name);
  return function ? RowOf(*function) : nullptr;
}

const ApiRow* ApiTable::RowOf(const Function& function) const { return rows_[IndexOf(function)]; }

}  // namespace modcert::abi
