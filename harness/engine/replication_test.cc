#include "engine/replication.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/dataset.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

// Servers that know each other, on one clock.
class ReplicationTest : public testing::Test {
 protected:
  struct Node {
    Node(const Clock& clock, ServerDirectory& directory, int port)
        : server(clock, static_cast<uint64_t>(port)) {
      server.replication->Join(directory, port);
    }
    std::string Ask(Args args) {
      server.Execute(client, std::move(args));
      return std::exchange(client.output, {});
    }
    std::string Digest() const { return DigestOfDataset(server).ToHex(); }
    Replication& replication() { return *server.replication; }

    Server server;
    Client& client = server.Connect();
  };

  void Follow(Node& replica, int port) {
    EXPECT_EQ(replica.Ask({"REPLICAOF", "127.0.0.1", std::to_string(port)}), "+OK\r\n");
  }
  void FillWithEverything(Node& node, const std::string& prefix) {
    node.Ask({"SET", prefix + "s", "v"});
    node.Ask({"RPUSH", prefix + "l", "a", "b"});
    node.Ask({"SELECT", "3"});
    node.Ask({"SADD", prefix + "t", "1", "x", "y", "z"});
    node.Ask({"SPOP", prefix + "t"});
    node.Ask({"SELECT", "0"});
    node.Ask({"HSET", prefix + "h", "f", "v"});
    node.Ask({"ZADD", prefix + "z", "1.5", "m"});
    node.Ask({"MULTI"});
    node.Ask({"INCR", prefix + "n"});
    node.Ask({"INCR", prefix + "n"});
    node.Ask({"EXEC"});
  }

  VirtualClock clock_;
  ServerDirectory directory_;
  Node a_{clock_, directory_, 1001};
  Node b_{clock_, directory_, 1002};
  Node c_{clock_, directory_, 1003};
};

TEST_F(ReplicationTest, AReplicaGetsAllDataAndThenEachChange) {
  FillWithEverything(a_, "before-");
  b_.Ask({"SET", "old", "data"});
  Follow(b_, 1001);
  EXPECT_EQ(b_.Digest(), a_.Digest());
  FillWithEverything(a_, "after-");
  EXPECT_EQ(b_.Digest(), a_.Digest());
  EXPECT_EQ(b_.replication().offset(), a_.replication().offset());
  EXPECT_GT(a_.replication().offset(), 0);
}

TEST_F(ReplicationTest, ALinkThatWasDownGoesOnWhereItStopped) {
  Follow(b_, 1001);
  FillWithEverything(a_, "1-");
  b_.replication().DropLink();
  FillWithEverything(a_, "2-");
  EXPECT_NE(b_.Digest(), a_.Digest());
  const int64_t full_before = a_.replication().full_syncs();
  b_.replication().ResumeLink();
  EXPECT_EQ(b_.Digest(), a_.Digest());
  EXPECT_EQ(a_.replication().full_syncs(), full_before);
  EXPECT_EQ(a_.replication().partial_syncs(), 1);
}

// What changes a value of one type in every way that is propagated differently.
struct Changes {
  const char* type;
  std::vector<Args> commands;
};

const Changes kChanges[] = {
    {"string",
     {{"SET", "k", "1", "EX", "100"},
      {"INCRBYFLOAT", "k", "0.5"},
      {"APPEND", "k", "0"},
      {"GETEX", "k", "PERSIST"},
      {"SETRANGE", "k", "9", "x"},
      {"PEXPIRE", "k", "5000"},
      {"GETDEL", "k"},
      {"MSET", "k", "2", "other", "3"}}},
    {"list",
     {{"RPUSH", "k", "a", "b", "c", "d"},
      {"LINSERT", "k", "BEFORE", "b", "x"},
      {"LMOVE", "k", "other", "LEFT", "RIGHT"},
      {"LREM", "k", "1", "c"},
      {"LSET", "k", "0", "y"},
      {"LMPOP", "1", "k", "RIGHT", "COUNT", "1"},
      {"LTRIM", "k", "0", "0"}}},
    {"set",
     {{"SADD", "k", "1", "2", "3", "4", "5", "6"},
      {"SPOP", "k"},
      {"SPOP", "k", "2"},
      {"SADD", "k", "word"},
      {"SMOVE", "k", "other", "word"},
      {"SUNIONSTORE", "third", "k", "other"},
      {"SPOP", "k", "9"}}},
    {"hash",
     {{"HSET", "k", "f", "1", "g", "2"},
      {"HINCRBY", "k", "f", "3"},
      {"HINCRBYFLOAT", "k", "g", "0.25"},
      {"HSETNX", "k", "h", "new"},
      {"HDEL", "k", "f"},
      {"COPY", "k", "other"}}},
    {"sorted set",
     {{"ZADD", "k", "1", "a", "2", "b", "3", "c", "4", "d"},
      {"ZINCRBY", "k", "0.5", "a"},
      {"ZADD", "k", "GT", "INCR", "1", "b"},
      {"ZPOPMIN", "k"},
      {"ZRANGESTORE", "other", "k", "0", "1"},
      {"ZREMRANGEBYSCORE", "k", "3", "4"},
      {"ZUNIONSTORE", "third", "2", "k", "other", "WEIGHTS", "1", "2"}}},
    {"stream",
     {{"XADD", "k", "*", "f", "v"},
      {"XADD", "k", "MAXLEN", "~", "10", "*", "f", "w"},
      {"XGROUP", "CREATE", "k", "g", "0"},
      {"XREADGROUP", "GROUP", "g", "c", "COUNT", "1", "STREAMS", "k", ">"},
      {"XAUTOCLAIM", "k", "g", "d", "0", "0"},
      {"XADD", "k", "*", "f", "x"},
      {"XREADGROUP", "GROUP", "g", "d", "NOACK", "STREAMS", "k", ">"},
      {"XTRIM", "k", "MAXLEN", "1"},
      {"XGROUP", "DELCONSUMER", "k", "g", "c"}}},
    {"key",
     {{"SET", "k", "v"},
      {"RENAME", "k", "other"},
      {"MOVE", "other", "5"},
      {"SWAPDB", "0", "5"},
      {"EVAL", "redis.call('SET', KEYS[1], 'v') return redis.call('INCR', KEYS[2])", "2", "a", "b"},
      {"FLUSHDB"}}},
};

TEST_F(ReplicationTest, ALinkThatIsDownForAnyOneStepLosesNothing) {
  for (const Changes& changes : kChanges) {
    for (size_t down_at = 0; down_at < changes.commands.size(); ++down_at) {
      SCOPED_TRACE(fmt::format("{}, step {}", changes.type, down_at));
      ServerDirectory directory;
      Node primary(clock_, directory, 1001);
      Node replica(clock_, directory, 1002);
      Follow(replica, 1001);
      for (size_t i = 0; i < changes.commands.size(); ++i) {
        if (i == down_at) replica.replication().DropLink();
        const std::string answer = primary.Ask(changes.commands[i]);
        EXPECT_FALSE(answer.starts_with("-")) << changes.commands[i][0] << ": " << answer;
        if (i == down_at) replica.replication().ResumeLink();
        EXPECT_EQ(replica.Digest(), primary.Digest()) << "after " << changes.commands[i][0];
      }
      EXPECT_EQ(replica.replication().offset(), primary.replication().offset());
    }
  }
}

TEST_F(ReplicationTest, ALinkThatWasDownForTooLongCopiesEverything) {
  a_.Ask({"CONFIG", "SET", "repl-backlog-size", "16384"});
  Follow(b_, 1001);
  b_.replication().DropLink();
  for (int i = 0; i < 100; ++i) a_.Ask({"SET", "k", std::string(1000, 'x')});
  const int64_t full_before = a_.replication().full_syncs();
  b_.replication().ResumeLink();
  EXPECT_EQ(b_.Digest(), a_.Digest());
  EXPECT_EQ(a_.replication().full_syncs(), full_before + 1);
}

TEST_F(ReplicationTest, AReplicaOfAReplicaGoesOnWhenTheOneInTheMiddleIsPromoted) {
  Follow(b_, 1001);
  Follow(c_, 1002);
  FillWithEverything(a_, "1-");
  EXPECT_EQ(c_.Digest(), a_.Digest());
  EXPECT_EQ(b_.Ask({"REPLICAOF", "NO", "ONE"}), "+OK\r\n");
  EXPECT_EQ(b_.replication().partial_syncs(), 1);
  FillWithEverything(b_, "2-");
  EXPECT_EQ(c_.Digest(), b_.Digest());
  EXPECT_NE(b_.Digest(), a_.Digest());
}

TEST_F(ReplicationTest, KeysExpireOnTheReplicaWhenThePrimarySaysSo) {
  a_.Ask({"DEBUG", "SET-ACTIVE-EXPIRE", "0"});
  Follow(b_, 1001);
  a_.Ask({"SET", "k", "v", "PX", "10"});
  clock_.Advance(20);
  // It is not shown, and it is still there.
  EXPECT_EQ(b_.Ask({"GET", "k"}), "$-1\r\n");
  EXPECT_EQ(b_.Ask({"DBSIZE"}), ":1\r\n");
  EXPECT_EQ(a_.Ask({"GET", "k"}), "$-1\r\n");
  EXPECT_EQ(b_.Ask({"DBSIZE"}), ":0\r\n");
}

TEST_F(ReplicationTest, AClientThatWaitsIsServedWhenTheReplicaIsThere) {
  Follow(b_, 1001);
  b_.replication().DropLink();
  EXPECT_EQ(a_.Ask({"WAIT", "1", "0"}), "");
  b_.replication().ResumeLink();
  EXPECT_EQ(std::exchange(a_.client.output, {}), ":1\r\n");
}

TEST_F(ReplicationTest, WhoGoesFirstDoesNotMatter) {
  auto primary = std::make_unique<Node>(clock_, directory_, 1004);
  Follow(a_, 1004);
  primary.reset();
  EXPECT_FALSE(a_.replication().link_is_up());
  auto replica = std::make_unique<Node>(clock_, directory_, 1005);
  a_.Ask({"REPLICAOF", "NO", "ONE"});
  Follow(*replica, 1001);
  replica.reset();
  EXPECT_EQ(a_.replication().replica_count(), 0u);
}

}  // namespace
}  // namespace modcert::engine
