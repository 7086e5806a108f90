#include "module/loader.h"

#include <algorithm>
#include <optional>

#include "fmt/format.h"
#include "module/elf.h"
#include "module/shared_object.h"

namespace modcert::module {
namespace {

using engine::ServerLog;
using OnLoadFunction = int (*)(RedisModuleCtx*, RedisModuleString**, int);
using OnUnloadFunction = int (*)(RedisModuleCtx*);

// The highest version of the API that any header asks for.
constexpr int kApiVersion = REDISMODULE_APIVER_1;

// In the order in which a server of this kind looks for them.
std::vector<const char*> EntryPoints(const Host& host) {
  if (host.api.profile().kind == abi::ServerKind::kValkey)
    return {"ValkeyModule_OnLoad", "RedisModule_OnLoad"};
  return {"RedisModule_OnLoad"};
}

OnLoadFunction FindOnLoad(const Host& host, const SharedObject& object) {
  for (const char* name : EntryPoints(host))
    if (void* found = object.Find(name)) return reinterpret_cast<OnLoadFunction>(found);
  return nullptr;
}

OnUnloadFunction FindOnUnload(const Host& host, const SharedObject& object) {
  if (host.api.profile().kind == abi::ServerKind::kValkey)
    if (void* found = object.Find("ValkeyModule_OnUnload"))
      return reinterpret_cast<OnUnloadFunction>(found);
  return reinterpret_cast<OnUnloadFunction>(object.Find("RedisModule_OnUnload"));
}

int CallOnLoad(Host& host, Module& module, OnLoadFunction on_load) {
  const engine::ExecutionUnit unit(host.server.propagation);
  const ModuleScope scope(host, &module);
  RedisModuleCtx* ctx = host.NewContextWithClient(&module, ContextKind::kOnLoad);
  std::vector<RedisModuleString*> argv;
  for (const std::string& arg : module.args) argv.push_back(host.handles.strings.New(&module, arg));
  ctx->argv = argv;
  // A module may overwrite the array, so it gets a copy.
  std::vector<RedisModuleString*> lent = argv;
  const int result = on_load(ctx, lent.data(), static_cast<int>(lent.size()));
  host.EndContext(ctx);
  for (RedisModuleString* arg : argv) host.ReleaseString(arg);
  return result;
}

std::string Joined(const std::vector<std::string>& texts, std::string_view separator) {
  return fmt::format("{}", fmt::join(texts, separator));
}

// API functions that the module looked up, and this profile's server has not.
std::vector<std::string_view> MissingFunctions(const Module& module) {
  std::vector<std::string_view> missing;
  for (const Module::Resolved& resolved : module.resolved)
    if (!resolved.found) missing.push_back(resolved.name);
  return missing;
}

// OnLoad gave REDISMODULE_ERR: whatever is known of the reason.
Error OnLoadError(const Host& host, const Module& module, const std::string& name_taken) {
  std::string problem = "OnLoad returned REDISMODULE_ERR";
  std::string remedy = "see what the module logged, and which arguments it expects";
  if (!name_taken.empty()) {
    problem += fmt::format(": a module named '{}' is loaded already", name_taken);
    remedy = fmt::format("unload it first: MODULE UNLOAD {}", name_taken);
  } else if (!module.initialized()) {
    problem += " before RedisModule_Init succeeded";
    remedy = "call RedisModule_Init first, with a name that no other module has";
  } else if (!module.refusals.empty()) {
    problem += ": " + Joined(module.refusals, "; ");
    remedy = "give it another name, or load only one of the modules that want it";
  }
  if (!module.load_log.empty()) problem += "; its log: " + Joined(module.load_log, " | ");
  if (module.load_log.empty() && module.refusals.empty() && module.initialized()) {
    if (const auto missing = MissingFunctions(module); !missing.empty())
      remedy +=
          fmt::format("; {} of the API functions it looks up do not exist in {} (the first: {})",
                      missing.size(), host.api.profile().name, missing.front());
  }
  return {module.path, problem, remedy};
}

// What the module made of itself after OnLoad succeeded, when that is not good enough.
std::optional<Error> InitError(const Module& module) {
  // module.init: a module introduces itself. A real server would follow a null pointer here.
  if (!module.initialized())
    return Error{module.path, "OnLoad succeeded without a call of RedisModule_Init",
                 "call RedisModule_Init before anything else"};
  return std::nullopt;
}

// module.api-version: servers store the version and never look at it, so what asks for one that no
// server has loads by luck.
void CheckApiVersion(Host& host, const Module& module) {
  if (module.api_version <= kApiVersion) return;
  host.Report(
      "module.api-version",
      fmt::format("{} asks for version {} of the Module API; the newest that any server has "
                  "is {}: give REDISMODULE_APIVER_1 to RedisModule_Init",
                  module.path, module.api_version, kApiVersion));
}

Result<Module*> Refuse(Host& host, const Error& error) {
  host.server.log.Write(ServerLog::Level::kWarning,
                        fmt::format("Module {} failed to load: {}", error.place, error.problem));
  return tl::unexpected<Error>(error);
}

// The reason in the server's words.
// timer.keeps-the-module: an older server unloads it, and crashes when the timer is due.
bool TimersKeepModules(const Host& host) { return abi::AtLeast(host.api.profile(), {7, 0, 0}); }

tl::unexpected<Error> Busy(std::string_view name, std::string_view why) {
  return Fail(std::string(name), fmt::format("Error unloading module: {}", why));
}

}  // namespace

Result<Module*> LoadModule(Host& host, const std::string& path, std::span<const std::string> args) {
  Result<std::unique_ptr<SharedObject>> object = SharedObject::Open(path);
  if (!object) return Refuse(host, object.error());
  return LoadModule(host, *std::move(object), args);
}

// A module that registers parameters also asks for their values.
Status CheckConfigs(Host& host, const Module& module) {
  if (module.configs.empty() || module.configs_loaded) return {};
  const std::string path = module.path;
  host.server.log.Write(ServerLog::Level::kWarning,
                        "Module Configurations were not set, likely a missing LoadConfigs call. "
                        "Unloading the module.");
  if (Status status = UnloadModule(host, module.name); !status) return status;
  return Fail(path, "it registers configs and never calls RedisModule_LoadConfigs",
              "call it once in OnLoad, behind the last registration");
}

Result<Module*> LoadModule(Host& host, std::unique_ptr<SharedObject> object,
                           std::span<const std::string> args) {
  const OnLoadFunction on_load = FindOnLoad(host, *object);
  if (!on_load) return Refuse(host, MissingEntryPoint(*object, EntryPoints(host).front()));

  const std::string path = object->path();
  Module& module = host.AddModule(std::make_unique<Module>(std::move(object)));
  module.path = path;
  module.args.assign(args.begin(), args.end());
  const int result = CallOnLoad(host, module, on_load);
  // module.on-load-result: exactly REDISMODULE_ERR is a failure; anything else counts as success.
  if (result == REDISMODULE_ERR) {
    const Error error = OnLoadError(host, module, module.name_refused);
    host.RemoveModule(module);
    return Refuse(host, error);
  }
  if (const std::optional<Error> error = InitError(module)) {
    host.RemoveModule(module);
    return Refuse(host, *error);
  }
  CheckApiVersion(host, module);
  module.in_on_load = false;
  // command.categories-apply-after-load
  const auto has_categories = [](const RedisModuleCommand* command) {
    return command->description.facts.categories != 0;
  };
  if (std::any_of(module.command_handles.begin(), module.command_handles.end(), has_categories))
    host.server.acl.ReapplyCategories();
  host.server.log.Write(ServerLog::Level::kNotice,
                        fmt::format("Module '{}' loaded from {}", module.name, path));
  if (Status status = CheckConfigs(host, module); !status) return tl::unexpected(status.error());
  host.server_events.TellModuleChange(module, REDISMODULE_SUBEVENT_MODULE_LOADED);
  return &module;
}

Status UnloadModule(Host& host, std::string_view name) {
  Module* module = host.FindModule(name);
  if (!module) return Busy(name, "no such module with that name");
  if (!module->types.empty())
    // type.keeps-the-module
    return Busy(name, "the module exports one or more module-side data types, can't unload");
  if (!module->used_by.empty())
    return Busy(name,
                "the module exports APIs used by other modules. Please unload them first and try "
                "again");
  if (host.blocked_clients.OutstandingCount(module) > 0)
    return Busy(name, "the module has blocked clients. Please wait them unblocked and try again");
  if (TimersKeepModules(host) && host.timers.HasAny(module))
    return Busy(name,
                "the module holds timer that is not fired. Please stop the timer or wait until it "
                "fires.");
  if (const OnUnloadFunction on_unload = FindOnUnload(host, module->object())) {
    const ModuleScope scope(host, module);
    RedisModuleCtx* ctx = host.NewContextWithClient(module, ContextKind::kOnUnload);
    const int result = on_unload(ctx);
    host.EndContext(ctx);
    if (result == REDISMODULE_ERR) return Busy(name, "operation not possible.");
  }
  const std::string full_name = module->name;
  host.server_events.TellModuleChange(*module, REDISMODULE_SUBEVENT_MODULE_UNLOADED);
  host.RemoveModule(*module);
  host.server.log.Write(ServerLog::Level::kNotice, fmt::format("Module {} unloaded", full_name));
  return {};
}

}  // namespace modcert::module
