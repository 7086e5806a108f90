#include "module/api_tables.h"

#include <map>
#include <memory>

#include "api/rows.h"

namespace modcert::module {

const abi::ApiTable& ApiTableOf(const abi::Profile& profile) {
  static std::map<const abi::Profile*, std::unique_ptr<abi::ApiTable>> tables;
  std::unique_ptr<abi::ApiTable>& table = tables[&profile];
  if (!table) {
    table = std::make_unique<abi::ApiTable>(profile);
    for (const auto rows : api::kAllRows) table->Add(rows());
  }
  return *table;
}

}  // namespace modcert::module
