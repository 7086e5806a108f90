// The family `thread.`: the host belongs to the main thread, and to whoever holds its lock.

#include "abi/published_types.h"
#include "fmt/format.h"
#include "validate/rules.h"

namespace modcert::validate {
namespace {

// Functions that use what the lock guards. Those that only touch what the caller owns (memory,
// strings, replies of a blocked client, dictionaries, time, the log) are not among them.
constexpr std::string_view kNeedsLock[] = {
    "OpenKey",
    "KeyExists",
    "CloseKey",
    "KeyType",
    "ValueLength",
    "ListPush",
    "ListPop",
    "ListGet",
    "ListSet",
    "ListInsert",
    "ListDelete",
    "DeleteKey",
    "UnlinkKey",
    "StringSet",
    "StringDMA",
    "StringTruncate",
    "GetExpire",
    "SetExpire",
    "GetAbsExpire",
    "SetAbsExpire",
    "ZsetAdd",
    "ZsetIncrby",
    "ZsetScore",
    "ZsetRem",
    "ZsetRangeStop",
    "ZsetFirstInScoreRange",
    "ZsetLastInScoreRange",
    "ZsetFirstInLexRange",
    "ZsetLastInLexRange",
    "ZsetRangeCurrentElement",
    "ZsetRangeNext",
    "ZsetRangePrev",
    "ZsetRangeEndReached",
    "HashSet",
    "HashGet",
    "StreamAdd",
    "StreamDelete",
    "StreamIteratorStart",
    "StreamTrimByLength",
    "StreamTrimByID",
    "ModuleTypeSetValue",
    "ModuleTypeReplaceValue",
    "ModuleTypeGetType",
    "ModuleTypeGetValue",
    "Call",
    "Replicate",
    "ReplicateVerbatim",
    "CreateTimer",
    "StopTimer",
    "GetTimerInfo",
    "SubscribeToKeyspaceEvents",
    "NotifyKeyspaceEvent",
    "SubscribeToServerEvent",
    "RegisterCommandFilter",
    "UnregisterCommandFilter",
    "CreateCommand",
    "CreateSubcommand",
    "CreateDataType",
    "ExportSharedAPI",
    "GetSharedAPI",
    "BlockClient",
    "BlockClientOnKeys",
    "SignalKeyAsReady",
    "PublishMessage",
    "PublishMessageShard",
    "Scan",
    "ScanKey",
    "DbSize",
    "RandomKey",
    "ResetDataset",
    "LoadDataTypeFromString",
    "SaveDataTypeToString",
    "SetDisconnectCallback",
    "AddPostNotificationJob",
    "CreateModuleUser",
    "FreeModuleUser",
    "GetUserUsername",
    "SetModuleUserACL",
    "SetModuleUserACLString",
    "GetModuleUserACLString",
    "GetModuleUserFromUserName",
    "ACLCheckCommandPermissions",
    "ACLCheckKeyPermissions",
    "ACLCheckKeyPrefixPermissions",
    "ACLCheckChannelPermissions",
    "ACLCheckPermissions",
    "ACLAddLogEntry",
    "ACLAddLogEntryByUserName",
    "AuthenticateClientWithACLUser",
    "AuthenticateClientWithUser",
    "DeauthenticateAndCloseClient",
    "GetClientCertificate",
    "ConfigIteratorCreate",
    "ConfigIteratorRelease",
    "ConfigIteratorNext",
    "ConfigGetType",
    "ConfigGet",
    "ConfigGetBool",
    "ConfigGetEnum",
    "ConfigGetNumeric",
    "ConfigSet",
    "ConfigSetBool",
    "ConfigSetEnum",
    "ConfigSetNumeric",
};

bool NeedsLock(const abi::ApiCall& call) {
  static const std::vector<bool> set = FunctionSet(kNeedsLock);
  return set[call.index];
}

bool LockedOutside(module::Host& host, const abi::ApiCall& call) {
  if (call.index == abi::published::ThreadSafeContextUnlock::kIndex) {
    // thread.unlock-without-lock: who unlocks holds the lock.
    host.Report("thread.unlock-without-lock", "this thread does not hold the lock");
    return false;
  }
  if (!NeedsLock(call)) return true;
  // thread.call-without-lock: a thread uses the host only while it holds the lock.
  host.Report(
      "thread.call-without-lock",
      fmt::format("{} was called on a thread that does not hold the lock", call.function().name));
  return false;
}

}  // namespace

bool ThreadMayCall(module::Host& host, const abi::ApiCall& call) {
  if (!host.lock.HeldByThisThread()) [[unlikely]]
    return LockedOutside(host, call);
  if (call.index != abi::published::ThreadSafeContextLock::kIndex) return true;
  // thread.lock-twice: the lock is not recursive, and command functions and callbacks have it.
  host.Report("thread.lock-twice", "this thread holds the lock already, and would wait for itself");
  return false;
}

}  // namespace modcert::validate
