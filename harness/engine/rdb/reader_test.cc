#include "engine/rdb/reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/hex.h"
#include "engine/rdb/writer.h"

namespace modcert::engine::rdb {
namespace {

using namespace std::string_literals;

TEST(Writer, PicksTheShortestLength) {
  const std::pair<uint64_t, const char*> kCases[] = {
      {0, "00"},
      {63, "3f"},
      {64, "4040"},
      {16383, "7fff"},
      {16384, "8000004000"},
      {UINT32_MAX, "80ffffffff"},
      {uint64_t{1} << 32, "810000000100000000"},
      {UINT64_MAX, "81ffffffffffffffff"},
  };
  for (const auto& [length, hex] : kCases) {
    Writer out;
    out.WriteLength(length);
    EXPECT_EQ(HexEncode(out.bytes()), hex);
    Reader in(out.bytes());
    EXPECT_EQ(in.ReadLength(), length);
    EXPECT_EQ(in.remaining(), 0u);
  }
}

TEST(Writer, StoresSmallIntegersAsNumbers) {
  const std::pair<const char*, const char*> kCases[] = {
      {"-128", "c080"},
      {"128", "c18000"},
      {"32767", "c1ff7f"},
      {"32768", "c200800000"},
      {"-2147483648", "c200000080"},
      {"2147483648", "0a32313437343833363438"},
      {"01", "023031"},
      {"", "00"},
  };
  for (const auto& [text, hex] : kCases) {
    Writer out;
    out.WriteString(text);
    EXPECT_EQ(HexEncode(out.bytes()), hex);
    Reader in(out.bytes());
    EXPECT_EQ(in.ReadString(), text);
    EXPECT_FALSE(in.failed());
  }
}

TEST(Writer, CompressesOnlyWhatIsLongAndGetsShorter) {
  const auto first_byte = [](const std::string& text, bool rdbcompression) {
    Writer out({.rdbcompression = rdbcompression});
    out.WriteString(text);
    Reader in(out.bytes());
    EXPECT_EQ(in.ReadString(), text);
    return static_cast<uint8_t>(out.bytes()[0]);
  };
  EXPECT_EQ(first_byte(std::string(20, 'a'), true), 20);
  EXPECT_EQ(first_byte(std::string(21, 'a'), true), 0xC3);
  EXPECT_EQ(first_byte(std::string(21, 'a'), false), 21);
  EXPECT_EQ(first_byte("abcdefghijklmnopqrstu", true), 21);
}

TEST(Reader, ReadsBackTheItemsOfAModule) {
  Writer out;
  out.SaveUnsigned(UINT64_MAX);
  out.SaveSigned(-2);
  out.SaveString("ab");
  out.SaveDouble(0.1);
  out.SaveFloat(0.5f);
  out.SaveLongDouble(-3.25L);
  out.SaveEnd();
  Reader in(out.bytes());
  EXPECT_EQ(in.LoadUnsigned(), UINT64_MAX);
  EXPECT_EQ(in.LoadSigned(), -2);
  EXPECT_EQ(in.LoadString(), "ab");
  EXPECT_EQ(in.LoadDouble(), 0.1);
  EXPECT_EQ(in.LoadFloat(), 0.5f);
  EXPECT_EQ(in.LoadLongDouble(), -3.25L);
  in.LoadEnd();
  EXPECT_FALSE(in.failed());
  EXPECT_EQ(in.remaining(), 0u);
}

TEST(Reader, KeepsTheFirstFailureAndItsPlace) {
  Writer out;
  out.SaveUnsigned(7);
  out.SaveDouble(0.5);
  Reader in(out.bytes());
  EXPECT_EQ(in.LoadUnsigned(), 7u);
  EXPECT_EQ(in.LoadString(), "");
  EXPECT_TRUE(in.failed());
  EXPECT_EQ(in.error().place, "offset 3");
  EXPECT_EQ(in.error().problem, "a module item of kind string wanted, kind 4 found");
  EXPECT_EQ(in.LoadDouble(), 0);
  in.Fail("later");
  EXPECT_EQ(in.error().place, "offset 3");
  EXPECT_EQ(in.remaining(), 0u);
}

TEST(Reader, FailsOnWhatIsNoLengthAndNoString) {
  const auto problem_of = [](std::string_view bytes, bool as_string) {
    Reader in(bytes);
    if (as_string)
      in.ReadString();
    else
      in.ReadLength();
    return in.failed() ? in.error().problem : "";
  };
  EXPECT_EQ(problem_of("\x82", false), "unknown length encoding 0x82");
  EXPECT_EQ(problem_of("\xc1", false), "");  // the length 1, as a real server reads it
  EXPECT_EQ(problem_of("\xc4", true), "unknown string encoding 4");
  EXPECT_EQ(problem_of("\x05zz", true), "5 bytes wanted, 2 left");
  EXPECT_EQ(problem_of("", true), "1 bytes wanted, 0 left");
  EXPECT_EQ(problem_of("\xc3\x02\x03\x00z"s, true), "invalid LZF compressed string");
}

TEST(Reader, ReadsScoresAsText) {
  Reader in(
      "\x03"
      "1.5\xfe\xff\xfd\x01x");
  EXPECT_EQ(in.ReadTextDouble(), 1.5);
  EXPECT_EQ(in.ReadTextDouble(), INFINITY);
  EXPECT_EQ(in.ReadTextDouble(), -INFINITY);
  EXPECT_TRUE(std::isnan(in.ReadTextDouble()));
  EXPECT_FALSE(in.failed());
  in.ReadTextDouble();
  EXPECT_TRUE(in.failed());
}

}  // namespace
}  // namespace modcert::engine::rdb
