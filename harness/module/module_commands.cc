#include "module/module_commands.h"

#include <algorithm>
#include <array>
#include <memory>

#include "base/require.h"
#include "fmt/format.h"
#include "module/host.h"
#include "module/loader.h"

namespace modcert::module {
namespace {

using engine::Command;
using engine::CommandCall;
using engine::CommandNameEqual;
using engine::Reply;
using engine::ServerLog;
using resp::Value;

constexpr std::array<std::string_view, 11> kHelp = {
    "MODULE <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "LIST",
    "    Return a list of loaded modules.",
    "LOAD <path> [<arg> ...]",
    "    Load a module library from <path>, passing to it any optional arguments.",
    "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
    "    Load a module library from <path>, while passing it module configurations and optional "
    "arguments.",
    "UNLOAD <name>",
    "    Unload a module.",
    "HELP",
    "    Prints this help.",
};

Reply LoadError() {
  return Reply::Error("ERR Error loading the extension. Please check the server logs.");
}

// MODULE LOAD path [arg ...]
Reply Load(Host& host, CommandCall& call) {
  if (!LoadModule(host, call.arg(2), call.args.subspan(3))) return LoadError();
  return Reply::Ok();
}

// MODULE LOADEX path [CONFIG name value ...] [ARGS arg ...]
Reply LoadEx(Host& host, CommandCall& call) {
  size_t at = 3;
  const auto refuse = [&](std::string_view why) {
    host.server.log.Write(ServerLog::Level::kNotice, why);
    host.config_queue.Clear();
    return LoadError();
  };
  while (at < call.args.size() && CommandNameEqual{}(call.args[at], "CONFIG")) {
    if (at + 2 >= call.args.size()) return refuse("CONFIG specified without name value pair");
    host.config_queue.Add(call.arg(static_cast<int>(at) + 1), call.arg(static_cast<int>(at) + 2));
    at += 3;
  }
  if (at < call.args.size() && CommandNameEqual{}(call.args[at], "ARGS"))
    ++at;
  else if (at < call.args.size())
    return refuse(fmt::format("Syntax Error from arguments to loadex around {}.", call.args[at]));
  Result<Module*> module = LoadModule(host, call.arg(2), call.args.subspan(at));
  // config.loadex-leftover: values that nobody asked for are an error. A module that exports types
  // stays all the same.
  const bool has_leftover = !host.config_queue.empty();
  host.config_queue.Clear();
  if (!module) return LoadError();
  if (!has_leftover) return Reply::Ok();
  host.server.log.Write(ServerLog::Level::kWarning,
                        "Loadex configurations were not applied, likely due to invalid arguments. "
                        "Unloading the module.");
  const std::string name = (*module)->name;
  if (Status status = UnloadModule(host, name); !status) return LoadError();
  return LoadError();
}

// MODULE UNLOAD name
Reply Unload(Host& host, CommandCall& call) {
  if (Status status = UnloadModule(host, call.arg(2)); !status)
    return Reply::Error("ERR " + status.error().problem);
  return Reply::Ok();
}

// The loaded modules as MODULE LIST and HELLO show them.
Value ModuleList(const Host& host) {
  std::vector<Value> rows;
  for (const auto& module : host.modules()) {
    if (module->in_on_load) continue;
    std::vector<Value> args;
    for (const std::string& arg : module->args) args.push_back(Value::Bulk(arg));
    rows.push_back(
        Value::Map({Value::Bulk("name"), Value::Bulk(module->name), Value::Bulk("ver"),
                    Value::Integer(module->version), Value::Bulk("path"), Value::Bulk(module->path),
                    Value::Bulk("args"), Value::Array(std::move(args))}));
  }
  return Value::Array(std::move(rows));
}

// MODULE LIST
Reply List(Host& host, CommandCall&) { return ModuleList(host); }

// MODULE HELP
Reply Help(Host&, CommandCall&) {
  std::vector<Value> lines;
  for (std::string_view line : kHelp) lines.push_back(Value::Simple(line));
  return Reply::Array(std::move(lines));
}

struct Row {
  std::string_view name;
  Reply (*run)(Host& host, CommandCall& call);
};

// In order of name, as the command table wants its subcommands.
constexpr Row kRows[] = {
    {"module|help", Help},     {"module|list", List},     {"module|load", Load},
    {"module|loadex", LoadEx}, {"module|unload", Unload},
};

std::string NamesOf(const std::vector<Module*>& modules) {
  std::vector<std::string_view> names;
  for (const Module* module : modules) names.push_back(module->name);
  return fmt::format("{}", fmt::join(names, "|"));
}

// The words for the bits of SetModuleOptions, in the order in which INFO has them.
struct OptionName {
  int bit;
  std::string_view name;
};

constexpr OptionName kOptionNames[] = {
    {REDISMODULE_OPTIONS_HANDLE_IO_ERRORS, "handle-io-errors"},
    {REDISMODULE_OPTIONS_HANDLE_REPL_ASYNC_LOAD, "handle-repl-async-load"},
    {REDISMODULE_OPTION_NO_IMPLICIT_SIGNAL_MODIFIED, "no-implicit-signal-modified"},
};

std::string OptionsOf(const Module& module) {
  std::vector<std::string_view> names;
  for (const OptionName& option : kOptionNames)
    if ((module.options & option.bit) != 0) names.push_back(option.name);
  return fmt::format("{}", fmt::join(names, "|"));
}

// The lines of INFO modules.
std::string ModulesInfo(const Host& host) {
  std::string text;
  for (const auto& module : host.modules()) {
    if (module->in_on_load) continue;
    text += fmt::format(
        "module:name={},ver={},api={},filters={},usedby=[{}],using=[{}],options=[{}]\r\n",
        module->name, module->version, module->api_version, module->filters.size(),
        NamesOf(module->used_by), NamesOf(module->uses), OptionsOf(*module));
  }
  return text;
}

// What a config file says to load the same modules.
std::vector<engine::Args> LoadModuleLines(const Host& host) {
  std::vector<engine::Args> lines;
  for (const auto& module : host.modules()) {
    lines.push_back({module->path});
    lines.back().insert(lines.back().end(), module->args.begin(), module->args.end());
  }
  return lines;
}

// hook.async-load-all-modules: each module with data types has said that it can do with it.
bool MayLoadBeside(const Host& host) {
  return std::all_of(host.modules().begin(), host.modules().end(), [](const auto& module) {
    constexpr int kNeeded =
        REDISMODULE_OPTIONS_HANDLE_IO_ERRORS | REDISMODULE_OPTIONS_HANDLE_REPL_ASYNC_LOAD;
    return module->types.empty() || (module->options & kNeeded) == kNeeded;
  });
}

std::unique_ptr<Command> MakeCommand(std::string_view name) {
  auto command = std::make_unique<Command>();
  command->name = name;
  command->facts = engine::FindCommandFacts(name);
  Require(command->facts != nullptr, "MODULE has facts");
  return command;
}

}  // namespace

void AddModuleCommands(Host& host) {
  auto container = MakeCommand("module");
  for (const Row& row : kRows) {
    auto command = MakeCommand(row.name);
    command->run = [&host, run = row.run](CommandCall& call) { return run(host, call); };
    container->subcommands.push_back(std::move(command));
  }
  host.server.commands.Add(std::move(container));
  host.server.list_modules = [&host] { return ModuleList(host); };
  host.server.modules_info = [&host] { return ModulesInfo(host); };
  host.server.list_loadmodule = [&host] { return LoadModuleLines(host); };
  host.server.module_sections = [&host](const SectionNames& wanted, bool all, bool follows) {
    return ModuleSections(host, all ? nullptr : &wanted, follows, InfoFor::kClients);
  };
  host.server.may_load_beside = [&host] { return MayLoadBeside(host); };
}

}  // namespace modcert::module
