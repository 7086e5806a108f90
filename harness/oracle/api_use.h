// Which API functions a module really uses. The generated header looks up every name it knows, so
// what a module asks GetApi for says little; what its code refers to says more.
#pragma once

#include <string>
#include <vector>

#include "module/host.h"

namespace modcert::oracle {

struct ApiUse {
  std::string name;  // without prefix
  bool found;        // whether this profile's server has it
  bool used;         // some code besides the look-up refers to the pointer
};

struct ApiUses {
  std::vector<ApiUse> functions;  // what the module looked up, by name
  // False: the machine's code is not understood, so `used` is true for all.
  bool tells_use = false;
};

// Reads the loaded code of the module, and what it has called lately: a call in the function that
// also looks the name up is not always seen in the code, because both share one instruction.
ApiUses FindApiUses(const module::Host& host, module::Module& module);

}  // namespace modcert::oracle
