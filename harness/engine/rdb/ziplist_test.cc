#include "engine/rdb/ziplist.h"

#include <gtest/gtest.h>

#include "base/hex.h"

namespace modcert::engine::rdb {
namespace {

using Strings = std::vector<std::string>;

std::string Bytes(std::string_view hex) { return HexDecode(hex).value(); }

TEST(Ziplist, OfARealServerIsRead) {
  EXPECT_EQ(ReadZiplist(Bytes("1300000010000000030000016103016203f2ff")), (Strings{"a", "b", "1"}));
  EXPECT_EQ(ReadZiplist(Bytes("1800000012000000040000016103f20201620303322e35ff")),
            (Strings{"a", "1", "b", "2.5"}));
}

TEST(Ziplist, ReadsEveryWidthOfInteger) {
  // -1 in 8, 16, 24, 32 and 64 bits, then 0 and 12 without data.
  EXPECT_EQ(ReadZiplist(Bytes("2b000000"
                              "28000000"
                              "0700"
                              "00feff"
                              "03c0ffff"
                              "04f0ffffff"
                              "05d0ffffffff"
                              "06e0ffffffffffffffff"
                              "0af1"
                              "02fd"
                              "ff")),
            (Strings{"-1", "-1", "-1", "-1", "-1", "0", "12"}));
}

TEST(Ziplist, IsRefusedWhenASizeIsWrong) {
  const std::string good = "1300000010000000030000016103016203f2ff";
  for (const auto& [place, hex] : std::vector<std::pair<size_t, std::string>>{
           {0, "12"}, {8, "0f"}, {16, "02"}, {26, "04"}, {22, "09"}, {36, "fe"}}) {
    std::string bad = good;
    bad.replace(place, 2, hex);
    EXPECT_FALSE(ReadZiplist(Bytes(bad))) << bad;
  }
  EXPECT_FALSE(ReadZiplist(Bytes(good + "ff")));
  EXPECT_FALSE(ReadZiplist(""));
}

TEST(Zipmap, IsReadWithItsUnusedBytes) {
  // "foo" = "bar", "hi" = "world" with two unused bytes.
  EXPECT_EQ(ReadZipmap(Bytes("02"
                             "03666f6f"
                             "0300626172"
                             "026869"
                             "0502776f726c64"
                             "0000"
                             "ff")),
            (Strings{"foo", "bar", "hi", "world"}));
  EXPECT_FALSE(
      ReadZipmap(Bytes("02"
                       "03666f6f"
                       "0300626172"
                       "ff")));
  EXPECT_FALSE(
      ReadZipmap(Bytes("01"
                       "03666f6f"
                       "0300626172")));
  EXPECT_FALSE(
      ReadZipmap(Bytes("01"
                       "03666f6f"
                       "03006261"
                       "ff")));
}

}  // namespace
}  // namespace modcert::engine::rdb
