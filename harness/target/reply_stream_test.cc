#include "target/reply_stream.h"

#include <gtest/gtest.h>

namespace modcert::target {
namespace {

constexpr char kSubscribed[] = "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n";
constexpr char kMessage[] = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n";
constexpr char kPush[] = ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n";

TEST(ReplyStream, CutsRepliesWhateverThePieces) {
  ReplyStream stream;
  for (const char c : std::string("+OK\r\n$1\r\nx\r\n")) ASSERT_TRUE(stream.Feed({&c, 1}));
  EXPECT_EQ(stream.TakeReply(), "+OK\r\n");
  EXPECT_EQ(stream.TakeReply(), "$1\r\nx\r\n");
  EXPECT_EQ(stream.TakeReply(), std::nullopt);
  EXPECT_FALSE(stream.has_partial());
}

TEST(ReplyStream, AMessageIsNoReply) {
  ReplyStream stream;
  ASSERT_TRUE(stream.Feed(kSubscribed));
  EXPECT_EQ(stream.TakeReply(), kSubscribed);
  ASSERT_TRUE(stream.Feed(std::string(kMessage) + "+PONG\r\n"));
  EXPECT_EQ(stream.TakeReply(), "+PONG\r\n");
  EXPECT_EQ(stream.TakeReply(), std::nullopt);
  EXPECT_EQ(stream.TakeNext(), kMessage);
}

TEST(ReplyStream, AnArrayThatLooksLikeAMessageIsAReplyToWhoHasNotSubscribed) {
  ReplyStream stream;
  ASSERT_TRUE(stream.Feed(kMessage));
  EXPECT_EQ(stream.TakeReply(), kMessage);
}

TEST(ReplyStream, APushIsAMessageUnlessItConfirmsASubscription) {
  ReplyStream stream;
  const std::string confirmation = ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n";
  ASSERT_TRUE(stream.Feed(kPush + confirmation));
  EXPECT_EQ(stream.TakeReply(), confirmation);
  EXPECT_EQ(stream.TakeNext(), kPush);
}

TEST(ReplyStream, WhatCameBeforeACommandIsNotItsReply) {
  ReplyStream stream;
  ASSERT_TRUE(stream.Feed(std::string(kSubscribed) + kSubscribed));
  EXPECT_EQ(stream.TakeReply(), kSubscribed);
  stream.BeginCommand();
  EXPECT_EQ(stream.TakeReply(), std::nullopt);
  EXPECT_EQ(stream.TakeNext(), kSubscribed);
}

TEST(ReplyStream, RefusesWhatIsNoResp) {
  ReplyStream stream;
  EXPECT_FALSE(stream.Feed("hello\r\n"));
}

}  // namespace
}  // namespace modcert::target
