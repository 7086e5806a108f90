#include "resp/decode.h"

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <cmath>
#include <limits>
#include <memory>

#include "base/random.h"
#include "resp/encode.h"

namespace modcert::resp {
namespace {

using V = Value;

V WithAttributes(V value, std::vector<V> attributes) {
  value.attributes = std::move(attributes);
  return value;
}

// Every type, and what is special about it.
std::vector<V> Samples() {
  const V tagged = WithAttributes(V::Bulk("v"), {V::Simple("ttl"), V::Integer(3600)});
  return {
      V::Simple(""),
      V::Simple("OK"),
      V::Error("ERR no such key"),
      V::Error("ERR two\r\nlines"),
      V::Integer(0),
      V::Integer(std::numeric_limits<int64_t>::min()),
      V::Integer(std::numeric_limits<int64_t>::max()),
      V::Bulk(""),
      V::Bulk(std::string_view("\0\r\n$", 4)),
      V::Bulk(std::string(100000, 'x')),
      V::Null(),
      V::Double(0.1),
      V::Double(-1e300),
      V::Double(std::numeric_limits<double>::infinity()),
      V::Double(-std::numeric_limits<double>::infinity()),
      V::Double(std::nan("")),
      V::Bool(true),
      V::Bool(false),
      V::BigNumber("-3492890328409238509324850943850943825024385"),
      V::Verbatim("txt", "Some\r\nstring"),
      V::Verbatim("mkd", ""),
      V::Array(),
      V::Array({V::Integer(1), V::Array({V::Bulk("a"), V::Array()}), V::Null()}),
      V::Map(),
      V::Map({V::Bulk("k"), V::Map({V::Integer(1), V::Bool(true)}), V::Null(), V::Array()}),
      V::Set({V::Integer(1), V::Simple("a")}),
      V::Push({V::Bulk("invalidate"), V::Array({V::Bulk("k")})}),
      tagged,
      WithAttributes(V::Array({tagged, V::Integer(1), tagged}), {tagged, V::Map({tagged, tagged})}),
  };
}

std::string Encoded(const V& value, Protocol protocol = Protocol::kResp3) {
  std::string out;
  Encode(value, protocol, out);
  return out;
}

TEST(DecodeOne, ReadsBackEveryTypeThatEncodeWrites) {
  for (const V& value : Samples()) {
    const Result<V> decoded = DecodeOne(Encoded(value));
    ASSERT_TRUE(decoded) << decoded.error().ToString();
    EXPECT_EQ(*decoded, value) << Encoded(value);
  }
}

TEST(DecodeOne, TellsTheTwoNullsOfResp2Apart) {
  EXPECT_EQ(DecodeOne("$-1\r\n"), V::Null());
  EXPECT_EQ(DecodeOne("*-1\r\n"), V::NullArray());
  EXPECT_EQ(DecodeOne("*2\r\n*-1\r\n$-1\r\n"), V::Array({V::NullArray(), V::Null()}));
}

TEST(DecodeOne, KeepsTheTextOfADouble) {
  const Result<V> decoded = DecodeOne(",1.50\r\n");
  EXPECT_EQ(decoded->number, 1.5);
  EXPECT_EQ(decoded->text, "1.50");
}

TEST(DecodeOne, JoinsAttributesThatFollowEachOther) {
  EXPECT_EQ(DecodeOne("|1\r\n+a\r\n:1\r\n|1\r\n+b\r\n:2\r\n:3\r\n"),
            WithAttributes(V::Integer(3),
                           {V::Simple("a"), V::Integer(1), V::Simple("b"), V::Integer(2)}));
}

TEST(DecodeOne, WantsExactlyOneReply) {
  EXPECT_EQ(DecodeOne("").error().ToString(), "byte 0: the reply ends too early");
  EXPECT_EQ(DecodeOne(":1\r\n:2\r\n").error().ToString(),
            "byte 4: 4 more bytes behind the end of the reply");
}

struct BadRow {
  std::string_view bytes;
  const char* error;
};

const BadRow kBadRows[] = {
    {"hello\r\n", R"(byte 0: expected the type byte of a reply, got "hello\r\n")"},
    {":\r\n", R"(byte 1: expected a 64-bit integer, got "\r\n")"},
    {":+1\r\n", R"(byte 1: expected a 64-bit integer, got "+1\r\n")"},
    {":01\r\n", R"(byte 1: expected a 64-bit integer, got "01\r\n")"},
    {":9223372036854775808\r\n",
     R"(byte 1: expected a 64-bit integer, got "9223372036854775808\r\n")"},
    {":1\rx", R"(byte 3: expected \n behind \r, got "x")"},
    {"+a\nb\r\n",
     R"(byte 2: expected no line feed inside a simple string or error, got "\nb\r\n")"},
    {"-a\n\r\n", R"(byte 2: expected no line feed inside a simple string or error, got "\n\r\n")"},
    {"$x\r\n", R"(byte 1: expected the length of a string, got "x\r\n")"},
    {"$-2\r\n", R"(byte 1: expected the length of a string, got "-2\r\n")"},
    {"$1\r\nabc", R"(byte 5: expected \r behind a string, got "bc")"},
    {"$1\r\na\rx", R"(byte 6: expected \n behind a string, got "x")"},
    {"!-1\r\n", R"(byte 1: expected the length of a string, got "-1\r\n")"},
    {"*x\r\n", R"(byte 1: expected the number of elements, got "x\r\n")"},
    {"*-2\r\n", R"(byte 1: expected the number of elements, got "-2\r\n")"},
    {"%-1\r\n", R"(byte 1: expected the number of elements, got "-1\r\n")"},
    {"*2\r\n:1\r\n?", R"(byte 8: expected the type byte of a reply, got "?")"},
    {"_x\r\n", R"(byte 1: expected the end of the line of a null, got "x\r\n")"},
    {"#x\r\n", R"(byte 1: expected 't' or 'f', got "x\r\n")"},
    {"#true\r\n", R"(byte 1: expected 't' or 'f', got "true\r\n")"},
    {",\r\n", R"(byte 1: expected a decimal number, inf or nan, got "\r\n")"},
    {",0x10\r\n", R"(byte 1: expected a decimal number, inf or nan, got "0x10\r\n")"},
    {",1e400\r\n", R"(byte 1: expected a decimal number, inf or nan, got "1e400\r\n")"},
    {",INF\r\n", R"(byte 1: expected a decimal number, inf or nan, got "INF\r\n")"},
    {"(12a\r\n", R"(byte 1: expected the digits of a big number, got "12a\r\n")"},
    {"(-\r\n", R"(byte 1: expected the digits of a big number, got "-\r\n")"},
    {"=3\r\ntxt\r\n", R"(byte 4: expected three letters and a ':' in a verbatim string)"},
    {"=5\r\ntext:\r\n", R"(byte 4: expected three letters and a ':' in a verbatim string)"},
    {"$?\r\n", R"(byte 1: streamed types ($?, *? ...) are not supported)"},
    {"*?\r\n", R"(byte 1: streamed types ($?, *? ...) are not supported)"},
    {"%?\r\n", R"(byte 1: streamed types ($?, *? ...) are not supported)"},
};

TEST(DecodeOne, SaysWhereGarbageIsAndWhatBelongsThere) {
  for (const BadRow& row : kBadRows) {
    const Result<V> decoded = DecodeOne(row.bytes);
    ASSERT_FALSE(decoded) << row.bytes;
    EXPECT_EQ(decoded.error().ToString(), row.error);
  }
}

// Small enough to stand on both sides of each.
const DecodeLimits kSmall = {
    .bulk_size_max = 4, .line_size_max = 5, .depth_max = 2, .element_count_max = 6};

TEST(DecodeLimits, HoldOnBothSides) {
  const struct {
    const char* within;
    const char* beyond;
    const char* error;
  } rows[] = {
      {"$4\r\nabcd\r\n", "$5\r\nabcde\r\n",
       "byte 1: the length of a string is 5, above the limit of 4"},
      {"!4\r\nabcd\r\n", "!5\r\nabcde\r\n",
       "byte 1: the length of a string is 5, above the limit of 4"},
      {"+abcde\r\n", "+abcdef\r\n", "byte 0: a line of more than 5 bytes"},
      {"*1\r\n*0\r\n", "*1\r\n*1\r\n*0\r\n", "byte 8: more than 2 levels of aggregates"},
      {"*3\r\n*3\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n", "*3\r\n*4\r\n",
       "byte 5: the number of elements is 4, above the limit of 3"},
      {"%3\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n", "%4\r\n",
       "byte 1: the number of elements is 4, above the limit of 3"},
      {"|1\r\n:1\r\n:1\r\n*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n", "|1\r\n:1\r\n:1\r\n*5\r\n",
       "byte 13: the number of elements is 5, above the limit of 4"},
  };
  for (const auto& row : rows) {
    const Result<V> within = DecodeOne(row.within, kSmall);
    EXPECT_TRUE(within) << row.within << within.error().ToString();
    const Result<V> beyond = DecodeOne(row.beyond, kSmall);
    ASSERT_FALSE(beyond) << row.beyond;
    EXPECT_EQ(beyond.error().ToString(), row.error);
  }
}

TEST(DecodeLimits, CountEachReplyAnew) {
  Decoder decoder(kSmall);
  for (int i = 0; i < 3; ++i) {
    decoder.Feed("*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n");
    EXPECT_TRUE(decoder.Next().value());
  }
}

TEST(DecodeLimits, StopALineThatNeverEnds) {
  Decoder decoder(kSmall);
  decoder.Feed("+abcde");
  EXPECT_EQ(decoder.Next().value(), std::nullopt);
  decoder.Feed("f");
  EXPECT_EQ(decoder.Next().error().ToString(), "byte 0: a line of more than 5 bytes");
}

TEST(DecodeLimits, CanRefuseTheTypesOfResp3) {
  const DecodeLimits resp2 = {.protocol = Protocol::kResp2};
  EXPECT_EQ(DecodeOne("_\r\n", resp2).error().ToString(),
            "byte 0: '_' starts a type that only RESP3 has");
  EXPECT_EQ(DecodeOne("*1\r\n%0\r\n", resp2).error().ToString(),
            "byte 4: '%' starts a type that only RESP3 has");
  for (const V& value : Samples()) {
    EXPECT_TRUE(DecodeOne(Encoded(value, Protocol::kResp2), resp2)) << Encoded(value);
  }
}

TEST(DecodeOne, GivesNoMemoryToACountThatLies) {
  EXPECT_EQ(DecodeOne("*4194304\r\n").error().problem, "the reply ends too early");
}

TEST(Decoder, ReadsRepliesThatArriveByteByByte) {
  std::string stream;
  for (const V& value : Samples()) Encode(value, Protocol::kResp3, stream);
  Decoder decoder;
  std::vector<V> decoded;
  for (const char c : stream) {
    decoder.Feed({&c, 1});
    const auto next = decoder.Next();
    ASSERT_TRUE(next) << next.error().ToString();
    if (*next) decoded.push_back(**next);
  }
  EXPECT_EQ(decoded, Samples());
  EXPECT_EQ(decoder.pending_size(), 0u);
}

TEST(Decoder, ReadsManyRepliesFromOnePiece) {
  Decoder decoder;
  std::string stream;
  for (int i = 0; i < 50000; ++i) AppendInteger(i, stream);
  decoder.Feed(stream);
  decoder.Feed("$3\r\nab");
  for (int i = 0; i < 50000; ++i) ASSERT_EQ(decoder.Next().value(), V::Integer(i));
  EXPECT_EQ(decoder.Next().value(), std::nullopt);
  EXPECT_EQ(decoder.pending_size(), 6u);
  decoder.Feed("c\r\n");
  EXPECT_EQ(decoder.Next().value(), V::Bulk("abc"));
  EXPECT_EQ(decoder.Next().value(), std::nullopt);
}

TEST(Decoder, CountsTheOffsetOfAnErrorFromTheFirstByteEverFed) {
  Decoder decoder;
  for (int i = 0; i < 10; ++i) {
    decoder.Feed("+OK\r\n");
    EXPECT_EQ(decoder.Next().value(), V::Simple("OK"));
  }
  decoder.Feed("*1\r\n@");
  const auto failed = decoder.Next();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().place, "byte 54");
  decoder.Feed("+OK\r\n");
  EXPECT_EQ(decoder.Next().error().ToString(), failed.error().ToString());
}

// Random replies, damaged in half of the cases: all at once and in pieces must agree.
std::string RandomReply(Random& random, int depth) {
  std::string out;
  const size_t count = random.Below(4);
  switch (random.Below(depth > 0 ? 7 : 6)) {
    case 0:
      AppendSimple(std::string(random.Below(5), 's'), out);
      break;
    case 1:
      AppendError("ERR " + std::string(random.Below(5), 'e'), out);
      break;
    case 2:
      AppendInteger(static_cast<int64_t>(random.Next() >> random.Below(64)), out);
      break;
    case 3:
      AppendBulk(std::string(random.Below(20), '\r'), out);
      break;
    case 4:
      AppendNull(Protocol::kResp2, out);
      break;
    case 5:
      AppendNullArray(Protocol::kResp2, out);
      break;
    default:
      AppendArrayHeader(count, out);
      for (size_t i = 0; i < count; ++i) out += RandomReply(random, depth - 1);
  }
  return out;
}

std::string MaybeDamaged(std::string bytes, Random& random) {
  if (random.OneIn(2)) return bytes;
  constexpr std::string_view kTelling = "\r\n+-:$*_,#!=(%~>|0123456789?x";
  const size_t at = random.Below(bytes.size());
  switch (random.Below(3)) {
    case 0:
      bytes[at] = kTelling[random.Below(kTelling.size())];
      break;
    case 1:
      bytes.erase(at, 1);
      break;
    default:
      bytes.insert(at, 1, kTelling[random.Below(kTelling.size())]);
  }
  return bytes;
}

TEST(Decoder, GivesTheSameForPiecesAndForTheWhole) {
  Random random(20240101);
  for (int i = 0; i < 5000; ++i) {
    const std::string bytes = MaybeDamaged(RandomReply(random, 3), random);
    Decoder whole;
    Decoder pieces;
    whole.Feed(bytes);
    Result<std::optional<V>> in_pieces = std::nullopt;
    for (size_t at = 0; at < bytes.size() && in_pieces && !*in_pieces;) {
      const size_t size = 1 + random.Below(8);
      pieces.Feed(std::string_view(bytes).substr(at, size));
      at += size;
      in_pieces = pieces.Next();
    }
    const auto at_once = whole.Next();
    ASSERT_EQ(at_once.has_value(), in_pieces.has_value()) << bytes;
    if (at_once) {
      EXPECT_EQ(*at_once, *in_pieces) << bytes;
    } else {
      EXPECT_EQ(at_once.error().place, in_pieces.error().place) << bytes;
    }
  }
}

// Below: hiredis' reader, a second opinion on RESP2.
struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
struct FreeReader {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};

V FromHiredis(const redisReply& reply) {
  const std::string_view text(reply.str == nullptr ? "" : reply.str, reply.len);
  switch (reply.type) {
    case REDIS_REPLY_STATUS:
      return V::Simple(text);
    case REDIS_REPLY_ERROR:
      return V::Error(text);
    case REDIS_REPLY_INTEGER:
      return V::Integer(reply.integer);
    case REDIS_REPLY_STRING:
      return V::Bulk(text);
    case REDIS_REPLY_ARRAY: {
      std::vector<V> children;
      for (size_t i = 0; i < reply.elements; ++i)
        children.push_back(FromHiredis(*reply.element[i]));
      return V::Array(children);
    }
    default:
      return V::Null();
  }
}

// hiredis has one null only.
void MergeNulls(V& value) {
  if (value.type == Type::kNullArray) value.type = Type::kNull;
  for (V& child : value.children) MergeNulls(child);
}

enum class Verdict { kReply, kIncomplete, kError };

Verdict HiredisVerdict(std::string_view bytes, V& value) {
  const std::unique_ptr<redisReader, FreeReader> reader(redisReaderCreate());
  redisReaderFeed(reader.get(), bytes.data(), bytes.size());
  void* reply = nullptr;
  if (redisReaderGetReply(reader.get(), &reply) != REDIS_OK) return Verdict::kError;
  if (reply == nullptr) return Verdict::kIncomplete;
  const std::unique_ptr<redisReply, FreeReply> owner(static_cast<redisReply*>(reply));
  value = FromHiredis(*owner);
  return Verdict::kReply;
}

Verdict OurVerdict(std::string_view bytes, V& value) {
  Decoder decoder({.protocol = Protocol::kResp2});
  decoder.Feed(bytes);
  const auto next = decoder.Next();
  if (!next) return Verdict::kError;
  if (!*next) return Verdict::kIncomplete;
  value = **next;
  MergeNulls(value);
  return Verdict::kReply;
}

TEST(Decoder, AgreesWithHiredisOnValidResp2AndItsBeginnings) {
  Random random(15);
  for (int i = 0; i < 5000; ++i) {
    const std::string bytes = RandomReply(random, 4);
    const std::string_view beginning =
        std::string_view(bytes).substr(0, random.Below(bytes.size()));
    V ours;
    V theirs;
    ASSERT_EQ(OurVerdict(bytes, ours), Verdict::kReply);
    ASSERT_EQ(HiredisVerdict(bytes, theirs), Verdict::kReply);
    EXPECT_EQ(ours, theirs) << bytes;
    EXPECT_EQ(OurVerdict(beginning, ours), Verdict::kIncomplete) << beginning;
    EXPECT_EQ(HiredisVerdict(beginning, theirs), Verdict::kIncomplete) << beginning;
  }
}

// On damaged bytes hiredis is more lenient (it reads over the bytes behind a bulk string, for one),
// so only what we accept is compared.
TEST(Decoder, AcceptsNothingThatHiredisReadsDifferently) {
  Random random(16);
  int compared = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::string bytes = MaybeDamaged(RandomReply(random, 4), random);
    V ours;
    V theirs;
    if (OurVerdict(bytes, ours) != Verdict::kReply) continue;
    ASSERT_EQ(HiredisVerdict(bytes, theirs), Verdict::kReply) << bytes;
    EXPECT_EQ(ours, theirs) << bytes;
    ++compared;
  }
  EXPECT_GT(compared, 1000);
}

}  // namespace
}  // namespace modcert::resp
