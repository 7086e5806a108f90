// The family `handle.`: handles live from the call that makes them to the call that ends them, and
// belong to one host.

#include <array>

#include "abi/published_types.h"
#include "fmt/format.h"
#include "validate/rules.h"

namespace modcert::validate {
namespace {

using abi::HandleKind;
using module::HandleHeader;
using module::HandleState;

// The kinds that come from the pools of module/handle_table.h; others are not looked at.
constexpr std::array kPooledKinds = {
    HandleKind::kCtx,
    HandleKind::kString,
    HandleKind::kKey,
    HandleKind::kCallReply,
    HandleKind::kDict,
    HandleKind::kDictIter,
    HandleKind::kScanCursor,
    HandleKind::kIO,
    HandleKind::kDigest,
    HandleKind::kKeyOptCtx,
    HandleKind::kDefragCtx,
    HandleKind::kRdbStream,
    HandleKind::kBlockedClient,
    HandleKind::kCommandFilter,
    HandleKind::kCommandFilterCtx,
    HandleKind::kUser,
    HandleKind::kCommand,
    HandleKind::kConfigIterator,
};

constexpr bool IsPooled(HandleKind kind) {
  for (HandleKind pooled : kPooledKinds)
    if (pooled == kind) return true;
  return false;
}

// By HandleKind.
constexpr auto kIsPooled = [] {
  std::array<bool, std::size(abi::kHandleKindNames)> pooled = {};
  for (size_t i = 0; i < pooled.size(); ++i) pooled[i] = IsPooled(static_cast<HandleKind>(i));
  return pooled;
}();

std::string_view KindName(HandleKind kind) {
  return abi::kHandleKindNames[static_cast<size_t>(kind)];
}

constexpr std::string_view kEndingFunctions[] = {
    "FreeString",        "CloseKey",      "FreeCallReply",           "FreeDict",
    "DictIteratorStop",  "UnblockClient", "UnregisterCommandFilter", "FreeThreadSafeContext",
    "AbortBlock",        "RdbStreamFree", "FreeModuleUser",          "ConfigIteratorRelease",
    "ScanCursorDestroy",
};

bool EndsAHandle(const abi::ApiCall& call) {
  static const std::vector<bool> set = FunctionSet(kEndingFunctions);
  return set[call.index];
}

// A real server does not look at the context of these. Modules rely on it: they free the context
// first and unlock with it then, and a lock that nobody lets go of any more would hang the host.
bool OverlooksItsContext(const abi::ApiCall& call) {
  return call.index == abi::published::ThreadSafeContextLock::kIndex ||
         call.index == abi::published::ThreadSafeContextTryLock::kIndex ||
         call.index == abi::published::ThreadSafeContextUnlock::kIndex;
}

std::string WhereItEnded(const HandleHeader& header) {
  if (header.ended_by < 0) return "its end came with the callback that it was made for";
  return fmt::format("{} ended it in call {}", abi::AllFunctions()[header.ended_by].name,
                     header.ended_in);
}

// handle.double-free: what is freed is freed once.
// key.use-after-close, handle.use-after-free: what is ended is not used any more.
void ReportEnded(module::Host& host, const abi::ApiCall& call, const HandleHeader& header) {
  const std::string message =
      fmt::format("a {} (made in call {}) that is gone: {}", KindName(header.kind), header.born_in,
                  WhereItEnded(header));
  if (EndsAHandle(call)) return host.Report("handle.double-free", message);
  if (header.kind == HandleKind::kKey) return host.Report("key.use-after-close", message);
  host.Report("handle.use-after-free", message);
}

// Handles that a function follows without a test, by their place among its arguments. Functions
// that accept NULL there (CloseKey, KeyType, ValueLength, ListPush ...) are not listed.
struct NotNull {
  std::string_view function;
  uint8_t argument;
};

constexpr NotNull kNotNull[] = {
    {"DeleteKey", 0},
    {"UnlinkKey", 0},
    {"StringSet", 0},
    {"StringSet", 1},
    {"StringDMA", 0},
    {"StringTruncate", 0},
    {"GetExpire", 0},
    {"SetExpire", 0},
    {"GetAbsExpire", 0},
    {"SetAbsExpire", 0},
    {"KeyExists", 1},
    {"HashGet", 0},
    {"HashFieldMinExpire", 0},
    {"SetLRU", 0},
    {"GetLRU", 0},
    {"SetLFU", 0},
    {"GetLFU", 0},
    {"ScanCursorRestart", 0},
    {"ScanCursorDestroy", 0},
    {"Scan", 1},
    {"ZsetAdd", 0},
    {"ZsetAdd", 2},
    {"ZsetIncrby", 0},
    {"ZsetScore", 0},
    {"ZsetRem", 0},
    {"ZsetFirstInScoreRange", 0},
    {"ZsetLastInScoreRange", 0},
    {"ZsetFirstInLexRange", 0},
    {"ZsetLastInLexRange", 0},
    {"ZsetRangeCurrentElement", 0},
    {"ZsetRangeNext", 0},
    {"ZsetRangePrev", 0},
    {"ZsetRangeEndReached", 0},
    {"ModuleTypeSetValue", 0},
    {"FreeString", 1},
    {"ReplyWithString", 1},
    {"ReplyWithCallReply", 1},
    {"FreeCallReply", 0},
    {"CallReplyProto", 0},
    {"CreateStringFromString", 1},
    {"SaveString", 1},
    {"DictSet", 1},
    {"DictGet", 1},
    {"RdbStreamFree", 0},
    {"DefragRedisModuleString", 1},
    {"DefragRedisModuleDict", 1},
    {"CreateSubcommand", 0},
    {"SetCommandInfo", 0},
    {"FreeModuleUser", 0},
    {"SetModuleUserACL", 0},
    {"SetModuleUserACLString", 1},
    {"GetModuleUserACLString", 0},
    {"GetModuleUserFromUserName", 0},
    {"ACLCheckCommandPermissions", 0},
    {"ACLCheckKeyPermissions", 0},
    {"ACLCheckKeyPermissions", 1},
    {"ACLCheckChannelPermissions", 0},
    {"ACLCheckChannelPermissions", 1},
    {"ACLCheckPermissions", 0},
    {"ACLAddLogEntry", 0},
    {"ACLAddLogEntry", 1},
    {"ACLAddLogEntry", 2},
    {"ACLAddLogEntryByUserName", 0},
    {"ACLAddLogEntryByUserName", 1},
    {"ACLAddLogEntryByUserName", 2},
    {"AuthenticateClientWithUser", 1},
    {"ConfigIteratorRelease", 1},
    {"ConfigIteratorNext", 0},
    {"ConfigSet", 0},
    {"ConfigSet", 2},
    {"ConfigSetBool", 0},
    {"ConfigSetEnum", 0},
    {"ConfigSetEnum", 2},
    {"ConfigSetNumeric", 0},
    {"DictCompare", 2},
    {"DictDel", 1},
    {"DictIteratorReseek", 2},
    {"DictIteratorStart", 2},
    {"DictReplace", 1},
};

// For each function, by index: a bit for each argument that must not be null.
std::vector<uint8_t> NotNullMasks() {
  std::vector<uint8_t> masks(abi::AllFunctions().size());
  for (const NotNull& row : kNotNull)
    masks[abi::IndexOf(*abi::Find(row.function))] |= static_cast<uint8_t>(1 << row.argument);
  return masks;
}

// handle.null: a handle is there where a function needs one.
bool MayBeNull(module::Host& host, const abi::ApiCall& call, size_t argument) {
  static const std::vector<uint8_t> masks = NotNullMasks();
  if (argument > 7 || !(masks[call.index] & (1 << argument))) return true;
  host.Report("handle.null", fmt::format("argument {} of {} is NULL, and a real server follows it",
                                         argument + 1, call.function().name));
  return false;
}

bool IsAlive(module::Host& host, const abi::ApiCall& call, const abi::Argument& argument) {
  const HandleHeader* header = host.handles.slabs.Find(argument.pointer);
  if (!header) {
    // handle.unknown: a handle comes from the host that it is given to.
    host.Report("handle.unknown",
                fmt::format("a pointer that is no {} of this host", KindName(argument.handle)));
    return false;
  }
  if (header->kind != argument.handle) {
    // handle.wrong-kind: a handle is passed as what it is.
    host.Report("handle.wrong-kind",
                fmt::format("a {} where a {} is asked for", KindName(header->kind),
                            KindName(argument.handle)));
    return false;
  }
  if (header->state == HandleState::kLive) return true;
  ReportEnded(host, call, *header);
  return false;
}

}  // namespace

bool HandlesAreAlive(module::Host& host, const abi::ApiCall& call) {
  if (OverlooksItsContext(call)) return true;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const abi::Argument& argument = call.arguments[i];
    if (argument.kind != abi::Argument::Kind::kHandle) continue;
    if (!argument.pointer) {
      if (!MayBeNull(host, call, i)) return false;
      continue;
    }
    if (!kIsPooled[static_cast<size_t>(argument.handle)]) continue;
    if (!IsAlive(host, call, argument)) return false;
  }
  return true;
}

}  // namespace modcert::validate
