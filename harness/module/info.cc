#include "module/info.h"

#include "module/host.h"

void RedisModuleInfoCtx::EndDict() {
  if (!in_dict) return;
  if (text.ends_with(',')) text.pop_back();
  text += "\r\n";
  in_dict = false;
}

namespace modcert::module {

std::string ModuleSections(Host& host, const SectionNames* wanted, bool follows, InfoFor reader) {
  std::string text;
  for (const auto& module : host.modules()) {
    if (!module->info_callback) continue;
    std::string sections;
    RedisModuleInfoCtx* ctx = host.handles.infos.New(module.get(), *module, wanted, sections);
    {
      const ModuleScope scope(host, module.get());
      module->info_callback(ctx, reader == InfoFor::kCrashReport ? 1 : 0);
    }
    ctx->EndDict();  // info.open-dict-closed: one that the module left open ends its line
    host.handles.infos.End(ctx);
    if (sections.empty()) continue;
    // Sections are parted by an empty line; each begins with one here.
    constexpr size_t kLineEnd = 2;
    text += sections.substr(follows || !text.empty() ? 0 : kLineEnd);
  }
  return text;
}

RedisModuleServerInfoData ParseInfo(std::string_view text) {
  RedisModuleServerInfoData data;
  while (!text.empty()) {
    const size_t end = std::min(text.find("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 2));
    const size_t colon = line.find(':');
    if (line.starts_with('#') || colon == std::string_view::npos) continue;
    data.fields.emplace(line.substr(0, colon), line.substr(colon + 1));
  }
  return data;
}

}  // namespace modcert::module
