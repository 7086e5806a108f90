#include "engine/value/radix_tree_shape.h"

#include <gtest/gtest.h>

#include <vector>

namespace modcert::engine {
namespace {

size_t NodesOf(std::vector<std::string> keys) { return RadixTreeNodeCount(keys); }

TEST(RadixTreeShape, AnEmptyTreeHasItsHead) { EXPECT_EQ(NodesOf({}), 1u); }

TEST(RadixTreeShape, OneKeyIsAChainAndItsEnd) {
  EXPECT_EQ(NodesOf({"foo"}), 2u);
  EXPECT_EQ(NodesOf({"f"}), 2u);
  EXPECT_EQ(NodesOf({""}), 1u);
}

TEST(RadixTreeShape, KeysPartInANodeOfTheirOwn) {
  // "fo" chain, the fork, two ends.
  EXPECT_EQ(NodesOf({"foa", "fob"}), 4u);
  // Behind the fork the rests are chains.
  EXPECT_EQ(NodesOf({"foaxx", "fobyy"}), 6u);
  // Without anything in common the head is the fork.
  EXPECT_EQ(NodesOf({"a", "b"}), 3u);
}

TEST(RadixTreeShape, AKeyInsideAnotherEndsAChain) { EXPECT_EQ(NodesOf({"foo", "foobar"}), 3u); }

TEST(RadixTreeShape, IdsAreSixteenBytes) {
  EXPECT_EQ(RadixTreeKey(StreamId{1, 258}),
            std::string("\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\x01\x02", 16));
}

}  // namespace
}  // namespace modcert::engine
