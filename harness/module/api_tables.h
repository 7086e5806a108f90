// What GetApi gives a module: the table of API functions of each profile.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "abi/api_table.h"
#include "abi/profile.h"
#include "base/result.h"

namespace modcert::module {

// Made when first asked for, then shared by all hosts of the process; lives as long as it. Not for
// several threads at once before it is made.
const abi::ApiTable& ApiTableOf(const abi::Profile& profile);
// By name: "redis-7.0". The default profile when it is empty.
Result<const abi::ApiTable*> ApiTableOf(std::string_view profile);

// The first version of each server that offers all of the functions; empty when none does.
struct FirstServers {
  std::string redis;
  std::string valkey;
};
FirstServers FirstServersWithAll(std::span<const std::string_view> functions);

}  // namespace modcert::module
