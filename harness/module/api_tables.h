// What GetApi gives a module: the table of API functions of each profile.
#pragma once

#include "abi/api_table.h"
#include "abi/profile.h"

namespace modcert::module {

// Made when first asked for, then shared by all hosts of the process; lives as long as it. Not for
// several threads at once before it is made.
const abi::ApiTable& ApiTableOf(const abi::Profile& profile);

}  // namespace modcert::module
