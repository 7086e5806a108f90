#include "oracle/oracles.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "oracle/api_use.h"
#include "oracle/arity_and_type.h"
#include "oracle/dataset.h"
#include "oracle/memory_at_unload.h"
#include "target/in_process.h"

// What the leaking module of these tests leaks is what they are about.
extern "C" [[gnu::visibility("default")]] const char* __lsan_default_suppressions() {
  return "leak:modcert::module::ModuleHeap::Alloc";
}

namespace modcert::oracle {
namespace {

const std::string kModules = MODCERT_BINARY_DIR "/modules/";

// A world with one of our modules.
struct World {
  explicit World(const std::string& name) : target({}) {
    target::World world;
    world.modules = {{.path = kModules + name + ".so", .args = {}}};
    const Status started = target.Start(world);
    EXPECT_TRUE(started.has_value());
  }
  module::Host& host() { return *target.host(); }
  void Send(std::vector<std::string> argv) {
    EXPECT_TRUE(target.Send(0, argv, target::Wait::kForReply).has_value());
  }
  target::InProcessTarget target;
};

std::vector<std::string> Ids(const Findings& findings) {
  std::vector<std::string> ids;
  for (const auto& finding : findings) ids.push_back(finding.contract);
  return ids;
}

using Names = std::vector<std::string>;

TEST(Oracles, AllPassOnADataTypeThatIsInOrder) {
  World world("hellotype");
  world.Send({"HELLOTYPE.INSERT", "k", "7"});
  ASSERT_EQ(CountModuleValues(world.host()), 1);
  EXPECT_EQ(
      Ids(RunOracles(world.host(), Names{"rdb", "aof", "replica", "arity", "reload", "memory"})),
      Names{});
}

TEST(Oracles, OneThatDoesNotExistIsNotTakenForPassed) {
  World world("hello");
  EXPECT_EQ(Ids(RunOracles(world.host(), Names{"telepathy"})), Names{"oracle.not-implemented"});
}

// A world with a module that breaks its word in NAME.WRONG and keeps it in NAME.RIGHT.
Names FindingsOf(const std::string& oracle, const std::string& name,
                 std::vector<std::string> command) {
  World world("broken/" + name);
  command[0] = name + command[0];
  world.Send(command);
  return Ids(RunOracles(world.host(), Names{oracle}));
}

TEST(AofRewrite, MissesWhatTheRewriteOfATypeForgets) {
  const std::string name = "aof_keeps_the_data";
  EXPECT_EQ(FindingsOf("aof", name, {".wrong", "k", "3", "4"}), Names{"aof.keeps-the-data"});
  EXPECT_EQ(FindingsOf("aof", name, {".right", "k", "3"}), Names{});
}

TEST(AofRewrite, TellsOfCommandsThatCannotBeReplayed) {
  EXPECT_EQ(FindingsOf("aof", "aof_replays", {".wrong", "k", "-3"}), Names{"aof.replays"});
  EXPECT_EQ(FindingsOf("aof", "aof_type_rewrites", {".wrong", "k", "3"}),
            Names{"aof.type-rewrites"});
}

TEST(Replica, MissesAWriteThatWasNotPropagated) {
  const std::string name = "replica_same_data";
  EXPECT_EQ(FindingsOf("replica", name, {".wrong", "k", "v"}), Names{"replica.same-data"});
  EXPECT_EQ(FindingsOf("replica", name, {".right", "k", "v"}), Names{});
}

TEST(Replica, GetsTheServersOwnWritesInEveryForm) {
  World world("hello");
  world.Send({"SADD", "s", "a", "b", "c", "d", "e", "f"});
  world.Send({"SPOP", "s", "3"});
  world.Send({"SET", "k", "v", "PX", "10"});
  world.Send({"EXPIRE", "s", "100"});
  world.target.AdvanceMs(20);
  world.Send({"GET", "k"});
  world.Send({"SELECT", "3"});
  world.Send({"MULTI"});
  world.Send({"INCR", "n"});
  world.Send({"RPUSH", "n", "x"});
  world.Send({"ZADD", "z", "1.5", "m"});
  world.Send({"EXEC"});
  EXPECT_EQ(Ids(RunOracles(world.host(), Names{"replica"})), Names{});
}

TEST(Dataset, ComesBackFromItsFile) {
  World world("hellotype");
  world.Send({"HELLOTYPE.INSERT", "k", "7"});
  world.Send({"SET", "s", "v"});
  const std::string file = SaveAll(world.host());
  auto like = LikeHost(world.host());
  ASSERT_TRUE(like.has_value());
  ASSERT_TRUE(LoadAll(**like, file).has_value());
  EXPECT_EQ(DigestOf(**like), DigestOf(world.host()));
  EXPECT_EQ(SaveAll(**like), file);
}

TEST(MemoryAtUnload, FindsWhatACommandForgot) {
  World world("misbehave");
  world.Send({"MISBEHAVE.LEAK", "100"});
  EXPECT_EQ(Ids(MemoryAtUnload(world.host())), Names{"memory.freed-at-unload"});
}

TEST(Probe, PutsKeysWhereTheCommandDeclaresThem) {
  const CommandShape shape{.name = "x.move", .first_key = 1, .last_key = 2, .key_step = 1};
  const Probe probe = MakeProbe(shape, 3, resp::Protocol::kResp3, "list");
  EXPECT_EQ(probe.Name(), "resp3 list x.move k1 k2 1");
  EXPECT_EQ(probe.keys, (Names{"k1", "k2"}));
}

TEST(Probe, TellsAnErrorAboutArityFromOthers) {
  World world("hash");
  const std::string command = world.host().modules().front()->commands.front();
  const CommandShape shape = ShapeOf(world.host(), command);
  const auto none = RunProbe(world.host(), MakeProbe(shape, 0, resp::Protocol::kResp2));
  EXPECT_EQ(none.kind, ProbeOutcome::Kind::kWrongArity);
}

TEST(ApiUse, TellsUseFromLookUp) {
  World world("hello");
  const ApiUses uses = FindApiUses(world.host(), *world.host().modules().front());
#if defined(__x86_64__)
  ASSERT_TRUE(uses.tells_use);
  const auto use_of = [&](std::string_view name) {
    const auto found = std::ranges::find(uses.functions, name, &ApiUse::name);
    return found != uses.functions.end() && found->used;
  };
  EXPECT_TRUE(use_of("CreateCommand"));
  EXPECT_TRUE(use_of("ReplyWithSimpleString"));
  EXPECT_FALSE(use_of("ZsetRangeStop"));
#endif
}

}  // namespace
}  // namespace modcert::oracle
