#include "engine/value/stream.h"

#include <gtest/gtest.h>

#include <vector>

namespace modcert::engine {
namespace {

const std::vector<std::string> kField = {"f", "v"};

Stream StreamOf(const EncodingLimits& limits, uint64_t count) {
  Stream stream(&limits);
  for (uint64_t i = 1; i <= count; ++i) stream.Append({i, 0}, kField);
  return stream;
}

std::vector<uint64_t> Moments(const Stream& stream, Stream::Order order = Stream::Order::kUp) {
  std::vector<uint64_t> moments;
  stream.ForEach(kStreamIdMin, kStreamIdMax, order, [&](const StreamEntry& entry) {
    moments.push_back(entry.id.ms);
    return true;
  });
  return moments;
}

TEST(StreamId, WrapsAroundAtItsEnds) {
  StreamId id{1, UINT64_MAX};
  EXPECT_TRUE(id.Increment());
  EXPECT_EQ(id, (StreamId{2, 0}));
  EXPECT_TRUE(id.Decrement());
  EXPECT_EQ(id, (StreamId{1, UINT64_MAX}));
  id = kStreamIdMax;
  EXPECT_FALSE(id.Increment());
  EXPECT_EQ(id, kStreamIdMin);
  EXPECT_FALSE(id.Decrement());
  EXPECT_EQ(id, kStreamIdMax);
}

TEST(Stream, ANodeIsFullByItsEntries) {
  const EncodingLimits limits{.stream_node_max_entries = 2};
  const Stream stream = StreamOf(limits, 5);
  EXPECT_EQ(stream.nodes().size(), 3u);
  EXPECT_EQ(Moments(stream), (std::vector<uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(Moments(stream, Stream::Order::kDown), (std::vector<uint64_t>{5, 4, 3, 2, 1}));
}

TEST(Stream, ADeletedEntryKeepsItsPlaceUntilItsNodeIsEmpty) {
  const EncodingLimits limits{.stream_node_max_entries = 2};
  Stream stream = StreamOf(limits, 4);
  EXPECT_TRUE(stream.Delete({1, 0}));
  EXPECT_FALSE(stream.Delete({1, 0}));
  EXPECT_EQ(stream.nodes().size(), 2u);
  EXPECT_EQ(stream.first_id(), (StreamId{2, 0}));
  EXPECT_EQ(stream.FirstPlace(), (StreamId{1, 0}));
  EXPECT_TRUE(stream.Delete({2, 0}));
  EXPECT_EQ(stream.nodes().size(), 1u);
  EXPECT_EQ(stream.max_deleted_id(), (StreamId{2, 0}));
}

TEST(Stream, TrimsWholeNodesOnlyWhenAsked) {
  const EncodingLimits limits{.stream_node_max_entries = 2};
  Stream stream = StreamOf(limits, 5);
  EXPECT_EQ(stream.Trim({.max_length = 2, .whole_nodes = true}), 2u);
  EXPECT_EQ(Moments(stream), (std::vector<uint64_t>{3, 4, 5}));
  EXPECT_EQ(stream.Trim({.max_length = 2}), 1u);
  EXPECT_EQ(Moments(stream), (std::vector<uint64_t>{4, 5}));
  EXPECT_EQ(stream.Trim({.kind = StreamTrim::Kind::kMinId, .min_id = {5, 0}}), 1u);
  EXPECT_EQ(stream.first_id(), (StreamId{5, 0}));
}

TEST(Stream, AnIdWithinAMillisecondIsTheNext) {
  const EncodingLimits limits;
  Stream stream = StreamOf(limits, 2);
  EXPECT_EQ(stream.NextIdWithin(2), (StreamId{2, 1}));
  EXPECT_EQ(stream.NextIdWithin(3), (StreamId{3, 0}));
  EXPECT_EQ(stream.NextIdWithin(1), std::nullopt);
  stream.set_last_id({2, UINT64_MAX});
  EXPECT_EQ(stream.NextIdWithin(2), std::nullopt);
  EXPECT_EQ(stream.NextId(1), (StreamId{3, 0}));
}

TEST(ConsumerGroup, APendingEntryHasOneOwner) {
  ConsumerGroup group;
  group.AddConsumer("a", 1);
  group.AddConsumer("b", 1);
  group.Assign({1, 0}, "a");
  group.Assign({1, 0}, "b");
  EXPECT_TRUE(group.FindConsumer("a")->pending.empty());
  EXPECT_EQ(group.RemoveConsumer("b"), 1u);
  EXPECT_TRUE(group.pending().empty());
  EXPECT_FALSE(group.Acknowledge({1, 0}));
}

TEST(Stream, MayDeleteWithoutNotingIt) {
  const EncodingLimits limits;
  Stream stream = StreamOf(limits, 3);
  EXPECT_TRUE(stream.DeleteUnnoted({1, 0}));
  EXPECT_FALSE(stream.DeleteUnnoted({1, 0}));
  EXPECT_EQ(Moments(stream), (std::vector<uint64_t>{2, 3}));
  EXPECT_EQ(stream.first_id(), (StreamId{1, 0}));
  EXPECT_TRUE(stream.max_deleted_id().is_zero());
}

}  // namespace
}  // namespace modcert::engine
