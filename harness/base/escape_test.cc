#include "base/escape.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/split_args.h"

namespace modcert {
namespace {

std::string AllBytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

TEST(Quote, ShowsControlBytesAsRedisCliDoes) {
  EXPECT_EQ(Quote(AllBytes().substr(0, 36)),
            R"("\x00\x01\x02\x03\x04\x05\x06\a\b\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15)"
            R"(\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f !\"#")");
  EXPECT_EQ(Quote("\\~\x7f\x80\xff'"), R"("\\~\x7f\x80\xff'")");
  EXPECT_EQ(Quote(""), R"("")");
}

TEST(Quote, IsReadBackBySplitArgs) {
  EXPECT_EQ(SplitArgs(Quote(AllBytes())), std::vector<std::string>{AllBytes()});
}

}  // namespace
}  // namespace modcert
