// The family `key.`: open keys.

#include "abi/published_types.h"
#include "fmt/format.h"
#include "validate/rules.h"

namespace modcert::validate {
namespace {

constexpr std::string_view kWritingFunctions[] = {
    "DeleteKey",          "UnlinkKey",      "StringSet",
    "StringTruncate",     "SetExpire",      "SetAbsExpire",
    "ListPush",           "ListPop",        "ListSet",
    "ListInsert",         "ListDelete",     "ZsetAdd",
    "ZsetIncrby",         "ZsetRem",        "HashSet",
    "StreamAdd",          "StreamDelete",   "StreamIteratorDelete",
    "StreamTrimByLength", "StreamTrimByID", "ModuleTypeSetValue",
};

// key.invalidated: a key is not used after it was removed or replaced by other means.
bool StandsForItsKey(module::Host& host, RedisModuleKey& key) {
  // OPTIMIZATION: what was right stays right until some key goes.
  const uint64_t removals = host.server.keyspace.removals();
  if (!key.entry || key.checked_at == removals) return true;
  engine::Entry* now = host.server.keyspace.Peek(key.db, key.name);
  if (now == key.entry && now->replaced_at <= key.checked_at) {
    key.checked_at = removals;
    return true;
  }
  host.Report("key.invalidated",
              fmt::format("key '{}' was {} by other means while it was open", key.name,
                          now == key.entry ? "overwritten" : "removed"));
  // From here on the handle is one of a key that does not exist, so that the run can go on.
  key.entry = now;
  key.checked_at = removals;
  return false;
}

bool WritesAKey(const abi::ApiCall& call) {
  static const std::vector<bool> set = FunctionSet(kWritingFunctions);
  return set[call.index];
}

}  // namespace

bool KeysAreUsable(module::Host& host, const abi::ApiCall& call) {
  if (call.arguments.empty()) return true;
  const abi::Argument& first = call.arguments.front();
  if (first.handle != abi::HandleKind::kKey || !first.pointer) return true;
  auto& key = *static_cast<RedisModuleKey*>(const_cast<void*>(first.pointer));
  if (call.index == abi::published::CloseKey::kIndex) return true;
  if (!StandsForItsKey(host, key)) return false;
  if (key.writable() || !WritesAKey(call)) return true;
  // key.write-through-read-handle: a key is only written through a handle opened for writing.
  // The function itself refuses, as a real server does, so the call goes on.
  host.Report("key.write-through-read-handle",
              fmt::format("key '{}' was opened without REDISMODULE_WRITE", key.name));
  return true;
}

}  // namespace modcert::validate
