#include "engine/aof_manifest.h"

#include <gtest/gtest.h>

namespace modcert::engine {
namespace {

constexpr std::string_view kText =
    "file appendonly.aof.2.base.rdb seq 2 type b\n"
    "file appendonly.aof.1.incr.aof seq 1 type h\n"
    "file \"my file.aof\" seq 4 type i\n"
    "file appendonly.aof.5.incr.aof seq 5 type i\n";

TEST(AofManifest, IsWrittenAsItWasRead) {
  const auto manifest = ParseAofManifest(kText);
  ASSERT_TRUE(manifest) << manifest.error().ToString();
  EXPECT_EQ(manifest->base, (AofManifest::File{"appendonly.aof.2.base.rdb", 2}));
  EXPECT_EQ(manifest->history.size(), 1u);
  EXPECT_EQ(manifest->incremental[0].name, "my file.aof");
  EXPECT_EQ(manifest->incremental_sequence(), 5);
  EXPECT_EQ(manifest->ToText(), kText);
}

TEST(AofManifest, SkipsComments) {
  EXPECT_TRUE(ParseAofManifest("# a note\nfile a seq 1 type i\n").has_value());
}

TEST(AofManifest, IsRefusedWhenALineIsWrong) {
  for (const char* text :
       {"", "file a seq 1 type i", "file a seq 1\n", "file a seq 0 type i\n",
        "file a/b seq 1 type i\n", "file a seq 1 type x\n", "file a seq x type b\n", "\n",
        "file a seq 1 type b\nfile b seq 2 type b\n", "file a seq 2 type i\nfile b seq 2 type i\n"})
    EXPECT_FALSE(ParseAofManifest(text).has_value()) << text;
}

}  // namespace
}  // namespace modcert::engine
