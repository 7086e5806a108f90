// Waiting for keys: who is served, when, and what replicas hear of it.
#include "engine/commands/block_on_keys.h"

#include <gtest/gtest.h>

#include <sstream>

#include "engine/server.h"

namespace modcert::engine {
namespace {

constexpr std::string_view kBlocked;  // nothing was sent yet

class BlockOnKeysTest : public testing::Test {
 protected:
  // Sends the words of a line; returns the bytes that the client got since the last look.
  std::string Send(Client& client, const std::string& line) {
    std::istringstream words(line);
    Args args;
    for (std::string word; words >> word;) args.push_back(word);
    server_.Execute(client, std::move(args));
    return Received(client);
  }
  static std::string Received(Client& client) { return std::exchange(client.output, {}); }
  void Pass(int64_t ms) { AdvanceTo(clock_, server_, clock_.now_ms() + ms); }

  VirtualClock clock_;
  Server server_{clock_};
  Client& a_ = server_.Connect();
  Client& b_ = server_.Connect();
  Client& c_ = server_.Connect();
};

TEST_F(BlockOnKeysTest, ServesInTheOrderOfBlockingAndPropagatesEachByItself) {
  EXPECT_EQ(Send(a_, "BLPOP k 0"), kBlocked);
  EXPECT_EQ(Send(b_, "BLMOVE k m LEFT right 0"), kBlocked);
  EXPECT_EQ(Send(c_, "RPUSH k 1 2 3"), ":3\r\n");
  EXPECT_EQ(Received(a_), "*2\r\n$1\r\nk\r\n$1\r\n1\r\n");
  EXPECT_EQ(Received(b_), "$1\r\n2\r\n");
  using Stream = std::vector<Args>;
  EXPECT_EQ(server_.propagation.Take(), (Stream{{"SELECT", "0"},
                                                {"RPUSH", "k", "1", "2", "3"},
                                                {"LPOP", "k"},
                                                {"LMOVE", "k", "m", "left", "right"}}));
}

TEST_F(BlockOnKeysTest, AMoveWakesWhoeverWaitsForItsTarget) {
  EXPECT_EQ(Send(a_, "BRPOPLPUSH k m 0"), kBlocked);
  EXPECT_EQ(Send(b_, "BLMPOP 0 1 m RIGHT COUNT 5"), kBlocked);
  Send(c_, "RPUSH k 1");
  EXPECT_EQ(Received(a_), "$1\r\n1\r\n");
  EXPECT_EQ(Received(b_), "*2\r\n$1\r\nm\r\n*1\r\n$1\r\n1\r\n");
  EXPECT_EQ(Send(c_, "LLEN m"), ":0\r\n");
}

TEST_F(BlockOnKeysTest, AKeyOfAnotherTypeWakesNobody) {
  EXPECT_EQ(Send(a_, "BLPOP k 0"), kBlocked);
  EXPECT_EQ(Send(b_, "BZPOPMAX k 0"), kBlocked);
  Send(c_, "ZADD k 1 one 2 two");
  EXPECT_EQ(Received(a_), kBlocked);
  EXPECT_EQ(Received(b_), "*3\r\n$1\r\nk\r\n$3\r\ntwo\r\n$1\r\n2\r\n");
}

TEST_F(BlockOnKeysTest, OnlyAKeyThatIsAddedWakes) {
  // SORT replaces the string, so no key is added: a real server leaves the client waiting.
  EXPECT_EQ(Send(a_, "BLPOP k 0"), kBlocked);
  Send(c_, "SET k v");
  Send(c_, "RPUSH source 2 1");
  EXPECT_EQ(Send(c_, "SORT source STORE k"), ":2\r\n");
  EXPECT_EQ(Received(a_), kBlocked);
}

TEST_F(BlockOnKeysTest, TheTransactionEndsBeforeAnybodyIsServed) {
  EXPECT_EQ(Send(a_, "BLPOP k 0"), kBlocked);
  Send(c_, "MULTI");
  Send(c_, "RPUSH k 1");
  Send(c_, "LPOP k");
  Send(c_, "RPUSH k 2");
  Send(c_, "BLPOP empty 0");
  EXPECT_EQ(Send(c_, "EXEC"), "*4\r\n:1\r\n$1\r\n1\r\n:1\r\n*-1\r\n");
  EXPECT_EQ(Received(a_), "*2\r\n$1\r\nk\r\n$1\r\n2\r\n");
}

TEST_F(BlockOnKeysTest, WaitsUntilTheTimeoutAndNoLonger) {
  EXPECT_EQ(Send(a_, "BZPOPMIN k 0.25"), kBlocked);
  Pass(249);
  EXPECT_EQ(Received(a_), kBlocked);
  Pass(1);
  EXPECT_EQ(Received(a_), "*-1\r\n");
  Send(c_, "ZADD k 1 one");
  EXPECT_EQ(Send(c_, "ZCARD k"), ":1\r\n");
}

TEST_F(BlockOnKeysTest, RefusesTimeoutsAsTheServerDoes) {
  EXPECT_EQ(Send(a_, "BLPOP k abc"), "-ERR timeout is not a float or out of range\r\n");
  EXPECT_EQ(Send(a_, "BLPOP k -1"), "-ERR timeout is negative\r\n");
  EXPECT_EQ(Send(a_, "BLPOP k inf"), "-ERR timeout is negative\r\n");
  EXPECT_EQ(Send(a_, "BLPOP k -0.0001"), kBlocked);
  Pass(1000);
  EXPECT_EQ(Received(a_), kBlocked);
}

TEST_F(BlockOnKeysTest, HeldCommandsRunOneByOneBehindThoseTheyWake) {
  EXPECT_EQ(Send(a_, "BLPOP k 0"), kBlocked);
  EXPECT_EQ(Send(b_, "BLPOP m 0"), kBlocked);
  Send(a_, "RPUSH m 1");
  Send(a_, "LLEN m");
  Send(c_, "RPUSH k 1");
  EXPECT_EQ(Received(a_), "*2\r\n$1\r\nk\r\n$1\r\n1\r\n:1\r\n:0\r\n");
  EXPECT_EQ(Received(b_), "*2\r\n$1\r\nm\r\n$1\r\n1\r\n");
}

}  // namespace
}  // namespace modcert::engine
