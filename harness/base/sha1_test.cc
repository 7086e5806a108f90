#include "base/sha1.h"

#include <gtest/gtest.h>

#include <string>

#include "base/hex.h"

namespace modcert {
namespace {

std::string HexSha1(std::string_view bytes) {
  const Sha1Bytes digest = Sha1(bytes);
  return HexEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

TEST(Sha1, GivesThePublishedDigests) {
  EXPECT_EQ(HexSha1(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(HexSha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(HexSha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(HexSha1(std::string(1000000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST(Sha1, PadsOnBothSidesOfABlock) {
  EXPECT_EQ(HexSha1(std::string(55, 'a')), "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  EXPECT_EQ(HexSha1(std::string(56, 'a')), "c2db330f6083854c99d4b5bfb6e8f29f201be699");
  EXPECT_EQ(HexSha1(std::string(64, 'a')), "0098ba824b5c16427bd7a1122a5a442a25ec644d");
}

}  // namespace
}  // namespace modcert
