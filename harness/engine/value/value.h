// Anything a key can hold.
#pragma once

#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

#include "engine/value/hash.h"
#include "engine/value/list.h"
#include "engine/value/opaque.h"
#include "engine/value/set.h"
#include "engine/value/stream.h"
#include "engine/value/string.h"
#include "engine/value/zset.h"

namespace modcert::engine {

using Value = std::variant<String, List, Set, Hash, ZSet, Stream, Opaque>;

// What TYPE says: "string", "list", "set", "hash", "zset", "stream" or a module type's name.
std::string_view TypeName(const Value& value);
// What OBJECT ENCODING says; "raw" for module types.
std::string_view EncodingName(const Value& value);
// True for a container without elements: such a key does not stay in the keyspace.
bool IsEmpty(const Value& value);

// A deep copy, as COPY makes it; nothing when a module type cannot copy.
std::optional<Value> Duplicate(const Value& value, const KeyPlace& from, const KeyPlace& to);

// A fresh, empty container, for a key that is about to be created.
template <typename T>
T MakeEmpty(const EncodingLimits& limits) {
  if constexpr (std::is_constructible_v<T, const EncodingLimits*>)
    return T(&limits);
  else
    return T();
}

}  // namespace modcert::engine
