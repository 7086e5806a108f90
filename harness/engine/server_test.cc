// The dispatcher: what a client sends, and the bytes it gets.
#include "engine/server.h"

#include <gtest/gtest.h>

#include <sstream>

namespace modcert::engine {
namespace {

class ServerTest : public testing::Test {
 protected:
  // Sends the words of a line; returns the bytes that the client received since the last call.
  std::string Send(const std::string& line) { return Send(client_, line); }
  std::string Send(Client& client, const std::string& line) {
    std::istringstream words(line);
    Args args;
    for (std::string word; words >> word;) args.push_back(word);
    server_.Execute(client, std::move(args));
    return std::exchange(client.output, {});
  }

  VirtualClock clock_;
  Server server_{clock_};
  Client& client_ = server_.Connect();
};

TEST_F(ServerTest, AnswersInTheProtocolOfTheClient) {
  EXPECT_EQ(Send("PING"), "+PONG\r\n");
  EXPECT_EQ(Send("GET missing"), "$-1\r\n");
  client_.protocol = resp::Protocol::kResp3;
  EXPECT_EQ(Send("GET missing"), "_\r\n");
}

TEST_F(ServerTest, RefusesUnknownCommandsWithTheirArguments) {
  EXPECT_EQ(Send("NOPE a b"),
            "-ERR unknown command 'NOPE', with args beginning with: 'a' 'b' \r\n");
  EXPECT_EQ(Send("get"), "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_EQ(Send("GET a b"), "-ERR wrong number of arguments for 'get' command\r\n");
}

TEST_F(ServerTest, QueuesInsideMultiAndRunsAtExec) {
  EXPECT_EQ(Send("MULTI"), "+OK\r\n");
  EXPECT_EQ(Send("SET k v"), "+QUEUED\r\n");
  EXPECT_EQ(Send("GET k"), "+QUEUED\r\n");
  EXPECT_EQ(Send("EXEC"), "*2\r\n+OK\r\n$1\r\nv\r\n");
}

TEST_F(ServerTest, AbortsATransactionWhoseQueueingFailed) {
  Send("MULTI");
  EXPECT_EQ(Send("GET"), "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_EQ(Send("EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n");
  EXPECT_EQ(Send("EXEC"), "-ERR EXEC without MULTI\r\n");
}

TEST_F(ServerTest, ExecFailsWhenAnotherClientTouchedAWatchedKey) {
  Client& other = server_.Connect();
  Send("WATCH k");
  Send("MULTI");
  Send("GET k");
  EXPECT_EQ(Send(other, "SET k v"), "+OK\r\n");
  EXPECT_EQ(Send("EXEC"), "*-1\r\n");
}

TEST_F(ServerTest, PropagatesATransactionAsOne) {
  Send("MULTI");
  Send("SET a 1");
  Send("GET a");
  Send("SET b 2");
  Send("EXEC");
  const std::vector<Args> expected = {
      {"SELECT", "0"}, {"MULTI"}, {"SET", "a", "1"}, {"SET", "b", "2"}, {"EXEC"}};
  EXPECT_EQ(server_.propagation.Take(), expected);
}

TEST_F(ServerTest, DeletesAKeyWhenItsTimeHasPassed) {
  Send("SET k v PX 10");
  server_.propagation.Take();
  AdvanceTo(clock_, server_, clock_.now_ms() + 10);
  EXPECT_EQ(server_.keyspace.size(0), 1u);
  AdvanceTo(clock_, server_, clock_.now_ms() + 1);
  EXPECT_EQ(server_.keyspace.size(0), 0u);
  EXPECT_EQ(server_.propagation.Take(), std::vector<Args>({{"DEL", "k"}}));
}

TEST_F(ServerTest, PausedWritesWaitAndThenRunInOrder) {
  Client& other = server_.Connect();
  Send("CLIENT PAUSE 100 WRITE");
  EXPECT_EQ(Send("GET k"), "$-1\r\n");
  EXPECT_EQ(Send("SET k 1"), "");
  EXPECT_EQ(Send("GET k"), "");  // behind the command that waits
  EXPECT_EQ(Send(other, "GET k"), "$-1\r\n");
  AdvanceTo(clock_, server_, clock_.now_ms() + 100);
  EXPECT_EQ(client_.output, "+OK\r\n$1\r\n1\r\n");
}

TEST_F(ServerTest, UnpauseReleasesThoseWhoWait) {
  Client& other = server_.Connect();
  Send("CLIENT PAUSE 100 WRITE");
  EXPECT_EQ(Send(other, "SET k 1"), "");
  EXPECT_EQ(Send("CLIENT UNPAUSE"), "+OK\r\n");
  EXPECT_EQ(other.output, "+OK\r\n");
}

TEST_F(ServerTest, ARepliesOffClientStillGetsPushes) {
  Send("CLIENT REPLY OFF");
  EXPECT_EQ(Send("PING"), "");
  EXPECT_EQ(Send("SUBSCRIBE c"), "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
}

TEST_F(ServerTest, DeletingAKeyThatHadExpiredAtWatchIsNoChange) {
  Client& other = server_.Connect();
  server_.keyspace.set_active_expire(false);
  Send("SET k v PX 10");
  clock_.Advance(11);
  Send("WATCH k");
  EXPECT_EQ(Send(other, "GET k"), "$-1\r\n");
  Send("MULTI");
  EXPECT_EQ(Send("EXEC"), "*0\r\n");
}

}  // namespace
}  // namespace modcert::engine
