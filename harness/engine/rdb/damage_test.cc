// Damaged payloads: cut off at each byte, and with random bits flipped behind a checksum that is
// right, as a fuzzer or a broken disk would give them.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "engine/digest.h"
#include "engine/rdb/dump.h"
#include "engine/rdb/sample_values.h"

namespace modcert::engine::rdb {
namespace {

const EncodingLimits kLimits;

// Payloads without footer, of every type and encoding that we can read.
std::vector<std::string> Samples() {
  std::ifstream file(MODCERT_SOURCE_DIR "/harness/engine/rdb/testdata/dumps.json");
  std::vector<std::string> samples;
  for (const auto& dump : nlohmann::json::parse(file)) {
    // Streams have a type of their own in the newest server.
    if (dump["name"].get<std::string>().starts_with("stream") && dump["type"] > 21) continue;
    const std::string payload = HexDecode(dump["hex"].get<std::string>()).value();
    samples.push_back(payload.substr(0, payload.size() - 10));
  }
  Random random(21);
  for (int i = 0; i < 40; ++i) {
    const std::string payload =
        Dump(RandomValue(random, &kLimits), {}, {.rdbcompression = random.OneIn(2)});
    samples.push_back(payload.substr(0, payload.size() - 10));
  }
  return samples;
}

Result<Value> Load(std::string_view body, const SampleType& type) {
  Reader in(body);
  const uint8_t type_byte = in.ReadByte();
  if (in.failed()) return tl::unexpected(in.error());
  LoadContext context = ContextWith(&kLimits, &type);
  context.rdb_version = 14;
  return LoadValue(in, type_byte, context);
}

TEST(Damage, ACutAnywhereIsAnError) {
  const SampleType type;
  for (const std::string& body : Samples()) {
    ASSERT_TRUE(Load(body, type)) << HexEncode(body);
    const size_t step = 1 + body.size() / 200;
    for (size_t size = 0; size < body.size(); size += step) {
      // A copy of its own, so that a sanitizer sees each byte that is read past the end.
      const std::vector<char> cut(body.begin(), body.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_FALSE(Load({cut.data(), cut.size()}, type)) << size << " " << HexEncode(body);
    }
  }
}

TEST(Damage, WhatStillLoadsAfterBitFlipsCanBeUsed) {
  const SampleType type;
  Random random(22);
  const std::vector<std::string> samples = Samples();
  size_t loaded = 0;
  size_t refused = 0;
  for (int round = 0; round < 10000; ++round) {
    std::string body = samples[random.Below(samples.size())];
    if (body.size() > 2000) continue;
    for (uint64_t flips = random.Between(1, 3); flips > 0; --flips)
      body[random.Below(body.size())] ^= static_cast<char>(1 << random.Below(8));
    const auto value = Load(body, type);
    ++(value ? loaded : refused);
    if (!value) continue;
    // What was accepted is sound: it can be saved, and read back as the same data.
    const std::string payload = Dump(*value, {});
    if (IsEmpty(*value)) continue;
    const auto again = Restore(payload, ContextWith(&kLimits, &type));
    ASSERT_TRUE(again) << HexEncode(body) << again.error().ToString();
    EXPECT_EQ(DigestOfValue(*again, {}, Expires::kNo).ToHex(),
              DigestOfValue(*value, {}, Expires::kNo).ToHex())
        << HexEncode(body);
  }
  EXPECT_GT(loaded, 500u);
  EXPECT_GT(refused, 500u);
}

TEST(Damage, ARandomStartOfAnyTypeNeverCrashes) {
  const SampleType type;
  Random random(23);
  for (int round = 0; round < 50000; ++round) {
    std::string body(1, static_cast<char>(random.Below(22)));
    for (size_t left = random.Below(40); left > 0; --left)
      body.push_back(static_cast<char>(random.OneIn(2) ? random.Below(256) : random.Below(8)));
    (void)Load(body, type);
  }
}

TEST(Damage, ALengthThatLiesCostsNoMemory) {
  using namespace std::string_literals;
  const SampleType type;
  const std::string huge = "\x81\x7f\xff\xff\xff\xff\xff\xff\xff"s;
  for (int type_byte = 0; type_byte < 22; ++type_byte) {
    const std::string head(1, static_cast<char>(type_byte));
    EXPECT_FALSE(Load(head + huge, type));
    EXPECT_FALSE(Load(head + huge + huge, type));
    EXPECT_FALSE(Load(head + "\xc3"s + huge + huge, type));
    EXPECT_FALSE(Load(head + "\xc3\x02"s + huge + "\x20\x00"s, type));
  }
}

}  // namespace
}  // namespace modcert::engine::rdb
