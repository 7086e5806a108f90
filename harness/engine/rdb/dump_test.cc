#include "engine/rdb/dump.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "engine/rdb/sample_values.h"

namespace modcert::engine::rdb {
namespace {

const EncodingLimits kLimits;

// DUMP payloads that real servers of four versions made.
nlohmann::json PinnedDumps() {
  std::ifstream file(MODCERT_SOURCE_DIR "/harness/engine/rdb/testdata/dumps.json");
  return nlohmann::json::parse(file);
}

std::string BytesOf(const nlohmann::json& dump) {
  return HexDecode(dump["hex"].get<std::string>()).value();
}

// Streams have a type of their own in the newest server.
bool IsNewStream(const nlohmann::json& dump) {
  return dump["name"].get<std::string>().starts_with("stream") && dump["type"] > 21;
}

// The value of a dump whose version may be too new for RESTORE, and how much of it was read.
Result<Value> LoadBody(const std::string& payload, const SampleType& type) {
  Reader in(std::string_view(payload).substr(0, payload.size() - 10));
  const uint8_t type_byte = in.ReadByte();
  LoadContext context = ContextWith(&kLimits, &type);
  context.rdb_version = 14;
  auto value = LoadValue(in, type_byte, context);
  EXPECT_EQ(in.remaining(), 0u);
  return value;
}

TEST(Dump, WritesWhatARealServerOfThatVersionWrites) {
  const SampleType type;
  int compared = 0;
  for (const auto& dump : PinnedDumps()) {
    if (dump["server"] != "7.0.15") continue;
    const std::string payload = BytesOf(dump);
    auto value = Restore(payload, ContextWith(&kLimits, &type));
    ASSERT_TRUE(value) << dump["name"] << value.error().ToString();
    EXPECT_EQ(HexEncode(Dump(*value, {})), HexEncode(payload)) << dump["name"];
    ++compared;
  }
  EXPECT_EQ(compared, 13);
}

TEST(Dump, OfAnyServerHoldsTheSameValue) {
  const SampleType type;
  std::map<std::string, std::string> pinned;
  for (const auto& dump : PinnedDumps())
    if (dump["server"] == "7.0.15") pinned[dump["name"]] = HexEncode(BytesOf(dump));
  for (const auto& dump : PinnedDumps()) {
    if (IsNewStream(dump)) continue;
    const auto value = LoadBody(BytesOf(dump), type);
    ASSERT_TRUE(value) << dump["server"] << dump["name"] << value.error().ToString();
    EXPECT_EQ(HexEncode(Dump(*value, {})), pinned[dump["name"]]) << dump["server"] << dump["name"];
  }
}

TEST(Restore, RefusesAWrongFooter) {
  const auto problem = [](std::string_view payload) {
    const auto value = Restore(payload, ContextWith(&kLimits));
    return value ? "" : value.error().problem;
  };
  const std::string good = Dump(String("hello"), {});
  EXPECT_EQ(problem(good), "");
  const std::string wrong = "ERR DUMP payload version or checksum are wrong";
  EXPECT_EQ(problem(""), wrong);
  EXPECT_EQ(problem(good.substr(0, good.size() - 1)), wrong);
  std::string flipped = good;
  flipped[2] ^= 1;
  EXPECT_EQ(problem(flipped), wrong);
  for (const auto& dump : PinnedDumps()) {
    if (dump["rdb_version"] <= kRdbVersion) continue;
    EXPECT_EQ(problem(BytesOf(dump)), wrong);
  }
}

TEST(Restore, RefusesWhatARealServerRefuses) {
  const std::string zeros(8, '\0');
  using namespace std::string_literals;
  for (const std::string& body :
       {""s, "\x01\x00"s, "\x02\x00"s, "\x06\x00"s, "\x08\x00"s, "\x63\x00"s, "\x02\x02\x01z\x01z"s,
        "\x04\x02\x01z\x01z\x01z\x01z"s, "\x05\x02\x01z" + zeros + "\x01z" + zeros,
        "\x05\x01\x01z\0\0\0\0\0\0\xf8\x7f"s}) {
    const auto value = Restore(WithFooter(body), ContextWith(&kLimits));
    ASSERT_FALSE(value) << HexEncode(body);
    EXPECT_EQ(value.error().problem, "ERR Bad data format");
  }
  // Bytes behind the value are no reason.
  EXPECT_TRUE(Restore(WithFooter("\x00\x01zGARBAGE"s), ContextWith(&kLimits)));
}

TEST(Restore, NamesTheModuleTypeThatIsMissing) {
  const SampleType type;
  const std::string payload = Dump(Opaque(&type, new SampleType::Content), {});
  const auto value = Restore(payload, ContextWith(&kLimits));
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().problem, "ERR Bad data format");
  EXPECT_NE(value.error().place.find("no matching module type 'umodtype0'"), std::string::npos);
}

TEST(Restore, ChoosesTheEncodingAnew) {
  const auto encoding_of = [](const Value& value) {
    const auto restored = Restore(Dump(value, {}), ContextWith(&kLimits));
    return restored ? std::string(EncodingName(*restored)) : restored.error().ToString();
  };
  Set set(&kLimits);
  set.Add("1");
  set.ConvertToHashTable();
  EXPECT_EQ(encoding_of(set), "intset");
  Hash hash(&kLimits);
  hash.Set("f", "v");
  hash.ConvertToHashTable();
  EXPECT_EQ(encoding_of(hash), "listpack");
  // A long value does not stop a compact hash from staying compact, as on a real server.
  Hash compact(&kNoEncodingLimits);
  compact.Set("f", std::string(100, 'v'));
  EXPECT_EQ(encoding_of(compact), "listpack");
  ZSet zset(&kNoEncodingLimits);
  for (int i = 0; i < 129; ++i) zset.Set(std::to_string(i), i);
  EXPECT_EQ(encoding_of(zset), "skiplist");
}

TEST(Dump, RoundTripsRandomValues) {
  Random random(11);
  for (int i = 0; i < 400; ++i) {
    const Value value = RandomValue(random, &kLimits);
    const std::string payload = Dump(value, {});
    const auto restored = Restore(payload, ContextWith(&kLimits));
    ASSERT_TRUE(restored) << restored.error().ToString();
    EXPECT_EQ(EncodingName(*restored), EncodingName(value));
    ASSERT_EQ(HexEncode(Dump(*restored, {})), HexEncode(payload));
    const std::string plain = Dump(value, {}, {.rdbcompression = false});
    const auto from_plain = Restore(plain, ContextWith(&kLimits));
    ASSERT_TRUE(from_plain);
    ASSERT_EQ(Dump(*from_plain, {}), payload);
  }
}

}  // namespace
}  // namespace modcert::engine::rdb
