#include "engine/value/opaque_types.h"

#include <algorithm>

namespace modcert::engine {

Status OpaqueType::LoadAux(rdb::Reader&, int, rdb::AuxWhen) const {
  return Fail(std::string(name()), "keeps no data beside its keys");
}

void OpaqueTypes::Remove(const OpaqueType* type) { std::erase(types_, type); }

const OpaqueType* OpaqueTypes::FindByName(std::string_view name) const {
  for (const OpaqueType* type : types_)
    if (type->name() == name) return type;
  return nullptr;
}

const OpaqueType* OpaqueTypes::FindById(uint64_t module_id) const {
  constexpr uint64_t kEncverBits = 10;
  for (const OpaqueType* type : types_)
    if (type->id() >> kEncverBits == module_id >> kEncverBits) return type;
  return nullptr;
}

}  // namespace modcert::engine
