#include "target/in_process.h"

#include <gtest/gtest.h>

namespace modcert::target {
namespace {

std::string Module(std::string_view name) {
  return std::string(MODCERT_BINARY_DIR "/modules/") + std::string(name) + ".so";
}

struct Started {
  explicit Started(std::vector<ModuleFile> modules = {}) {
    const Status started = target.Start({.modules = std::move(modules)});
    EXPECT_TRUE(started) << (started ? "" : started.error().ToString());
  }
  std::string Send(int client, Command argv) {
    const Result<Outcome> outcome = target.Send(client, argv, Wait::kUntilBlocked);
    return outcome ? std::string(outcome->raw) : outcome.error().ToString();
  }
  Outcome::Kind KindOf(int client, Command argv, Wait wait = Wait::kUntilBlocked) {
    return target.Send(client, argv, wait)->kind;
  }
  std::string Receive(int client) { return std::string(target.Receive(client)->raw); }

  InProcessTarget target{{}};
};

TEST(InProcessTarget, AnswersCommands) {
  Started world;
  EXPECT_EQ(world.Send(0, {"SET", "k", "v"}), "+OK\r\n");
  EXPECT_EQ(world.Send(1, {"GET", "k"}), "$1\r\nv\r\n");
}

TEST(InProcessTarget, StartsAFreshWorldEachTime) {
  Started world;
  world.Send(0, {"SET", "k", "v"});
  ASSERT_TRUE(world.target.Start({}));
  EXPECT_EQ(world.Send(0, {"EXISTS", "k"}), ":0\r\n");
}

TEST(InProcessTarget, SaysInEachProfileWhichServerItIs) {
  for (const abi::Profile& profile : abi::AllProfiles()) {
    InProcessTarget target({.profile = std::string(profile.name)});
    ASSERT_TRUE(target.Start({}));
    EXPECT_EQ(target.profile(), profile.name);
    const auto ask = [&](Command argv) {
      return std::string(target.Send(0, argv, Wait::kUntilBlocked)->raw);
    };
    const std::string info = ask({"INFO", "server"});
    const std::string redis = "redis_version:" + profile.redis_version.ToString() + "\r\n";
    EXPECT_NE(info.find(redis), std::string::npos) << profile.name;
    const std::string own = profile.version.ToString();
    const std::string valkey = "server_name:valkey\r\nvalkey_version:" + own + "\r\n";
    EXPECT_EQ(info.find(valkey) != std::string::npos, abi::IsValkey(profile)) << profile.name;
    EXPECT_NE(ask({"HELLO"}).find(own), std::string::npos) << profile.name;
  }
}

TEST(InProcessTarget, ImitatesWhatAWorldIsForUnlessOneWasChosen) {
  InProcessTarget free({});
  const World world = {.profile = "redis-8.2"};
  EXPECT_EQ(free.ProfileOf({}), "redis-7.0");
  EXPECT_EQ(free.ProfileOf(world), "redis-8.2");
  ASSERT_TRUE(free.Start(world));
  EXPECT_EQ(free.profile(), "redis-8.2");
  const InProcessTarget chosen({.profile = "redis-6.0"});
  EXPECT_EQ(chosen.ProfileOf(world), "redis-6.0");
}

TEST(InProcessTarget, KeepsMessagesApartFromReplies) {
  Started world;
  EXPECT_EQ(world.Send(1, {"SUBSCRIBE", "c"}), "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
  EXPECT_EQ(world.Send(0, {"PUBLISH", "c", "m"}), ":1\r\n");
  EXPECT_EQ(world.Receive(1), "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n");
  EXPECT_EQ(world.target.Receive(1)->kind, Outcome::Kind::kNothing);
}

TEST(InProcessTarget, HoldsTheReplyOfABlockedClientForReceive) {
  Started world;
  EXPECT_EQ(world.KindOf(1, {"BLPOP", "l", "0"}), Outcome::Kind::kBlocked);
  EXPECT_EQ(world.Send(0, {"RPUSH", "l", "x"}), ":1\r\n");
  EXPECT_EQ(world.Receive(1), "*2\r\n$1\r\nl\r\n$1\r\nx\r\n");
  EXPECT_EQ(world.Send(1, {"PING"}), "+PONG\r\n");
}

TEST(InProcessTarget, LetsTimePassAtOnce) {
  Started world;
  EXPECT_EQ(world.KindOf(1, {"BLPOP", "l", "5"}), Outcome::Kind::kBlocked);
  ASSERT_TRUE(world.target.AdvanceMs(4999));
  EXPECT_EQ(world.target.host()->server.blocking.blocked_count(), 1u);
  ASSERT_TRUE(world.target.AdvanceMs(2));
  EXPECT_EQ(world.Receive(1), "*-1\r\n");
}

TEST(InProcessTarget, GivesATimeoutWhenTheReplyIsWaitedFor) {
  Started world;
  EXPECT_EQ(world.KindOf(0, {"BLPOP", "l", "5"}, Wait::kForReply), Outcome::Kind::kReply);
}

TEST(InProcessTarget, WaitsForAThreadOfAModule) {
  Started world({{.path = Module("blocking_thread")}});
  const Result<Outcome> outcome =
      world.target.Send(0, Command{"THREAD.INCR", "n", "3"}, Wait::kForReply);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->raw, "*3\r\n:1\r\n:2\r\n:3\r\n");
}

TEST(InProcessTarget, SaysWhichModuleDoesNotLoad) {
  InProcessTarget target({});
  const Status started = target.Start({.modules = {{.path = "/nowhere.so"}}});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().place, "/nowhere.so");
}

TEST(InProcessTarget, ForgetsAClientThatDisconnects) {
  Started world;
  world.Send(0, {"WATCH", "k"});
  world.target.Disconnect(0);
  EXPECT_TRUE(world.target.host()->server.clients().empty());
  EXPECT_EQ(world.Send(0, {"PING"}), "+PONG\r\n");
}

}  // namespace
}  // namespace modcert::target
