#include "engine/value/value.h"

namespace modcert::engine {

std::string_view TypeName(const Value& value) {
  constexpr std::string_view kNames[] = {"string", "list", "set", "hash", "zset", "stream"};
  if (const auto* opaque = std::get_if<Opaque>(&value)) return opaque->type()->name();
  return kNames[value.index()];
}

std::string_view EncodingName(const Value& value) {
  return std::visit(
      [](const auto& held) -> std::string_view {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, Opaque>)
          return "raw";
        else
          return held.encoding();
      },
      value);
}

bool IsEmpty(const Value& value) {
  return std::visit(
      [](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        // An empty string is a value like any other, and so is a stream without entries; only a
        // module knows whether its own is empty.
        if constexpr (std::is_same_v<Held, String> || std::is_same_v<Held, Stream> ||
                      std::is_same_v<Held, Opaque>)
          return false;
        else
          return held.empty();
      },
      value);
}

std::optional<Value> Duplicate(const Value& value, const KeyPlace& from, const KeyPlace& to) {
  return std::visit(
      [&](const auto& held) -> std::optional<Value> {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, Opaque>) {
          void* copy = held.type()->Copy(from, to, held.value());
          if (!copy) return std::nullopt;
          return Opaque(held.type(), copy);
        } else {
          Value copy(held);
          if (Hash* hash = std::get_if<Hash>(&copy)) hash->OwnAll();
          return copy;
        }
      },
      value);
}

}  // namespace modcert::engine
