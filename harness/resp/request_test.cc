#include "resp/request.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace modcert::resp {
namespace {

using Args = std::vector<std::string>;
using Outcome = RequestDecoder::Outcome;

constexpr std::string_view kPing = "*1\r\n$4\r\nPING\r\n";

// Everything that can be decoded: "PING|SET k v|", then the error, or "..." where more is needed.
std::string Drain(RequestDecoder& decoder) {
  std::string text;
  Args args;
  while (decoder.Next(args) == Outcome::kRequest) {
    for (size_t i = 0; i < args.size(); ++i) (text += i > 0 ? " " : "") += args[i];
    text += '|';
  }
  if (!decoder.error().empty()) return text + decoder.error();
  return decoder.pending_size() > 0 ? text + "..." : text;
}

std::string Decoded(std::string_view bytes, const RequestLimits& limits = {}) {
  RequestDecoder decoder(limits);
  decoder.Feed(bytes);
  return Drain(decoder);
}

std::string Then(std::string_view bytes, std::string_view more = kPing) {
  return std::string(bytes) + std::string(more);
}

TEST(EncodeRequest, WritesAnArrayOfBulkStrings) {
  EXPECT_EQ(EncodeRequest(Args{"SET", "k", ""}), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n");
}

TEST(RequestDecoder, ReadsBackWhatEncodeRequestWrites) {
  const Args request = {"SET", std::string("k\0\r\n", 4), "", std::string(100000, 'x')};
  RequestDecoder decoder;
  decoder.Feed(EncodeRequest(request));
  Args args;
  EXPECT_EQ(decoder.Next(args), Outcome::kRequest);
  EXPECT_EQ(args, request);
  EXPECT_EQ(decoder.Next(args), Outcome::kNeedMore);
}

// What a raw socket to Redis 7.0.15 got for these bytes, here and below.
TEST(RequestDecoder, SkipsEmptyRequests) {
  for (const char* empty : {"*0\r\n", "*-1\r\n", "*-5\r\n", "\r\n", "\n\n", "   \r\n", "\r\r\n"}) {
    EXPECT_EQ(Decoded(Then(empty)), "PING|") << empty;
  }
}

TEST(RequestDecoder, ReadsInlineRequests) {
  EXPECT_EQ(Decoded("PING\r\nPING\nSET \"a b\" 'c'\r\n"), "PING|PING|SET a b c|");
  EXPECT_EQ(Decoded("PING\r\r\n"), "PING|");
  EXPECT_EQ(Decoded("PING a\rb\r\n"), "PING a b|");
  EXPECT_EQ(Decoded(Then("$4\r\n")), "$4|PING|");
  EXPECT_EQ(Decoded("PING"), "...");
}

TEST(RequestDecoder, FindsNoLineEndBehindANulByte) {
  EXPECT_EQ(Decoded({"PI\0NG\r\n", 7}), "...");
  EXPECT_EQ(Decoded({"*1\r\n\0\r\n", 7}), "...");
}

TEST(RequestDecoder, RefusesUnbalancedQuotes) {
  for (const char* line : {"PING \"abc\r\n", "PING 'x'y\r\n"}) {
    EXPECT_EQ(Decoded(line), "ERR Protocol error: unbalanced quotes in request");
  }
}

TEST(RequestDecoder, RefusesBadArgumentCounts) {
  for (const char* bytes : {"*\r\n", "*x\r\n", "*+1\r\n", "*01\r\n", "* 1\r\n", "*-0\r\n",
                            "*1\n$4\r\n", "*2147483648\r\n", "*99999999999999999999\r\n"}) {
    EXPECT_EQ(Decoded(bytes), "ERR Protocol error: invalid multibulk length") << bytes;
  }
  EXPECT_EQ(Decoded("*2147483647\r\n"), "");
}

TEST(RequestDecoder, RefusesBadBulkLengths) {
  for (const char* size : {"$\r\n", "$x\r\n", "$-1\r\n", "$-0\r\n", "$04\r\n", "$536870913\r\n"}) {
    EXPECT_EQ(Decoded(Then("*1\r\n", size)), "ERR Protocol error: invalid bulk length") << size;
  }
  EXPECT_EQ(Decoded("*1\r\n$536870912\r\n"), "");
  EXPECT_EQ(Decoded("*1\r\n$5\r\n", {.bulk_size_max = 4}),
            "ERR Protocol error: invalid bulk length");
}

TEST(RequestDecoder, WantsADollarBeforeEachArgument) {
  EXPECT_EQ(Decoded("*1\r\nPING\r\n"), "ERR Protocol error: expected '$', got 'P'");
  EXPECT_EQ(Decoded("*1\r\n:4\r\n"), "ERR Protocol error: expected '$', got ':'");
  EXPECT_EQ(Decoded("*1\r\n\r\n"), "ERR Protocol error: expected '$', got ' '");
  EXPECT_EQ(Decoded("*2\r\n$4\r\nPING\r\n*1\r\n"), "ERR Protocol error: expected '$', got '*'");
  EXPECT_EQ(Decoded("*1\r$4\r\nPING\r\n"), "ERR Protocol error: expected '$', got '4'");
}

TEST(RequestDecoder, LooksAtNeitherByteOfALineEndBehindItsCarriageReturn) {
  EXPECT_EQ(Decoded("*1\rX$4\r\nPING\r\n"), "PING|");
  EXPECT_EQ(Decoded("*1\r\n$4\rXPING\r\n"), "PING|");
  EXPECT_EQ(Decoded(Then("*1\r\n$4\r\nPINGXX")), "PING|PING|");
  EXPECT_EQ(Decoded(Then("*1\r\n$0\r\n\r\n")), "|PING|");
}

TEST(RequestDecoder, StopsLinesThatDoNotEndWithin64KiB) {
  const std::string ones(65536, '1');
  EXPECT_EQ(Decoded(std::string(65536, 'x')), "...");
  EXPECT_EQ(Decoded(std::string(65537, 'x')), "ERR Protocol error: too big inline request");
  EXPECT_EQ(Decoded("*" + ones), "ERR Protocol error: too big mbulk count string");
  EXPECT_EQ(Decoded("*" + ones.substr(1)), "...");
  EXPECT_EQ(Decoded("*1\r\n$" + ones), "ERR Protocol error: too big bulk count string");
  EXPECT_EQ(Decoded("*1\r\n$" + ones.substr(1)), "...");
}

TEST(RequestDecoder, AllowsLessBeforeAuthentication) {
  RequestDecoder decoder({.authenticated = false});
  decoder.Feed("*1\r\n$16384\r\n" + std::string(16384, 'x') + "\r\n*10\r\n");
  Args args;
  EXPECT_EQ(decoder.Next(args), Outcome::kRequest);
  EXPECT_EQ(decoder.Next(args), Outcome::kNeedMore);
  const RequestLimits unauthenticated = {.authenticated = false};
  EXPECT_EQ(Decoded("*11\r\n", unauthenticated),
            "ERR Protocol error: unauthenticated multibulk length");
  EXPECT_EQ(Decoded("*2147483648\r\n", unauthenticated),
            "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(Decoded("*1\r\n$16385\r\n", unauthenticated),
            "ERR Protocol error: unauthenticated bulk length");
}

TEST(RequestDecoder, TakesNothingAfterAnError) {
  RequestDecoder decoder;
  decoder.Feed(Then(kPing, "*x\r\n"));
  EXPECT_EQ(Drain(decoder), "PING|ERR Protocol error: invalid multibulk length");
  decoder.Feed(kPing);
  EXPECT_EQ(Drain(decoder), "ERR Protocol error: invalid multibulk length");
}

TEST(RequestDecoder, ForgetsTheStringsOfLongerRequests) {
  RequestDecoder decoder;
  Args args;
  decoder.Feed(EncodeRequest(Args{"MSET", "a", "1", "b", "2"}));
  EXPECT_EQ(decoder.Next(args), Outcome::kRequest);
  for (int i = 0; i < 3; ++i) {
    decoder.Feed(EncodeRequest(Args{"GET", "a"}));
    EXPECT_EQ(decoder.Next(args), Outcome::kRequest);
    EXPECT_EQ(args, (Args{"GET", "a"}));
  }
}

std::string RandomStream(Random& random) {
  std::string stream;
  while (!random.OneIn(6)) {
    if (random.OneIn(4)) {
      stream += "PING 'in line'\r\n";
    } else {
      Args args(random.Below(4));
      for (std::string& arg : args) arg.assign(random.Below(40), '\n');
      AppendRequest(args, stream);
    }
  }
  if (!stream.empty() && random.OneIn(2)) stream[random.Below(stream.size())] = '7';
  return stream;
}

TEST(RequestDecoder, GivesTheSameForPiecesAndForTheWhole) {
  Random random(5);
  for (int i = 0; i < 2000; ++i) {
    const std::string stream = RandomStream(random);
    RequestDecoder decoder;
    std::string requests;
    for (size_t at = 0; at < stream.size() && decoder.error().empty();) {
      const size_t size = 1 + random.Below(8);
      decoder.Feed(std::string_view(stream).substr(at, size));
      at += size;
      std::string drained = Drain(decoder);
      if (drained.ends_with("...")) drained.resize(drained.size() - 3);
      requests += drained;
    }
    std::string whole = Decoded(stream);
    if (whole.ends_with("...")) whole.resize(whole.size() - 3);
    EXPECT_EQ(requests, whole) << stream;
  }
}

}  // namespace
}  // namespace modcert::resp
