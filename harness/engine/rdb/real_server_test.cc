// The same data in a real redis-server 7.0 and here: same bytes, same digests, and each reads what
// the other wrote.
#include "engine/rdb/real_server.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/hex.h"
#include "engine/digest.h"
#include "engine/rdb/dump.h"
#include "engine/rdb/file.h"
#include "engine/rdb/sample_values.h"

namespace modcert::engine::rdb {
namespace {

const EncodingLimits kLimits;

class RealServerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!server_) GTEST_SKIP() << "no redis-server 7.0 on this machine";
  }
  // Makes the server hold the value under the key.
  void Make(const std::string& key, const Value& value) {
    for (const auto& command : CommandsFor(key, value)) {
      const std::string reply = server_->Ask(command);
      ASSERT_FALSE(reply.starts_with("-")) << reply;
    }
  }
  std::string Digest(const std::string& key) {
    return server_->Ask({"DEBUG", "DIGEST-VALUE", key});
  }

  std::unique_ptr<RealServer> server_ = RealServer::Start();
};

std::string DigestOf(const Value& value) { return DigestOfValue(value, {}, Expires::kNo).ToHex(); }

// The bytes of a hash table come in an order that the server drew by chance.
bool HasFixedOrder(const Value& value) { return EncodingName(value) != "hashtable"; }

TEST_F(RealServerTest, DumpsTheSameBytesAndDigests) {
  Random random(41);
  int compared = 0;
  for (int i = 0; i < 300; ++i) {
    const Value value = RandomValue(random, &kLimits);
    Make("k", value);
    EXPECT_EQ(server_->Ask({"OBJECT", "ENCODING", "k"}), EncodingName(value));
    EXPECT_EQ(Digest("k"), DigestOf(value));
    const std::string dump = server_->Ask({"DUMP", "k"});
    if (HasFixedOrder(value)) {
      ASSERT_EQ(HexEncode(Dump(value, {})), HexEncode(dump));
      ++compared;
    }
    const auto restored = Restore(dump, ContextWith(&kLimits));
    ASSERT_TRUE(restored) << restored.error().ToString();
    EXPECT_EQ(DigestOf(*restored), DigestOf(value));
    server_->Ask({"DEL", "k"});
  }
  EXPECT_GT(compared, 150);
}

TEST_F(RealServerTest, RestoresWhatWeDump) {
  Random random(42);
  for (int i = 0; i < 300; ++i) {
    const Value value = RandomValue(random, &kLimits);
    const std::string payload = Dump(value, {}, {.rdbcompression = random.OneIn(2)});
    ASSERT_EQ(server_->Ask({"RESTORE", "k", "0", payload, "REPLACE"}), "OK");
    EXPECT_EQ(Digest("k"), DigestOf(value));
    EXPECT_EQ(server_->Ask({"OBJECT", "ENCODING", "k"}),
              EncodingName(*Restore(payload, ContextWith(&kLimits))));
  }
}

TEST_F(RealServerTest, FillsTheNodesOfListsAlike) {
  for (const char* size : {"-1", "-2", "-3", "-5", "1", "3", "1000", "0"}) {
    ASSERT_EQ(server_->Ask({"CONFIG", "SET", "list-max-listpack-size", size}), "OK");
    Random random(43);
    for (int i = 0; i < 5; ++i) {
      List list;
      for (int left = 1000; left > 0; --left) list.Push(List::End::kTail, RandomBytes(random));
      const Value value = std::move(list);
      server_->Ask({"DEL", "k"});
      Make("k", value);
      const WriterOptions options{.list_max_listpack_size = std::stoi(size)};
      ASSERT_EQ(HexEncode(Dump(value, {}, options)), HexEncode(server_->Ask({"DUMP", "k"})))
          << size;
    }
  }
}

TEST_F(RealServerTest, AgreesWhichDamagedPayloadsAreBad) {
  Random random(44);
  for (int i = 0; i < 3000; ++i) {
    const Value value = RandomValue(random, &kLimits);
    // A server hardly looks into the nodes of a stream, and we read all of them.
    if (std::holds_alternative<Stream>(value)) continue;
    std::string body = Dump(value, {}, {.rdbcompression = random.OneIn(4)});
    body.resize(body.size() - 10);
    if (body.size() > 300) continue;
    body[random.Below(body.size())] ^= static_cast<char>(1 << random.Below(8));
    const std::string payload = WithFooter(body);
    const auto ours = Restore(payload, ContextWith(&kLimits));
    const std::string theirs = server_->Ask({"RESTORE", "k", "0", payload, "REPLACE"});
    EXPECT_EQ(theirs, ours ? "OK" : "-" + ours.error().problem)
        << HexEncode(body) << (ours ? "" : " " + ours.error().place);
    // The text "-0" as a score in a listpack would stay -0 there; no server writes it.
    if (!ours || theirs != "OK" || body.find("-0") != std::string::npos) continue;
    EXPECT_EQ(Digest("k"), DigestOf(*ours)) << HexEncode(body);
  }
}

// All keys of two databases, by database and name.
using Data = std::map<std::pair<int, std::string>, std::pair<Value, std::optional<int64_t>>>;

Data RandomData(Random& random) {
  Data data;
  for (int i = 0; i < 200; ++i) {
    // Far in the future, so that no clock matters.
    const std::optional<int64_t> expiry =
        random.OneIn(3) ? std::optional<int64_t>(99999999999999 + i) : std::nullopt;
    const std::pair key(random.OneIn(2) ? 0 : 7, RandomBytes(random) + std::to_string(i));
    data.emplace(key, std::pair(RandomValue(random, &kLimits), expiry));
  }
  return data;
}

std::string DigestOf(const Data& data) {
  DatasetDigest all;
  int db = -1;
  for (const auto& [key, content] : data) {
    if (key.first != db) all.StartDatabase(db = key.first);
    all.AddKey(content.first, {key.second, db}, content.second ? Expires::kYes : Expires::kNo);
  }
  return all.digest().ToHex();
}

std::string FileOf(const Data& data) {
  std::vector<SavedDatabase> databases;
  for (const int db : {0, 7}) {
    SavedDatabase database{.index = db};
    for (const auto& [key, content] : data) {
      if (key.first != db) continue;
      ++database.key_count;
      if (content.second) ++database.expire_count;
    }
    database.for_each_key = [&data, db](const auto& save) {
      for (const auto& [key, content] : data)
        if (key.first == db) save({key.second, &content.first, content.second});
    };
    databases.push_back(std::move(database));
  }
  return SaveFile(databases, {});
}

TEST_F(RealServerTest, LoadsTheFileThatWeSave) {
  Random random(45);
  const Data data = RandomData(random);
  std::ofstream(server_->rdb_path(), std::ios::binary) << FileOf(data);
  ASSERT_EQ(server_->Ask({"DEBUG", "RELOAD", "NOSAVE"}), "OK");
  EXPECT_EQ(server_->Ask({"DEBUG", "DIGEST"}), DigestOf(data));
}

TEST_F(RealServerTest, SavesAFileThatWeLoad) {
  Random random(46);
  for (const auto& [key, content] : RandomData(random)) {
    server_->Ask({"SELECT", std::to_string(key.first)});
    Make(key.second, content.first);
    if (content.second) server_->Ask({"PEXPIREAT", key.second, std::to_string(*content.second)});
  }
  ASSERT_EQ(server_->Ask({"SAVE"}), "OK");
  std::ostringstream bytes;
  bytes << std::ifstream(server_->rdb_path(), std::ios::binary).rdbuf();

  Data loaded;
  std::string version;
  LoadOptions options;
  options.limits = &kLimits;
  options.add_key = [&](LoadedKey key) -> Status {
    loaded.emplace(std::pair(key.db, key.key), std::pair(std::move(key.value), key.expire_at_ms));
    return {};
  };
  options.add_aux_field = [&](std::string_view name, std::string_view value) {
    if (name == "redis-ver") version = value;
  };
  const Status status = LoadFile(bytes.str(), options);
  ASSERT_TRUE(status) << status.error().ToString();
  EXPECT_TRUE(version.starts_with("7.0."));
  EXPECT_EQ(DigestOf(loaded), server_->Ask({"DEBUG", "DIGEST"}));
}

}  // namespace
}  // namespace modcert::engine::rdb
