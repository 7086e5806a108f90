#include "engine/rdb/listpack.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "engine/rdb/intset.h"

namespace modcert::engine::rdb {
namespace {

std::string HexListpack(std::string_view element) {
  ListpackBuilder builder;
  builder.Append(element);
  return HexEncode(builder.Take());
}

TEST(Listpack, EncodesIntegersAsARealServerDoes) {
  const std::pair<const char*, const char*> kCases[] = {
      {"0", "090900000001000001ff"},
      {"127", "090900000001007f01ff"},
      {"128", "0a0a0000000100c08002ff"},
      {"-1", "0a0a0000000100dfff02ff"},
      {"-4096", "0a0a0000000100d00002ff"},
      {"-4097", "0b0b0000000100f1ffef03ff"},
      {"4095", "0a0a0000000100cfff02ff"},
      {"4096", "0b0b0000000100f1001003ff"},
      {"32768", "0c0c0000000100f200800004ff"},
      {"8388607", "0c0c0000000100f2ffff7f04ff"},
      {"8388608", "0d0d0000000100f30000800005ff"},
      {"-8388608", "0c0c0000000100f200008004ff"},
      {"2147483648", "11110000000100f4000000800000000009ff"},
      {"-9223372036854775808", "11110000000100f4000000000000008009ff"},
  };
  for (const auto& [text, hex] : kCases) {
    EXPECT_EQ(HexListpack(text), std::string(hex).substr(2)) << text;
    EXPECT_EQ(ReadListpack(HexDecode(hex).value().substr(1)), std::vector<std::string>{text});
  }
}

TEST(Listpack, EncodesSizesOfStringsAsARealServerDoes) {
  // Size of the string; size of the listpack; its first twelve bytes; its last six.
  struct Case {
    size_t size;
    size_t listpack_size;
    const char* head;
    const char* tail;
  };
  for (const Case& c : {
           Case{63, 72, "480000000100bf7878787878", "7878787840ff"},
           Case{64, 74, "4a0000000100e04078787878", "7878787842ff"},
           Case{4095, 4106, "0a1000000100efff78787878", "7878782081ff"},
           Case{4096, 4110, "0e1000000100f00010000078", "7878782085ff"},
           Case{16379, 16394, "0a4000000100f0fb3f000078", "7878018080ff"},
           Case{2097145, 2097160, "080020000100f0f9ff1f0078", "78787ffffeff"},
           Case{2097146, 2097162, "0a0020000100f0faff1f0078", "7800ffffffff"},
       }) {
    const std::string element(c.size, 'x');
    const std::string hex = HexListpack(element);
    EXPECT_EQ(hex.size() / 2, c.listpack_size);
    EXPECT_EQ(hex.substr(0, 24), c.head);
    EXPECT_EQ(hex.substr(hex.size() - 12), c.tail);
    EXPECT_EQ(ReadListpack(HexDecode(hex).value()), std::vector<std::string>{element});
  }
}

TEST(Listpack, LeavesACountOpenThatDoesNotFit) {
  ListpackBuilder builder;
  for (int i = 0; i < 65535; ++i) builder.Append("1");
  const size_t size = builder.size();
  const std::string bytes = builder.Take();
  EXPECT_EQ(bytes.size(), size);
  EXPECT_EQ(HexEncode(bytes.substr(4, 2)), "ffff");
  EXPECT_EQ(ReadListpack(bytes)->size(), 65535u);
}

TEST(Listpack, IsRefusedWhenASizeIsWrong) {
  for (const char* hex : {
           "",
           "06000000000000",      // no end
           "070000000100ff",      // count
           "0a0000000000ff",      // total size
           "0a00000001000102ff",  // too short
           "09000000010001"
           "02ff",  // size behind the element
           "0a00000001008361"
           "02ff",                // string longer than the listpack
           "090000000100f501ff",  // unknown encoding
       })
    EXPECT_FALSE(ReadListpack(HexDecode(hex).value())) << hex;
}

TEST(Intset, IsRefusedUnlessItsIntegersAscend) {
  const std::string good = WriteIntset({-5, 1, 2}, 2);
  EXPECT_EQ(HexEncode(good), "0200000003000000fbff01000200");
  const auto read = ReadIntset(good);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->integers, (std::vector<int64_t>{-5, 1, 2}));
  EXPECT_EQ(read->width, 2);
  EXPECT_FALSE(ReadIntset(WriteIntset({2, 1}, 2)));
  EXPECT_FALSE(ReadIntset(WriteIntset({1, 1}, 2)));
  EXPECT_FALSE(ReadIntset(WriteIntset({1, 2}, 3)));
  EXPECT_FALSE(ReadIntset(good.substr(1)));
  EXPECT_FALSE(ReadIntset(good + "x"));
}

}  // namespace
}  // namespace modcert::engine::rdb
