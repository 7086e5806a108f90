#include "api/call_format.h"

#include <string>

#include "module/string_handle.h"

namespace modcert::api {
namespace {

using module::CallModifiers;

struct ModifierRow {
  char letter;
  bool CallModifiers::*member;
  abi::Version since;  // Redis; Valkey has what the Redis that it came from has
  bool valkey_only = false;
};

// call.modifiers-by-release: a letter that comes later is as unknown as any other.
// clang-format off
constexpr ModifierRow kModifiers[] = {
    {'!', &CallModifiers::replicate, {4, 0, 0}},
    {'A', &CallModifiers::not_to_aof, {5, 0, 7}},
    {'R', &CallModifiers::not_to_replicas, {5, 0, 7}},
    {'3', &CallModifiers::resp3, {7, 0, 0}},
    {'0', &CallModifiers::protocol_of_client, {7, 0, 0}},
    {'C', &CallModifiers::as_user, {7, 0, 0}},
    {'S', &CallModifiers::script_rules, {7, 0, 0}},
    {'W', &CallModifiers::refuse_writes, {7, 0, 0}},
    {'E', &CallModifiers::errors_as_replies, {7, 0, 0}},
    {'M', &CallModifiers::obey_deny_oom, {7, 0, 1}},
    {'D', &CallModifiers::dry_run, {7, 2, 0}},
    {'K', &CallModifiers::allow_blocking, {7, 2, 0}},
    {'X', &CallModifiers::exact_kinds, {9, 1, 0}, true},
};
// clang-format on

bool Has(const abi::Profile& profile, const ModifierRow& row) {
  return row.valkey_only ? abi::ValkeyAtLeast(profile, row.since)
                         : abi::AtLeast(profile, row.since);
}

bool SetModifier(const abi::Profile& profile, char letter, CallModifiers& modifiers) {
  for (const ModifierRow& row : kModifiers) {
    if (row.letter != letter || !Has(profile, row)) continue;
    modifiers.*row.member = true;
    return true;
  }
  return false;
}

}  // namespace

module::CallRequest ParseCall(const abi::Profile& profile, const char* command, const char* format,
                              va_list arguments) {
  module::CallRequest parsed;
  parsed.args.emplace_back(command);
  va_list rest;
  va_copy(rest, arguments);
  for (const char* letter = format; parsed.well_formed && *letter; ++letter) {
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
        parsed.well_formed = SetModifier(profile, *letter, parsed.modifiers);
    }
  }
  va_end(rest);
  if (parsed.modifiers.dry_run) parsed.modifiers.errors_as_replies = true;
  return parsed;
}

}  // namespace modcert::api
