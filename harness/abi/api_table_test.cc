// Rows, their checked functions and the table that GetApi answers from. The watcher of the calls is
// a log here: the module host has the real one.
#include "abi/api_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <climits>
#include <string>
#include <vector>

namespace modcert::abi {
namespace {

std::vector<std::string>& CallLog() {
  static std::vector<std::string> log;
  return log;
}

bool& Refuse() {
  static bool refuse = false;
  return refuse;
}

std::string Print(const Argument& argument) {
  using Kind = Argument::Kind;
  switch (argument.kind) {
    case Kind::kNone:
      return "none";
    case Kind::kHandle:
      return fmt::format("{}:{}", kHandleKindNames[static_cast<size_t>(argument.handle)],
                         argument.pointer);
    case Kind::kInteger:
      return fmt::format("{}", argument.integer);
    case Kind::kUnsigned:
      return fmt::format("{}u", argument.size);
    case Kind::kDouble:
      return fmt::format("{}d", argument.number);
    case Kind::kText:
      return fmt::format("'{}'", argument.text);
    case Kind::kFunction:
      return "function";
    case Kind::kPointer:
      return fmt::format("pointer:{}", argument.pointer);
    case Kind::kStruct:
      return "struct";
  }
  return "?";
}

}  // namespace

bool BeginCall(const ApiCall& call) noexcept {
  std::string line = fmt::format("begin {}", call.function().name);
  for (const Argument& argument : call.arguments) line += " " + Print(argument);
  CallLog().push_back(line);
  return !Refuse();
}

void EndCall(const ApiCall& call, const Argument& result) noexcept {
  CallLog().push_back(fmt::format("end {} {}", call.function().name, Print(result)));
}

void NotImplemented(const Function& function) noexcept {
  CallLog().push_back(fmt::format("not implemented {}", function.name));
}

}  // namespace modcert::abi

namespace modcert::api {
namespace {

int DeleteKey(RedisModuleKey*) noexcept { return REDISMODULE_OK; }
long long CallReplyInteger(RedisModuleCallReply*) noexcept { return 7; }
int StringSet(RedisModuleKey*, RedisModuleString*) noexcept { return REDISMODULE_OK; }
RedisModuleTimerID CreateTimer(RedisModuleCtx*, mstime_t, RedisModuleTimerProc, void*) noexcept {
  return 5;
}
RedisModuleString* CreateString(RedisModuleCtx*, const char*, size_t) noexcept { return nullptr; }
int SubscribeToServerEvent(RedisModuleCtx*, RedisModuleEvent, RedisModuleEventCallback) noexcept {
  return REDISMODULE_OK;
}
void SaveDouble(RedisModuleIO*, double) noexcept {}
int HashGet(RedisModuleKey*, int, ...) noexcept { return REDISMODULE_OK; }
int HashSet(RedisModuleKey*, int, ...) noexcept { return 1; }
int CheckedHashSet(RedisModuleKey* key, int flags, ...) noexcept {
  auto call = abi::Begin<abi::published::HashSet>(key, flags);
  if (!call.proceed()) return abi::published::HashSet::Failure();
  return call.End(1);
}
int ACLCheckKeyPrefixPermissions(RedisModuleUser*, RedisModuleString*, int) noexcept { return 0; }

int ValkeyACLCheckKeyPrefixPermissions(RedisModuleUser*, const char*, size_t,
                                       unsigned int) noexcept {
  return 1;
}

const abi::ApiRow kRows[] = {
    API_ROW(DeleteKey),
    API_ROW(CallReplyInteger),
    API_ROW(StringSet).Partial("never sets"),
    API_ROW(CreateTimer),
    API_ROW(CreateString),
    API_ROW(SubscribeToServerEvent),
    API_ROW(SaveDouble),
    API_ROW(HashGet),
    API_ROW(HashSet, CheckedHashSet),
    API_ROW(ACLCheckKeyPrefixPermissions),
    abi::MakeRow<abi::published::valkey::ACLCheckKeyPrefixPermissions,
                 &ValkeyACLCheckKeyPrefixPermissions>(),
};

}  // namespace
}  // namespace modcert::api

namespace modcert::abi {
namespace {

using Lines = std::vector<std::string>;

template <typename T>
T* Handle(uintptr_t address) {
  return reinterpret_cast<T*>(address);
}

class ApiTableTest : public testing::Test {
 protected:
  ApiTableTest() {
    CallLog().clear();
    Refuse() = false;
    table_.Add(api::kRows);
  }

  template <typename Published>
  typename Published::Type* Checked() {
    std::string name = fmt::format("RedisModule_{}", AllFunctions()[Published::kIndex].name);
    return reinterpret_cast<typename Published::Type*>(table_.Lookup(name, CallMode::kChecked));
  }

  ApiTable table_{DefaultProfile()};
};

TEST_F(ApiTableTest, TheBareFunctionIsTheHostFunctionItself) {
  void* bare = table_.Lookup("RedisModule_DeleteKey", CallMode::kBare);
  EXPECT_EQ(bare, reinterpret_cast<void*>(&api::DeleteKey));
}

TEST_F(ApiTableTest, TheCheckedFunctionTellsOfItsBeginAndItsEnd) {
  EXPECT_EQ(Checked<published::DeleteKey>()(Handle<RedisModuleKey>(16)), REDISMODULE_OK);
  EXPECT_EQ(CallLog(), (Lines{"begin DeleteKey RedisModuleKey:0x10", "end DeleteKey 0"}));
}

TEST_F(ApiTableTest, ArgumentsAreDecodedByTheirType) {
  auto* ctx = Handle<RedisModuleCtx>(16);
  Checked<published::CreateString>()(ctx, "abc", 3);
  Checked<published::CreateTimer>()(
      ctx, -1, [](RedisModuleCtx*, void*) {}, &table_);
  Checked<published::SubscribeToServerEvent>()(ctx, RedisModuleEvent_FlushDB, nullptr);
  Checked<published::SaveDouble>()(Handle<RedisModuleIO>(32), 1.5);
  EXPECT_EQ(CallLog(),
            (Lines{"begin CreateString RedisModuleCtx:0x10 'abc' 3u",
                   "end CreateString RedisModuleString:0x0",
                   fmt::format("begin CreateTimer RedisModuleCtx:0x10 -1 function pointer:{}",
                               static_cast<const void*>(&table_)),
                   "end CreateTimer 5u",
                   "begin SubscribeToServerEvent RedisModuleCtx:0x10 struct function",
                   "end SubscribeToServerEvent 0", "begin SaveDouble RedisModuleIO:0x20 1.5d",
                   "end SaveDouble none"}));
}

TEST_F(ApiTableTest, ARefusedCallAnswersWithTheFailureValue) {
  Refuse() = true;
  EXPECT_EQ(Checked<published::DeleteKey>()(nullptr), REDISMODULE_ERR);
  EXPECT_EQ(Checked<published::CallReplyInteger>()(nullptr), LLONG_MIN);
  EXPECT_EQ(Checked<published::CreateString>()(nullptr, "", 0), nullptr);
  EXPECT_EQ(CallLog().size(), 3u);
}

TEST_F(ApiTableTest, AVariadicFunctionHasACheckedTwinOrIsBare) {
  EXPECT_EQ(Checked<published::HashGet>()(nullptr, 0, nullptr), REDISMODULE_OK);
  EXPECT_EQ(CallLog(), Lines{});
  EXPECT_EQ(Checked<published::HashSet>()(nullptr, 4, nullptr), 1);
  EXPECT_EQ(CallLog(), (Lines{"begin HashSet RedisModuleKey:0x0 4", "end HashSet 1"}));
}

TEST_F(ApiTableTest, WhatIsNotImplementedSaysSoWhenCalled) {
  EXPECT_FALSE(table_.implemented("KeyType"));
  EXPECT_EQ(Checked<published::KeyType>()(nullptr), REDISMODULE_KEYTYPE_EMPTY);
  EXPECT_EQ(Checked<published::Call>()(nullptr, "GET", "c", "k"), nullptr);
  Checked<published::Free>()(nullptr);
  EXPECT_EQ(CallLog(),
            (Lines{"not implemented KeyType", "not implemented Call", "not implemented Free"}));
}

TEST_F(ApiTableTest, ResolvesExactlyTheNamesOfItsProfile) {
  for (const Profile& profile : AllProfiles()) {
    ApiTable table(profile);
    for (const Function& function : AllFunctions()) {
      void* found = table.Lookup(fmt::format("RedisModule_{}", function.name), CallMode::kBare);
      EXPECT_EQ(found != nullptr, AvailableIn(function, profile)) << function.name;
    }
  }
}

TEST_F(ApiTableTest, NamesOfOtherServersDoNotResolve) {
  // Enterprise only; declared but in no server; the wrong prefix; no prefix.
  for (const char* name : {"RedisModule_AutoMemoryAdd", "RedisModule_ReplySetPushLength",
                           "ValkeyModule_DeleteKey", "DeleteKey", ""})
    EXPECT_EQ(table_.Lookup(name, CallMode::kBare), nullptr) << name;
}

TEST_F(ApiTableTest, AValkeyAnswersToBothPrefixes) {
  ApiTable table(**ParseProfile("valkey-8.0"));
  table.Add(api::kRows);
  void* core = reinterpret_cast<void*>(&api::DeleteKey);
  EXPECT_EQ(table.Lookup("RedisModule_DeleteKey", CallMode::kBare), core);
  EXPECT_EQ(table.Lookup("ValkeyModule_DeleteKey", CallMode::kBare), core);
}

TEST_F(ApiTableTest, AFunctionThatDiffersInValkeyIsNotServedByTheOneOfRedis) {
  ApiTable redis(**ParseProfile("redis-8.0"));
  ApiTable valkey(**ParseProfile("valkey-9.1"));
  redis.Add(api::kRows);
  valkey.Add(api::kRows);
  constexpr const char* kName = "RedisModule_ACLCheckKeyPrefixPermissions";
  EXPECT_EQ(redis.Lookup(kName, CallMode::kBare),
            reinterpret_cast<void*>(&api::ACLCheckKeyPrefixPermissions));
  EXPECT_EQ(valkey.Lookup(kName, CallMode::kBare),
            reinterpret_cast<void*>(&api::ValkeyACLCheckKeyPrefixPermissions));
}

TEST_F(ApiTableTest, ARowSaysWhyItIsPartial) {
  EXPECT_STREQ(table_.row("StringSet")->partial, "never sets");
  EXPECT_EQ(table_.row("DeleteKey")->partial, nullptr);
}

TEST_F(ApiTableTest, AFunctionListedTwiceStopsModcert) {
  EXPECT_DEATH(table_.Add(api::kRows), "one row");
}

}  // namespace
}  // namespace modcert::abi
