#include "engine/rdb/stream_codec.h"

#include <gtest/gtest.h>

#include <vector>

namespace modcert::engine::rdb {
namespace {

const EncodingLimits kLimits;

// An entry in the second place of a node, with fields of its own; a group with an entry pending.
Stream SampleStream() {
  Stream stream(&kLimits);
  stream.Append({5, 1}, std::vector<std::string>{"f", "v"});
  stream.Append({5, 7}, std::vector<std::string>{"g", "1", "h", ""});
  stream.Append({6, 0}, std::vector<std::string>{"f", "300"});
  stream.Delete({6, 0});
  ConsumerGroup& group = stream.groups()["readers"];
  group.last_id = {5, 7};
  group.entries_read = 2;
  group.AddConsumer("ann", 1000);
  group.AddConsumer("bob", 2000);
  PendingEntry& entry = group.Assign({5, 1}, "ann");
  entry.delivered_at_ms = 900;
  entry.delivery_count = 3;
  return stream;
}

std::string BytesOf(const Stream& stream) {
  Writer out;
  SaveStream(out, stream);
  return out.Take();
}

TEST(StreamCodec, ReadsWhatItWrites) {
  const std::string bytes = BytesOf(SampleStream());
  Reader in(bytes);
  const Stream loaded = LoadStream(in, Type::kStreamListpacks2, &kLimits);
  ASSERT_FALSE(in.failed()) << in.error().ToString();
  EXPECT_EQ(in.remaining(), 0u);
  EXPECT_EQ(BytesOf(loaded), bytes);
  EXPECT_EQ(loaded.nodes().begin()->second.bytes(), SampleStream().nodes().begin()->second.bytes());
  EXPECT_EQ(loaded.FindGroup("readers")->pending().at({5, 1}).consumer, "ann");
}

TEST(StreamCodec, AnOldStreamGetsItsCountersFromItsEntries) {
  Stream no_groups(&kLimits);
  no_groups.Append({5, 1}, std::vector<std::string>{"f", "v"});
  std::string old = BytesOf(no_groups);
  // length, last id, [first id, deleted id, entries added], groups: a byte each.
  old.erase(old.size() - 6, 5);
  Reader in(old);
  const Stream loaded = LoadStream(in, Type::kStreamListpacks, &kLimits);
  ASSERT_FALSE(in.failed()) << in.error().ToString();
  EXPECT_EQ(in.remaining(), 0u);
  EXPECT_EQ(loaded.first_id(), (StreamId{5, 1}));
  EXPECT_EQ(loaded.entries_added(), 1u);
}

TEST(StreamCodec, ANodeWhoseCountsAreWrongIsRefused) {
  std::string bytes = BytesOf(SampleStream());
  const size_t live = bytes.find(std::string("\x02\x01\x01\x01", 4));  // 2 entries, 1 deleted
  ASSERT_NE(live, std::string::npos);
  bytes[live] = 3;
  Reader in(bytes);
  LoadStream(in, Type::kStreamListpacks2, &kLimits);
  EXPECT_TRUE(in.failed());
}

}  // namespace
}  // namespace modcert::engine::rdb
