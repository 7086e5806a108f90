// Functions that modules export to each other by name.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace modcert::module {

class Module;

// Owned by Host. Lock held.
class SharedApis {
 public:
  // False when the name is taken.
  bool Export(Module& module, std::string_view name, void* function);
  // The function, or null; `user` depends on the exporting module from now on.
  void* Get(Module& user, std::string_view name);
  // The module goes: its names, and its dependence on others.
  void Forget(Module& module);

 private:
  struct Entry {
    Module* module;
    void* function;
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace modcert::module
