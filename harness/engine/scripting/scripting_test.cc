#include "engine/scripting/scripting.h"

#include <gtest/gtest.h>

#include "engine/server.h"

namespace modcert::engine {
namespace {

class ScriptingTest : public testing::Test {
 protected:
  std::string Run(Server& server, Args args) {
    Client& client = server.Connect();
    server.Execute(client, std::move(args));
    return std::exchange(client.output, {});
  }

  VirtualClock clock_;
  Server server_{clock_};
};

TEST_F(ScriptingTest, CostsNothingBeforeTheFirstScript) {
  Run(server_, {"SET", "k", "v"});
  EXPECT_EQ(server_.scripting_if_any(), nullptr);
  Run(server_, {"EVAL", "return 1", "0"});
  EXPECT_NE(server_.scripting_if_any(), nullptr);
}

TEST_F(ScriptingTest, IsNotSharedByTwoServers) {
  Server other(clock_);
  const std::string digest = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";  // of "return 1"
  Run(server_, {"SCRIPT", "LOAD", "return 1"});
  EXPECT_EQ(Run(server_, {"EVALSHA", digest, "0"}), ":1\r\n");
  EXPECT_EQ(Run(other, {"EVALSHA", digest, "0"}),
            "-NOSCRIPT No matching script. Please use EVAL.\r\n");
  // Nor do they draw from one generator.
  const std::string random = "return math.random(1000000)";
  EXPECT_EQ(Run(server_, {"EVAL", random, "0"}), Run(other, {"EVAL", random, "0"}));
}

TEST_F(ScriptingTest, AScriptThatNeverEndsIsEndedWithTheServer) {
  auto server = std::make_unique<Server>(clock_);
  EXPECT_EQ(Run(*server, {"CONFIG", "SET", "busy-reply-threshold", "1"}), "+OK\r\n");
  EXPECT_EQ(Run(*server, {"EVAL", "while true do pcall(error) end", "0"}), "");
  EXPECT_TRUE(server->scripting().busy());
  server.reset();
}

TEST_F(ScriptingTest, AScriptEndsWithItsConnection) {
  Run(server_, {"CONFIG", "SET", "busy-reply-threshold", "1"});
  Client& client = server_.Connect();
  server_.Execute(client, {"EVAL", "while true do end", "0"});
  EXPECT_TRUE(client.blocked.has_value());
  EXPECT_TRUE(Run(server_, {"PING"}).starts_with("-BUSY "));
  server_.Disconnect(client);
  EXPECT_EQ(Run(server_, {"PING"}), "+PONG\r\n");
}

TEST_F(ScriptingTest, ALongScriptGoesOnAsTimePasses) {
  Run(server_, {"CONFIG", "SET", "busy-reply-threshold", "1"});
  Client& client = server_.Connect();
  server_.Execute(client, {"EVAL", "local i = 0 while i < 1000000 do i = i + 1 end return i", "0"});
  EXPECT_EQ(client.output, "");
  AdvanceTo(clock_, server_, clock_.now_ms() + 1000);
  EXPECT_EQ(client.output, ":1000000\r\n");
  EXPECT_FALSE(client.blocked.has_value());
}

}  // namespace
}  // namespace modcert::engine
