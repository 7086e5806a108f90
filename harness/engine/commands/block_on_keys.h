// What the blocking commands have in common: the timeout, the attempt on each key, and the wait.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "engine/command_call.h"
#include "engine/reply.h"

namespace modcert::engine {

// Reads a timeout in seconds, with fractions. `deadline_ms` is 0 when the wait has no end.
// Returns the error to answer with, or nothing.
std::optional<Reply> ParseBlockingTimeout(const CommandCall& call, std::string_view text,
                                          int64_t& deadline_ms);

// What a blocking command does with one key: its reply, or nothing when the key does not exist.
// It outlives the call in which it was made and gets a fresh one when the client is served, with
// the same arguments; it must capture nothing that belongs to the first call.
using TryKey = std::function<std::optional<Reply>(CommandCall& call, const std::string& key)>;

// True when a key that became ready holds what the blocked command is about. Keys of other types
// leave it waiting.
using HoldsWanted = bool (*)(const Value& value);

struct BlockingWait {
  std::span<const std::string> keys;
  int64_t deadline_ms = 0;
  TryKey try_key;
  HoldsWanted holds_wanted;
  Reply when_denied = Reply::NullArray();  // where blocking is not allowed: MULTI, scripts
};

// Answers with the first key that has something, or with the first error; else blocks the client
// until one of the keys does. When time is up the reply is a null array.
Reply ServeOrBlock(CommandCall& call, const BlockingWait& wait);

// An item was taken off a list. A client that waited for it takes it right behind the push, of
// which those who watch or track the key have heard: they do not hear again.
void TookItem(CommandCall& call, std::string_view event, std::string_view key);

template <typename T>
bool Holds(const Value& value) {
  return std::holds_alternative<T>(value);
}

}  // namespace modcert::engine
