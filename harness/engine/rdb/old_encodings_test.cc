// Encodings that no current server writes: payloads made by hand, as servers from 1.0 to 6.2 wrote
// them, loaded here and, where there is one, in a real server.
#include <gtest/gtest.h>

#include "base/crc64.h"
#include "base/hex.h"
#include "engine/digest.h"
#include "engine/rdb/dump.h"
#include "engine/rdb/format.h"
#include "engine/rdb/real_server.h"
#include "engine/rdb/sample_values.h"

namespace modcert::engine::rdb {
namespace {

const EncodingLimits kLimits;

// A string with its length, of less than 64 bytes or of less than 16384.
std::string Text(const std::string& bytes) {
  std::string out;
  if (bytes.size() < 64) {
    out += static_cast<char>(bytes.size());
  } else {
    out += static_cast<char>(0x40 | bytes.size() >> 8);
    out += static_cast<char>(bytes.size());
  }
  return out + bytes;
}

std::string Little(uint64_t number, int size) {
  std::string out;
  for (int i = 0; i < size; ++i) out += static_cast<char>(number >> (8 * i));
  return out;
}

// A ziplist of short strings: total size, offset of the last entry, count, entries, 0xff. Each
// entry is the size of the one before it, its own size, and its bytes.
std::string Ziplist(const std::vector<std::string>& items) {
  constexpr size_t kHeader = 10;
  std::string entries;
  size_t before = 0;
  size_t last = kHeader;
  for (const std::string& item : items) {
    last = kHeader + entries.size();
    entries += static_cast<char>(before);
    entries += static_cast<char>(item.size());
    entries += item;
    before = item.size() + 2;
  }
  const size_t total = kHeader + entries.size() + 1;
  return Little(total, 4) + Little(last, 4) + Little(items.size(), 2) + entries + "\xff";
}

// count, then size, text, size, bytes that are not used, text for each field.
std::string Zipmap(const std::vector<std::string>& items, int unused) {
  std::string out(1, static_cast<char>(items.size() / 2));
  for (size_t i = 0; i < items.size(); ++i) {
    out += static_cast<char>(items[i].size());
    if (i % 2 == 1) out += static_cast<char>(unused);
    out += items[i];
    if (i % 2 == 1) out += std::string(static_cast<size_t>(unused), '?');
  }
  return out + "\xff";
}

std::string Intset(const std::vector<int64_t>& numbers, int width) {
  std::string out = Little(static_cast<uint64_t>(width), 4) + Little(numbers.size(), 4);
  for (const int64_t number : numbers) out += Little(static_cast<uint64_t>(number), width);
  return out;
}

// Type, content, the version that the server of that time wrote, and the checksum.
std::string Payload(Type type, const std::string& content, int version) {
  std::string out(1, static_cast<char>(type));
  out += content + Little(static_cast<uint64_t>(version), 2);
  return out + Little(Crc64(0, out), 8);
}

struct OldPayload {
  const char* name;
  std::string bytes;
  std::vector<std::vector<std::string>> commands;  // that make the same value, of key "k"
};

std::vector<OldPayload> AllPayloads() {
  const std::string two = std::string(1, 2);
  return {
      {"list of strings",
       Payload(Type::kList, two + Text("a") + Text("b"), 2),
       {{"RPUSH", "k", "a", "b"}}},
      {"list as ziplist",
       Payload(Type::kListZiplist, Text(Ziplist({"a", "bb", ""})), 6),
       {{"RPUSH", "k", "a", "bb", ""}}},
      {"quicklist of ziplists",
       Payload(Type::kListQuicklist, two + Text(Ziplist({"a", "b"})) + Text(Ziplist({"c"})), 7),
       {{"RPUSH", "k", "a", "b", "c"}}},
      {"set of strings",
       Payload(Type::kSet, two + Text("x") + Text("y"), 2),
       {{"SADD", "k", "x", "y"}}},
      {"intset of two bytes",
       Payload(Type::kSetIntset, Text(Intset({-5, 0, 300}, 2)), 6),
       {{"SADD", "k", "-5", "0", "300"}}},
      {"intset of eight bytes",
       Payload(Type::kSetIntset, Text(Intset({-1, 1LL << 40}, 8)), 6),
       {{"SADD", "k", "-1", "1099511627776"}}},
      {"hash of strings",
       Payload(Type::kHash, two + Text("f") + Text("1") + Text("g") + Text("2"), 2),
       {{"HSET", "k", "f", "1", "g", "2"}}},
      {"hash as zipmap",
       Payload(Type::kHashZipmap, Text(Zipmap({"f", "1", "gg", "22"}, 0)), 2),
       {{"HSET", "k", "f", "1", "gg", "22"}}},
      {"hash as zipmap with unused bytes",
       Payload(Type::kHashZipmap, Text(Zipmap({"f", "1", "gg", "22"}, 3)), 2),
       {{"HSET", "k", "f", "1", "gg", "22"}}},
      {"hash as ziplist",
       Payload(Type::kHashZiplist, Text(Ziplist({"f", "1", "g", "2"})), 6),
       {{"HSET", "k", "f", "1", "g", "2"}}},
      {"zset with scores as text",
       Payload(Type::kZSet,
               std::string(1, 4) + Text("a") + Text("1.5") + Text("b") + "\xfe" + Text("c") +
                   "\xff" + Text("d") + Text("-2"),
               7),
       {{"ZADD", "k", "1.5", "a", "inf", "b", "-inf", "c", "-2", "d"}}},
      {"zset with scores as bytes",
       Payload(Type::kZSet2,
               two + Text("a") + Little(0x3ff8000000000000, 8) + Text("b") +
                   Little(0x4000000000000000, 8),
               8),
       {{"ZADD", "k", "1.5", "a", "2", "b"}}},
      {"zset as ziplist",
       Payload(Type::kZSetZiplist, Text(Ziplist({"a", "1.5", "b", "2"})), 6),
       {{"ZADD", "k", "1.5", "a", "2", "b"}}},
  };
}

class OldEncodings : public testing::Test {
 protected:
  void SetUp() override {
    if (!server_) GTEST_SKIP() << "no redis-server 7.0 on this machine";
  }
  std::unique_ptr<RealServer> server_ = RealServer::Start();
};

TEST_F(OldEncodings, AreLoadedAsARealServerLoadsThem) {
  for (const OldPayload& payload : AllPayloads()) {
    SCOPED_TRACE(payload.name);
    const auto value = Restore(payload.bytes, ContextWith(&kLimits));
    ASSERT_TRUE(value) << value.error().ToString();
    const std::string ours = DigestOfValue(*value, {}, Expires::kNo).ToHex();
    ASSERT_EQ(server_->Ask({"RESTORE", "k", "0", payload.bytes, "REPLACE"}), "OK");
    EXPECT_EQ(server_->Ask({"DEBUG", "DIGEST-VALUE", "k"}), ours);
    EXPECT_EQ(server_->Ask({"OBJECT", "ENCODING", "k"}), EncodingName(*value));
    server_->Ask({"DEL", "k"});
    for (const auto& command : payload.commands) server_->Ask(command);
    EXPECT_EQ(server_->Ask({"DEBUG", "DIGEST-VALUE", "k"}), ours);
  }
}

// What is cut off anywhere is refused, here and there; a checksum that fits is no excuse.
TEST_F(OldEncodings, AreRefusedWhenTheyAreCutOff) {
  constexpr size_t kFooter = 10;
  for (const OldPayload& payload : AllPayloads()) {
    SCOPED_TRACE(payload.name);
    const std::string content = payload.bytes.substr(1, payload.bytes.size() - 1 - kFooter);
    const auto type = static_cast<Type>(payload.bytes[0]);
    for (size_t size = 1; size < content.size(); ++size) {
      const std::string bytes = Payload(type, content.substr(0, size), 6);
      const bool ours = Restore(bytes, ContextWith(&kLimits)).has_value();
      const bool real = server_->Ask({"RESTORE", "k", "0", bytes, "REPLACE"}) == "OK";
      EXPECT_EQ(ours, real) << size << " bytes: " << HexEncode(bytes);
    }
  }
}

}  // namespace
}  // namespace modcert::engine::rdb
