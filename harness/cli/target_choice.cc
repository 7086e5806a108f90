#include "cli/target_choice.h"

#include "module/api_tables.h"
#include "target/in_process.h"
#include "target/redis_target.h"

namespace modcert::cli {

Result<run::TargetFactory> ChooseTarget(const std::string& text, const HostChoice& host) {
  if (IsInProcess(text)) {
    if (const auto table = module::ApiTableOf(host.profile); !table)
      return tl::unexpected(table.error());
    target::InProcessTarget::BuildSharedTables();
    const target::InProcessOptions options = {
        .profile = host.profile,
        .mode = host.validates ? abi::CallMode::kChecked : abi::CallMode::kBare};
    return [options] { return std::make_unique<target::InProcessTarget>(options); };
  }
  target::RedisOptions options;
  if (text != "redis") {
    options.address = text;
    if (auto address = target::ParseAddress(text); !address) {
      return tl::unexpected(address.error());
    }
  }
  return [options] { return std::make_unique<target::RedisTarget>(options); };
}

bool IsInProcess(const std::string& text) { return text == "inprocess"; }

}  // namespace modcert::cli
