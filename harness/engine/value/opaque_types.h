// The module data types that a server knows, by name and by the id that RDB streams carry.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/value/opaque.h"

namespace modcert::engine {

// Owned by Server; the types themselves belong to whoever adds them, and leave before they die.
class OpaqueTypes {
 public:
  // Of several with one name the first is the one that is found.
  void Add(const OpaqueType* type) { types_.push_back(type); }
  void Remove(const OpaqueType* type);
  const OpaqueType* FindByName(std::string_view name) const;
  // Finds the type whose name `module_id` encodes; its lowest ten bits (encver) do not matter.
  const OpaqueType* FindById(uint64_t module_id) const;
  const std::vector<const OpaqueType*>& all() const { return types_; }

 private:
  std::vector<const OpaqueType*> types_;
};

}  // namespace modcert::engine
