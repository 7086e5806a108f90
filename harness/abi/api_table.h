// What GetApi answers from: for each name that a profile has, the host function, or a stub that
// reports itself. Owned by the host; built once, read from any thread afterwards.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "abi/api_row.h"
#include "abi/functions.h"
#include "abi/profile.h"

namespace modcert::abi {

// Which of the two functions of a row a module gets.
enum class CallMode : uint8_t { kBare, kChecked };

class ApiTable {
 public:
  // A table without rows: every name that the profile has is a stub.
  explicit ApiTable(const Profile& profile);

  // Adds the rows of one file of harness/api, which must outlive the table. A function has one row,
  // and a second one where that of Valkey takes other arguments: each table keeps its own.
  void Add(std::span<const ApiRow> rows);

  // The function behind "RedisModule_DeleteKey" (in a Valkey also "ValkeyModule_DeleteKey"); null
  // for a name that the profile's server lacks, so that a module's code for old servers can be
  // tested.
  void* Lookup(std::string_view full_name, CallMode mode) const;
  void* Lookup(const Function& function, CallMode mode) const;

  // The row of a function (name without prefix); null when the host does not implement it, or not
  // with the signature that this server has.
  const ApiRow* row(std::string_view name) const;
  bool implemented(std::string_view name) const { return row(name) != nullptr; }

  const Profile& profile() const { return profile_; }

 private:
  const ApiRow* RowOf(const Function& function) const;

  const Profile& profile_;
  std::vector<const ApiRow*> rows_;  // by function index; null is a stub
};

}  // namespace modcert::abi
