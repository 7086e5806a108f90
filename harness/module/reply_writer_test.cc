#include "module/reply_writer.h"

#include <gtest/gtest.h>

namespace modcert::module {
namespace {

using Aggregate = ReplyWriter::Aggregate;

TEST(ReplyWriter, WritesPostponedLengthsWhereTheyBelong) {
  std::string out;
  ReplyWriter reply(out, resp::Protocol::kResp2);
  reply.Begin(Aggregate::kArray, ReplyWriter::kPostponed);
  reply.Integer(1);
  reply.Begin(Aggregate::kArray, ReplyWriter::kPostponed);
  reply.Integer(2);
  reply.Integer(3);
  EXPECT_TRUE(reply.SetLength(Aggregate::kArray, 2));
  EXPECT_EQ(reply.Problem(), "a postponed length was never set");
  EXPECT_TRUE(reply.SetLength(Aggregate::kArray, 2));
  EXPECT_EQ(out, "*2\r\n:1\r\n*2\r\n:2\r\n:3\r\n");
  EXPECT_EQ(reply.Problem(), "");
  EXPECT_EQ(reply.reply_count(), 1);
}

TEST(ReplyWriter, TakesTheKindOfAPostponedAggregateFromItsLength) {
  std::string out;
  ReplyWriter reply(out, resp::Protocol::kResp3);
  reply.Begin(Aggregate::kArray, ReplyWriter::kPostponed);
  reply.Bulk("k");
  reply.Bulk("v");
  EXPECT_TRUE(reply.SetLength(Aggregate::kMap, 1));
  EXPECT_EQ(out, "%1\r\n$1\r\nk\r\n$1\r\nv\r\n");
  EXPECT_EQ(reply.Problem(), "");
}

TEST(ReplyWriter, NoticesAnArrayThatLacksElements) {
  std::string out;
  ReplyWriter reply(out, resp::Protocol::kResp2);
  reply.Begin(Aggregate::kArray, 3);
  reply.Integer(1);
  EXPECT_EQ(reply.Problem(), "an aggregate of 3 elements got 1");
}

TEST(ReplyWriter, CountsRepliesAtTheTopLevelOnly) {
  std::string out;
  ReplyWriter reply(out, resp::Protocol::kResp2);
  reply.Begin(Aggregate::kArray, 0);
  reply.Begin(Aggregate::kArray, 1);
  reply.Null();
  EXPECT_EQ(reply.reply_count(), 2);
}

TEST(ReplyWriter, RefusesALengthThatNobodyPostponed) {
  std::string out;
  ReplyWriter reply(out, resp::Protocol::kResp2);
  EXPECT_FALSE(reply.SetLength(Aggregate::kArray, 1));
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace modcert::module
