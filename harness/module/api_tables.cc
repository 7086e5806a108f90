#include "module/api_tables.h"

#include <map>
#include <memory>

#include "abi/functions.h"
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

Result<const abi::ApiTable*> ApiTableOf(std::string_view profile) {
  if (profile.empty()) return &ApiTableOf(abi::DefaultProfile());
  const auto parsed = abi::ParseProfile(profile);
  if (!parsed) return tl::unexpected(parsed.error());
  return &ApiTableOf(**parsed);
}

FirstServers FirstServersWithAll(std::span<const std::string_view> functions) {
  const auto first = [&](abi::ServerKind kind) {
    const auto version = abi::FirstServerWithAll(functions, kind);
    return version ? version->ToString() : std::string();
  };
  return {.redis = first(abi::ServerKind::kRedis), .valkey = first(abi::ServerKind::kValkey)};
}

}  // namespace modcert::module
