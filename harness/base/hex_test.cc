#include "base/hex.h"

#include <gtest/gtest.h>

namespace modcert {
namespace {

TEST(Hex, EncodesEveryByteAndDecodesItBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  const std::string text = HexEncode(bytes);
  EXPECT_EQ(text.substr(0, 6), "000102");
  EXPECT_EQ(text.substr(506), "fdfeff");
  EXPECT_EQ(HexDecode(text), bytes);
}

TEST(Hex, DecodesBothCasesAndNothing) {
  EXPECT_EQ(HexDecode("aBFf"), "\xab\xff");
  EXPECT_EQ(HexDecode(""), "");
}

TEST(Hex, RefusesHalfBytesAndOtherCharacters) {
  EXPECT_EQ(HexDecode("abc"), std::nullopt);
  EXPECT_EQ(HexDecode("0g"), std::nullopt);
  EXPECT_EQ(HexDecode("g0"), std::nullopt);
  EXPECT_EQ(HexDecode(" 0"), std::nullopt);
}

}  // namespace
}  // namespace modcert
