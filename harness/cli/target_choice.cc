#include "cli/target_choice.h"

#include "target/in_process.h"
#include "target/redis_target.h"

namespace modcert::cli {

Result<run::TargetFactory> ChooseTarget(const std::string& text) {
  if (IsInProcess(text)) {
    target::InProcessTarget::BuildSharedTables();
    return [] { return std::make_unique<target::InProcessTarget>(target::InProcessOptions{}); };
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
