// What the scenarios of the sorted set commands leave out: zeros with a sign, members out of order,
// rounding, and the encoding of results.
#include <gtest/gtest.h>

#include <sstream>

#include "engine/server.h"

namespace modcert::engine {
namespace {

class SortedSetTest : public testing::Test {
 protected:
  std::string Send(const std::string& line) {
    std::istringstream words(line);
    Args args;
    for (std::string word; words >> word;) args.push_back(word);
    server_.Execute(client_, std::move(args));
    return std::exchange(client_.output, {});
  }

  VirtualClock clock_;
  Server server_{clock_};
  Client& client_ = server_.Connect();
};

TEST_F(SortedSetTest, AListpackHasNoMinusZeroButAResultHas) {
  Send("ZADD z -1 a");
  EXPECT_EQ(Send("ZUNION 1 z WEIGHTS 0 WITHSCORES"), "*2\r\n$1\r\na\r\n$2\r\n-0\r\n");
  Send("ZUNIONSTORE stored 1 z WEIGHTS 0");
  EXPECT_EQ(Send("ZSCORE stored a"), "$1\r\n0\r\n");
}

TEST_F(SortedSetTest, InfinitiesThatCancelOutAreZero) {
  Send("ZADD x inf a");
  Send("ZADD y -inf a");
  EXPECT_EQ(Send("ZINTER 2 x y WITHSCORES"), "*2\r\n$1\r\na\r\n$1\r\n0\r\n");
  EXPECT_EQ(Send("ZINCRBY x -inf a"), "-ERR resulting score is not a number (NaN)\r\n");
}

TEST_F(SortedSetTest, ARangeByMemberStopsAtTheFirstMemberThatIsOutside) {
  Send("ZADD z 1 b 2 e 3 c 4 a 5 d");
  EXPECT_EQ(Send("ZRANGEBYLEX z [b [d"), "*1\r\n$1\r\nb\r\n");
  EXPECT_EQ(Send("ZREVRANGEBYLEX z [d [b"), "*1\r\n$1\r\nd\r\n");
  // The last member is below the lower end, so that nothing is looked at.
  EXPECT_EQ(Send("ZRANGEBYLEX z [e +"), "*0\r\n");
}

TEST_F(SortedSetTest, AnOffsetWithoutALimitIsIgnoredByRankOnly) {
  Send("ZADD z 1 a 2 b");
  EXPECT_EQ(Send("ZRANGE z 0 0 LIMIT 5 -1"), "*1\r\n$1\r\na\r\n");
  EXPECT_EQ(Send("ZRANGE z -inf +inf BYSCORE LIMIT 5 -1"), "*0\r\n");
}

TEST_F(SortedSetTest, ResultsTakeTheEncodingThatTheyFitIn) {
  Send("CONFIG SET zset-max-listpack-entries 2");
  Send("ZADD z 1 a 2 b 3 c");
  Send("ZUNIONSTORE all 1 z");
  EXPECT_EQ(Send("OBJECT ENCODING all"), "$8\r\nskiplist\r\n");
  Send("ZRANGESTORE some z 0 1");
  EXPECT_EQ(Send("OBJECT ENCODING some"), "$8\r\nlistpack\r\n");
}

}  // namespace
}  // namespace modcert::engine
