// Which module a finding about data is laid to, when several are loaded.
#pragma once

#include <string_view>

#include "module/data_type.h"
#include "module/host.h"

namespace modcert::oracle {

// The first module with data types; empty when there is none. Lives as long as the module.
inline std::string_view OwnerOfTypes(const module::Host& host) {
  for (const auto& module : host.modules())
    if (!module->types.empty()) return module->name;
  return {};
}

}  // namespace modcert::oracle
