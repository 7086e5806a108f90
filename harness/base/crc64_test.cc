#include "base/crc64.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace modcert {
namespace {

// One bit at a time: the definition, with no table.
uint64_t SlowCrc64(std::string_view bytes) {
  uint64_t crc = 0;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) ? (crc >> 1) ^ 0x95ac9329ac4bc9b5 : crc >> 1;
  }
  return crc;
}

TEST(Crc64, GivesTheCatalogueCheckValue) { EXPECT_EQ(Crc64(0, "123456789"), 0xe9c6d914c4b8d9ca); }

TEST(Crc64, OfNothingIsTheCrcItStartedWith) {
  EXPECT_EQ(Crc64(0, ""), 0u);
  EXPECT_EQ(Crc64(42, ""), 42u);
}

TEST(Crc64, EqualsTheBitwiseDefinitionForEveryLengthAndSplit) {
  Random random(1);
  std::string bytes;
  for (size_t size = 0; size < 70; ++size) {
    const uint64_t whole = Crc64(0, bytes);
    EXPECT_EQ(whole, SlowCrc64(bytes)) << size;
    const size_t split = random.Below(size + 1);
    const std::string_view view = bytes;
    EXPECT_EQ(Crc64(Crc64(0, view.substr(0, split)), view.substr(split)), whole) << size;
    bytes.push_back(static_cast<char>(random.Below(256)));
  }
}

}  // namespace
}  // namespace modcert
