// One loaded module: what it said of itself, and everything that it registered and that goes when
// it goes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/module_heap.h"
#include "redismodule_types.h"

namespace modcert::module {

class ModuleKeyMetaClass;
struct CallPromise;
class ModuleConfig;
class SharedObject;

// Owned by Host. Made before OnLoad runs; its name is empty until SetModuleAttribs.
class Module {
 public:
  explicit Module(std::unique_ptr<SharedObject> object);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  // Null for a module of the host's own, which has no file: then object() must not be called.
  bool has_object() const { return object_ != nullptr; }
  SharedObject& object() { return *object_; }
  bool initialized() const { return !name.empty(); }

  std::string name;
  int version = 0;
  int api_version = 0;
  std::string path;  // as the user gave it
  std::vector<std::string> args;
  int options = 0;  // SetModuleOptions
  bool in_on_load = true;
  // Its commands run so that they can be left in their middle, for Yield.
  bool yields = false;

  // What it registered, in order of registration.
  std::vector<std::string> commands;                 // names; subcommands are in their containers
  std::vector<RedisModuleCommand*> command_handles;  // of both
  size_t acl_category_count = 0;
  std::vector<std::unique_ptr<ModuleConfig>> configs;
  bool configs_loaded = false;  // LoadConfigs has succeeded
  bool default_configs_loaded = false;
  std::vector<std::unique_ptr<RedisModuleType>> types;
  std::vector<RedisModuleCommandFilter*> filters;
  std::vector<std::string> shared_apis;
  std::vector<Module*> uses;     // modules whose shared APIs it asked for
  std::vector<Module*> used_by;  // and who asked for its own
  RedisModuleInfoFunc info_callback = nullptr;
  // Its Calls with K whose commands still wait.
  std::vector<std::shared_ptr<CallPromise>> promises;
  std::vector<std::unique_ptr<ModuleKeyMetaClass>> key_meta_classes;
  // Active defragmentation: of what it has outside of keys, at once or in steps, and around a
  // cycle.
  RedisModuleDefragFunc defrag_rest = nullptr;
  RedisModuleDefragFunc2 defrag_rest_in_steps = nullptr;
  RedisModuleDefragFunc defrag_start = nullptr;
  RedisModuleDefragFunc defrag_end = nullptr;

  ModuleHeap heap;
  // What it wrote to the log while OnLoad ran: part of the diagnosis when that fails.
  std::vector<std::string> load_log;
  // What the host refused it meanwhile, in words: "command 'x.y' is taken".
  std::vector<std::string> refusals;
  std::string name_refused;  // IsModuleNameBusy was asked for it and said yes
  // Names that it asked GetApi for, and whether the host had them. Some 400 for each world, so a
  // name that any server knows is that of the table of functions, without prefix; others are kept
  // in `unknown_names`, as they were asked for.
  struct Resolved {
    std::string_view name;
    bool found;
    const void* target = nullptr;  // the module's own pointer, which gets the function
  };
  std::vector<Resolved> resolved;
  std::deque<std::string> unknown_names;
  // How deep its callbacks are nested right now; it cannot be unloaded meanwhile.
  int in_call = 0;

 private:
  std::unique_ptr<SharedObject> object_;
};

}  // namespace modcert::module
