#include "engine/persistence.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/rdb/real_server.h"
#include "engine/rdb/sample_values.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifest = "appendonlydir/appendonly.aof.manifest";
constexpr std::string_view kFirstIncremental = "appendonlydir/appendonly.aof.1.incr.aof";

// A server on a virtual clock, and a client of it.
class PersistenceTest : public testing::Test {
 protected:
  void Send(Args args) {
    server_.Execute(client_, std::move(args));
    last_reply_ = std::exchange(client_.output, {});
  }
  void Configure(const std::string& name, const std::string& value) {
    const std::pair<std::string, std::string> one[] = {{name, value}};
    EXPECT_EQ(server_.config.Set(one), std::nullopt);
  }
  // As with `appendonly yes` in the config file.
  void StartWithAof() {
    Configure("appendonly", "yes");
    EXPECT_TRUE(server_.persistence->LoadAtStart().has_value());
  }
  void Pass(int64_t ms) { AdvanceTo(clock_, server_, clock_.now_ms() + ms); }
  std::string FileText(std::string_view path) {
    const std::string* bytes = server_.persistence->files.Find(path);
    return bytes ? *bytes : "(none)";
  }
  std::string Get(const std::string& key) {
    Send({"GET", key});
    return last_reply_;
  }

  VirtualClock clock_;
  Server server_{clock_};
  Client& client_ = server_.Connect();
  std::string last_reply_;
};

TEST_F(PersistenceTest, AnAppendOnlyFileBeginsWithAnEmptyBase) {
  StartWithAof();
  EXPECT_EQ(FileText(kManifest),
            "file appendonly.aof.1.base.rdb seq 1 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type i\n");
  EXPECT_EQ(FileText(kFirstIncremental), "");
}

TEST_F(PersistenceTest, CommandsAreWrittenBehindTheirDatabaseAndTransactionsAsAWhole) {
  StartWithAof();
  Send({"SET", "k", "v"});
  Send({"GET", "k"});
  Send({"SELECT", "2"});
  Send({"MULTI"});
  Send({"SET", "a", "1"});
  Send({"SET", "b", "2"});
  Send({"EXEC"});
  EXPECT_EQ(FileText(kFirstIncremental),
            "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
            "*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n*1\r\n$5\r\nMULTI\r\n"
            "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n"
            "*1\r\n$4\r\nEXEC\r\n");
}

TEST_F(PersistenceTest, TimestampsStandInFrontOfTheFirstCommandOfASecond) {
  Configure("aof-timestamp-enabled", "yes");
  StartWithAof();
  Send({"SET", "a", "1"});
  Send({"SET", "a", "2"});
  Pass(1000);
  Send({"SET", "a", "3"});
  const std::string text = FileText(kFirstIncremental);
  EXPECT_TRUE(text.starts_with("#TS:1704067200\r\n*2\r\n$6\r\nSELECT")) << text;
  EXPECT_NE(text.find("\r\n2\r\n#TS:1704067201\r\n*3"), std::string::npos) << text;
  Send({"DEBUG", "LOADAOF"});
  EXPECT_EQ(Get("a"), "$1\r\n3\r\n");
}

TEST_F(PersistenceTest, ARewriteReplacesBaseAndIncrementalFilesWhenItsChildEnds) {
  StartWithAof();
  Send({"SET", "a", "1"});
  Send({"BGREWRITEAOF"});
  Send({"SET", "b", "2"});
  EXPECT_EQ(FileText(kManifest),
            "file appendonly.aof.1.base.rdb seq 1 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type i\n"
            "file appendonly.aof.2.incr.aof seq 2 type i\n");
  Pass(1000);
  EXPECT_EQ(FileText(kManifest),
            "file appendonly.aof.2.base.rdb seq 2 type b\n"
            "file appendonly.aof.2.incr.aof seq 2 type i\n");
  EXPECT_EQ(FileText(kFirstIncremental), "(none)");
  Send({"DEBUG", "LOADAOF"});
  EXPECT_EQ(Get("a"), "$1\r\n1\r\n");
  EXPECT_EQ(Get("b"), "$1\r\n2\r\n");
}

TEST_F(PersistenceTest, ATailThatIsCutOffIsDroppedWithTheTransactionItIsIn) {
  StartWithAof();
  Send({"SET", "a", "1"});
  const std::string before = FileText(kFirstIncremental);
  Send({"MULTI"});
  Send({"SET", "a", "2"});
  Send({"SET", "b", "2"});
  Send({"EXEC"});
  const std::string whole = FileText(kFirstIncremental);
  for (size_t size = before.size(); size < whole.size(); ++size) {
    server_.persistence->files.Put(kFirstIncremental, whole.substr(0, size));
    Send({"DEBUG", "LOADAOF"});
    ASSERT_EQ(last_reply_, "+OK\r\n") << size;
    EXPECT_EQ(Get("a"), "$1\r\n1\r\n") << size;
    EXPECT_EQ(FileText(kFirstIncremental), before) << size;
  }
}

TEST_F(PersistenceTest, ATailThatIsCutOffIsAnErrorWhereThatIsWanted) {
  StartWithAof();
  Send({"SET", "a", "1"});
  const std::string whole = FileText(kFirstIncremental);
  Configure("aof-load-truncated", "no");
  server_.persistence->files.Put(kFirstIncremental, whole.substr(0, whole.size() - 1));
  Send({"DEBUG", "LOADAOF"});
  EXPECT_EQ(last_reply_, "-ERR Error trying to load the AOF files, check server logs.\r\n");
}

TEST_F(PersistenceTest, NonsenseInAFileIsAnErrorInAnyCase) {
  StartWithAof();
  for (const char* nonsense :
       {"hello", "*x\r\n", "*1\r\n!4\r\nPING\r\n", "*-1\r\n", "*1\r\n$7\r\nNOTHING\r\n"}) {
    server_.persistence->files.Put(kFirstIncremental, nonsense);
    EXPECT_FALSE(server_.persistence->ReloadAof().has_value()) << nonsense;
  }
}

TEST_F(PersistenceTest, AChildSavesTheDataOfTheMomentItBegan) {
  Send({"SET", "a", "1"});
  Send({"BGSAVE"});
  Send({"SET", "a", "2"});
  EXPECT_EQ(FileText("dump.rdb"), "(none)");
  Pass(1000);
  Send({"DEBUG", "RELOAD", "NOSAVE"});
  EXPECT_EQ(Get("a"), "$1\r\n1\r\n");
}

TEST_F(PersistenceTest, FilesGoToADirectoryAndComeBack) {
  StartWithAof();
  Send({"SET", "a", "1"});
  std::string directory = fs::temp_directory_path() / "modcert-files-XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  Files& files = server_.persistence->files;
  const auto before = files.all();
  ASSERT_TRUE(files.ExportTo(directory).has_value());
  files.Put("later", "x");
  ASSERT_TRUE(files.ImportFrom(directory).has_value());
  EXPECT_EQ(files.all(), before);
  fs::remove_all(directory);
}

// The same random data here and in a real server; what one saves the other loads.
class CrossLoadTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!real_) GTEST_SKIP() << "no redis-server 7.0 on this machine";
    // Nobody reads its log, and a full pipe would stop it.
    SetReal("loglevel", "warning");
    // Written before the reply, not up to two seconds later.
    SetReal("appendfsync", "no");
  }
  fs::path Directory() const { return fs::path(real_->rdb_path()).parent_path(); }
  // Sends a command to both.
  void SendToReal(const Args& args) {
    const std::string reply = real_->Ask(args);
    ASSERT_FALSE(reply.starts_with("-")) << reply;
  }
  void SendToOurs(Args args) {
    server_.Execute(client_, std::move(args));
    EXPECT_FALSE(client_.output.starts_with("-")) << client_.output;
    client_.output.clear();
  }
  // A few keys of all types, some with a time to live, in some databases.
  std::vector<Args> RandomCommands(Random& random) {
    std::vector<Args> commands;
    for (size_t i = 0, count = random.Below(12); i < count; ++i) {
      commands.push_back({"SELECT", std::to_string(random.Below(3))});
      const std::string key = "k" + std::to_string(i);
      const Value value = rdb::RandomValue(random, &server_.config.encoding);
      for (Args& command : rdb::CommandsFor(key, value)) commands.push_back(std::move(command));
      if (random.OneIn(3))
        commands.push_back({"PEXPIREAT", key, std::to_string(clock_.now_ms() + 100000000)});
    }
    return commands;
  }
  std::string OurDigest() const { return DigestOfDataset(server_).ToHex(); }
  std::string RealDigest() { return real_->Ask({"DEBUG", "DIGEST"}); }
  void SetReal(const std::string& name, const std::string& value) {
    SendToReal({"CONFIG", "SET", name, value});
  }
  void AwaitRewrite() {
    while (real_->Ask({"INFO", "persistence"}).find("aof_rewrite_in_progress:1") !=
           std::string::npos)
      continue;
  }

  std::unique_ptr<rdb::RealServer> real_ = rdb::RealServer::Start();
  RealClock clock_;
  Server server_{clock_};
  Client& client_ = server_.Connect();
};

constexpr int kDataSets = 200;

TEST_F(CrossLoadTest, WeLoadTheRdbFilesOfARealServer) {
  Random random(51);
  for (int i = 0; i < kDataSets; ++i) {
    for (const Args& command : RandomCommands(random)) SendToReal(command);
    SendToReal({"SAVE"});
    ASSERT_TRUE(server_.persistence->files.ImportFrom(Directory()).has_value());
    server_.keyspace.Flush(-1);
    const Status loaded = server_.persistence->ReloadRdb({});
    ASSERT_TRUE(loaded.has_value()) << loaded.error().ToString();
    ASSERT_EQ(OurDigest(), RealDigest()) << i;
    SendToReal({"FLUSHALL"});
  }
}

TEST_F(CrossLoadTest, ARealServerLoadsOurRdbFiles) {
  Random random(52);
  for (int i = 0; i < kDataSets; ++i) {
    for (const Args& command : RandomCommands(random)) SendToOurs(command);
    SendToOurs({"SAVE"});
    ASSERT_TRUE(server_.persistence->files.ExportTo(Directory()).has_value());
    SendToReal({"DEBUG", "RELOAD", "NOSAVE"});
    ASSERT_EQ(RealDigest(), OurDigest()) << i;
    SendToOurs({"FLUSHALL"});
  }
}

TEST_F(CrossLoadTest, WeLoadTheAppendOnlyFilesOfARealServer) {
  Random random(53);
  SetReal("appendonly", "yes");
  for (int i = 0; i < kDataSets; ++i) {
    AwaitRewrite();
    for (const Args& command : RandomCommands(random)) SendToReal(command);
    if (i % 10 == 0) {
      SetReal("aof-use-rdb-preamble", random.OneIn(2) ? "yes" : "no");
      SetReal("aof-timestamp-enabled", random.OneIn(2) ? "yes" : "no");
      SendToReal({"BGREWRITEAOF"});
      AwaitRewrite();
    }
    ASSERT_TRUE(server_.persistence->files.ImportFrom(Directory()).has_value());
    server_.keyspace.Flush(-1);
    const Status loaded = server_.persistence->ReloadAof();
    ASSERT_TRUE(loaded.has_value()) << loaded.error().ToString();
    ASSERT_EQ(OurDigest(), RealDigest()) << i;
    SendToReal({"FLUSHALL"});
  }
}

TEST_F(CrossLoadTest, ARealServerLoadsOurAppendOnlyFiles) {
  Random random(54);
  const std::pair<std::string, std::string> on[] = {{"appendonly", "yes"}};
  ASSERT_EQ(server_.config.Set(on), std::nullopt);
  ASSERT_TRUE(server_.persistence->LoadAtStart().has_value());
  for (int i = 0; i < kDataSets; ++i) {
    for (const Args& command : RandomCommands(random)) SendToOurs(command);
    if (i % 10 == 0) {
      const std::pair<std::string, std::string> form[] = {
          {"aof-use-rdb-preamble", random.OneIn(2) ? "yes" : "no"},
          {"aof-timestamp-enabled", random.OneIn(2) ? "yes" : "no"}};
      ASSERT_EQ(server_.config.Set(form), std::nullopt);
      ASSERT_TRUE(server_.persistence->aof.BeginRewrite().has_value());
      server_.persistence->aof.EndRewrite();
    }
    fs::remove_all(Directory() / "appendonlydir");
    ASSERT_TRUE(server_.persistence->files.ExportTo(Directory()).has_value());
    SendToReal({"DEBUG", "LOADAOF"});
    ASSERT_EQ(RealDigest(), OurDigest()) << i;
    SendToOurs({"FLUSHALL"});
  }
}

}  // namespace
}  // namespace modcert::engine
