// A data type of somebody else's module, for commands that should refuse it.
#pragma once

#include <string_view>

#include "module/host.h"

namespace modcert::oracle {

// Registers the type for as long as it lives. Its values are addresses that nothing is mapped at:
// a module that takes one for its own crashes at once, instead of reading whatever is there.
class ForeignType {
 public:
  explicit ForeignType(module::Host& host);
  ~ForeignType();  // deletes the keys that still hold such a value
  ForeignType(const ForeignType&) = delete;
  ForeignType& operator=(const ForeignType&) = delete;

  // Puts a value at the key in database 0.
  void Put(std::string_view key);

 private:
  module::Host& host_;
  module::Module& module_;
  RedisModuleType* type_;
};

}  // namespace modcert::oracle
