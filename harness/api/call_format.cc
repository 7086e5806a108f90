#include "api/call_format.h"

#include <string>

#include "module/string_handle.h"

namespace modcert::api {
namespace {

struct ModifierRow {
  char letter;
  bool CallModifiers::*member;
  abi::Version since = {};  // Redis; Valkey has what the Redis it is compatible with has
};

// clang-format off
constexpr ModifierRow kModifiers[] = {
    {'!', &CallModifiers::replicate},
    {'A', &CallModifiers::not_to_aof},
    {'R', &CallModifiers::not_to_replicas},
    {'3', &CallModifiers::resp3},
    {'0', &CallModifiers::protocol_of_client},
    {'C', &CallModifiers::as_user},
    {'S', &CallModifiers::script_rules},
    {'W', &CallModifiers::refuse_writes},
    {'M', &CallModifiers::obey_deny_oom},
    {'E', &CallModifiers::errors_as_replies},
    {'D', &CallModifiers::dry_run, {7, 2, 0}},
    {'K', &CallModifiers::allow_blocking, {7, 2, 0}},
};
// clang-format on

bool SetModifier(const abi::Profile& profile, char letter, CallModifiers& modifiers) {
  for (const ModifierRow& row : kModifiers) {
    if (row.letter != letter || row.since > profile.redis_version) continue;
    modifiers.*row.member = true;
    return true;
  }
  return false;
}

}  // namespace

engine::PropagateTo ReceiversOf(const CallModifiers& modifiers) {
  if (modifiers.not_to_aof && modifiers.not_to_replicas) return engine::PropagateTo::kNone;
  if (modifiers.not_to_aof) return engine::PropagateTo::kReplicas;
  return modifiers.not_to_replicas ? engine::PropagateTo::kAof : engine::PropagateTo::kAll;
}

std::optional<ParsedCall> ParseCall(const abi::Profile& profile, const char* command,
                                    const char* format, va_list arguments) {
  ParsedCall parsed;
  parsed.args.emplace_back(command);
  va_list rest;
  va_copy(rest, arguments);
  bool known = true;
  for (const char* letter = format; known && *letter; ++letter) {
    switch (*letter) {
      case 'c':
        parsed.args.emplace_back(va_arg(rest, const char*));
        break;
      case 's':
        parsed.args.push_back(va_arg(rest, RedisModuleString*)->bytes);
        break;
      case 'b': {
        const char* bytes = va_arg(rest, const char*);
        parsed.args.emplace_back(bytes, va_arg(rest, size_t));
        break;
      }
      case 'l':
        parsed.args.push_back(std::to_string(va_arg(rest, long long)));
        break;
      case 'v': {
        RedisModuleString** strings = va_arg(rest, RedisModuleString**);
        const size_t count = va_arg(rest, size_t);
        for (size_t i = 0; i < count; ++i) parsed.args.push_back(strings[i]->bytes);
        break;
      }
      default:
        known = SetModifier(profile, *letter, parsed.modifiers);
    }
  }
  va_end(rest);
  if (!known) return std::nullopt;
  if (parsed.modifiers.dry_run) parsed.modifiers.errors_as_replies = true;
  return parsed;
}

}  // namespace modcert::api
