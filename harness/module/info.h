// What a module says of itself in INFO, and INFO as a module reads it.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "redismodule_types.h"

namespace modcert::module {
class Host;
class Module;

// The names of sections, as INFO was asked for them: in small letters.
using SectionNames = std::set<std::string, std::less<>>;
}  // namespace modcert::module

// Lives during one info callback.
struct RedisModuleInfoCtx {
  const modcert::module::Module& module;
  const modcert::module::SectionNames* wanted;  // null: every section
  std::string& text;
  bool in_section = false;
  bool in_dict = false;

  void EndDict();
};

// Made by GetServerInfo, ends with FreeServerInfo.
struct RedisModuleServerInfoData {
  std::map<std::string, std::string, std::less<>> fields = {};
};

namespace modcert::module {

enum class InfoFor { kClients, kCrashReport };

// The sections of all modules that have any: those wanted, or all with null. `follows` says that
// text stands before them.
std::string ModuleSections(Host& host, const SectionNames* wanted, bool follows, InfoFor reader);

// The fields of the text of INFO; of two with one name the first counts.
RedisModuleServerInfoData ParseInfo(std::string_view text);

}  // namespace modcert::module
