// Against a real redis-server. What specs can say is in spec/testdata/pass, run by run/.
#include "target/redis_target.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace modcert::target {
namespace {

using Kind = Outcome::Kind;

Outcome Send(RedisTarget& target, int client, std::vector<std::string> argv,
             Wait wait = Wait::kUntilBlocked) {
  const auto outcome = target.Send(client, argv, wait);
  EXPECT_TRUE(outcome) << outcome.error().ToString();
  return outcome.value_or(Outcome{});
}

TEST(RedisTarget, ARespawnedServerAndAFlushedOneAreBothEmpty) {
  RedisTarget target({});
  ASSERT_TRUE(target.Start({}));
  EXPECT_EQ(target.profile(), "redis-7.0");
  EXPECT_EQ(Send(target, 0, {"SET", "k", "v"}).raw, "+OK\r\n");
  ASSERT_TRUE(target.Start({}));
  EXPECT_EQ(Send(target, 0, {"EXISTS", "k"}).raw, ":0\r\n");
  Send(target, 0, {"CONFIG", "SET", "hz", "77"});
  ASSERT_TRUE(target.Start({}));
  EXPECT_EQ(Send(target, 0, {"CONFIG", "GET", "hz"}).raw, "*2\r\n$2\r\nhz\r\n$2\r\n10\r\n");
}

TEST(RedisTarget, KnowsABlockedClientFromASlowReply) {
  RedisTarget target({});
  ASSERT_TRUE(target.Start({}));
  EXPECT_EQ(Send(target, 0, {"DEBUG", "SLEEP", "0.05"}).raw, "+OK\r\n");
  EXPECT_EQ(Send(target, 1, {"BLPOP", "l", "0"}).kind, Kind::kBlocked);
  EXPECT_EQ(Send(target, 0, {"RPUSH", "l", "x"}).raw, ":1\r\n");
  EXPECT_EQ(target.Receive(1)->raw, "*2\r\n$1\r\nl\r\n$1\r\nx\r\n");
  EXPECT_EQ(Send(target, 1, {"CLIENT", "REPLY", "OFF"}).kind, Kind::kNothing);
  EXPECT_EQ(Send(target, 1, {"PING"}).kind, Kind::kNothing);
}

TEST(RedisTarget, WaitsForTheReplyOfABlockedClientWhenAsked) {
  RedisTarget target({});
  ASSERT_TRUE(target.Start({}));
  EXPECT_EQ(Send(target, 0, {"BLPOP", "l", "0.03"}, Wait::kForReply).raw, "*-1\r\n");
}

TEST(RedisTarget, NoticesThatTheServerIsGone) {
  RedisTarget target({});
  ASSERT_TRUE(target.Start({}));
  EXPECT_EQ(Send(target, 0, {"SHUTDOWN", "NOSAVE"}).kind, Kind::kClosed);
  // The process ends a moment after its connections.
  while (target.IsAlive()) {
  }
  EXPECT_EQ(target.LogTail().back(), "redis-server exited with status 0");
  ASSERT_TRUE(target.Start({}));
  EXPECT_EQ(Send(target, 0, {"PING"}).raw, "+PONG\r\n");
}

TEST(RedisTarget, TheServerAndItsFolderGoWithTheirOwner) {
  std::string folder;
  {
    RedisTarget target({});
    ASSERT_TRUE(target.Start({}));
    const auto reply = Send(target, 0, {"CONFIG", "GET", "dir"}).raw;
    folder = reply.substr(reply.find("/"), reply.rfind("\r\n") - reply.find("/"));
    EXPECT_TRUE(std::filesystem::exists(folder));
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(RedisTarget, AServerAtAnAddressIsResetInPlace) {
  auto server = ServerProcess::Spawn("redis-server", {}, {});
  ASSERT_TRUE(server);
  RedisTarget target({.address = (*server)->address().ToString()});
  ASSERT_TRUE(target.Start({}));
  Send(target, 0, {"CONFIG", "SET", "hz", "77"});
  Send(target, 0, {"SET", "k", "v"});
  ASSERT_TRUE(target.Start({}));
  EXPECT_EQ(Send(target, 0, {"CONFIG", "GET", "hz"}).raw, "*2\r\n$2\r\nhz\r\n$2\r\n10\r\n");
  EXPECT_EQ(Send(target, 0, {"DBSIZE"}).raw, ":0\r\n");
}

TEST(RedisTarget, AConfigThatDoesNotExistIsAnErrorWithTheLog) {
  RedisTarget target({});
  World world;
  world.config = {{"no-such-directive", "1"}};
  const auto started = target.Start(world);
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().problem.find("no-such-directive"), std::string::npos);
}

TEST(ParseAddress, TellsSocketsFromHosts) {
  EXPECT_EQ(ParseAddress("/tmp/a.sock")->socket, "/tmp/a.sock");
  EXPECT_EQ(ParseAddress("localhost:6379")->port, 6379);
  EXPECT_FALSE(ParseAddress("redsi"));
  EXPECT_FALSE(ParseAddress("host:0"));
  EXPECT_FALSE(ParseAddress(":6379"));
}

}  // namespace
}  // namespace modcert::target
