// The digits are those that redis-server 7.0.15 prints for the same data.
#include "engine/digest.h"

#include <gtest/gtest.h>

#include <limits>

namespace modcert::engine {
namespace {

std::string HexOf(const Value& value, Expires expires = Expires::kNo) {
  return DigestOfValue(value, {}, expires).ToHex();
}

TEST(Digest, OfAStringIsThatOfARealServer) {
  EXPECT_EQ(HexOf(String("hello")), "36b23a1456b2dce2c3ed252c456761301dba8060");
  EXPECT_EQ(HexOf(String("hello"), Expires::kYes), "d037c4eb8a8b36b602fbced4000daeab0714c1e3");
}

TEST(Digest, OfAListDependsOnItsOrder) {
  List list;
  for (const char* item : {"a", "b", "1"}) list.Push(List::End::kTail, item);
  EXPECT_EQ(HexOf(list), "981fd62c1655c074205cff40b800bd5a5bfdcd41");
  List reversed;
  for (const char* item : {"a", "b", "1"}) reversed.Push(List::End::kHead, item);
  EXPECT_NE(HexOf(reversed), HexOf(list));
}

TEST(Digest, OfASetDoesNotDependOnItsOrderOrEncoding) {
  const EncodingLimits limits;
  Set words(&limits);
  for (const char* member : {"b", "a"}) words.Add(member);
  EXPECT_EQ(HexOf(words), "dd99329063ca0f1f28df2ac68d94b82fd95501c6");
  Set integers(&limits);
  for (const char* member : {"1", "2"}) integers.Add(member);
  EXPECT_EQ(HexOf(integers), "5d9842e5bd79f833c83b3535ec4a6836aba6d1fd");
  integers.ConvertToHashTable();
  EXPECT_EQ(HexOf(integers), "5d9842e5bd79f833c83b3535ec4a6836aba6d1fd");
}

TEST(Digest, OfAHashDoesNotDependOnItsOrder) {
  const EncodingLimits limits;
  Hash hash(&limits);
  hash.Set("g", "2");
  hash.Set("f", "v");
  EXPECT_EQ(HexOf(hash), "9dc7e1ed596e8ccab4b91d04b8317fc85b68294a");
}

TEST(Digest, OfASortedSetPrintsScoresWith17Digits) {
  const EncodingLimits limits;
  ZSet zset(&limits);
  zset.Set("a", 1);
  zset.Set("b", 2.5);
  zset.Set("c", -std::numeric_limits<double>::infinity());
  zset.Set("d", 0.1);
  zset.Set("e", 1e17);
  zset.Set("f", -0.0);
  EXPECT_EQ(HexOf(zset), "ea3e48bd48d63f7f31e5a7d86986810204e6734f");
}

TEST(Digest, OfAllDataDependsOnNamesAndDatabases) {
  const Value value = String("hello");
  DatasetDigest all;
  EXPECT_EQ(all.digest().ToHex(), std::string(40, '0'));
  all.StartDatabase(0);
  all.AddKey(value, {"s", 0}, Expires::kNo);
  EXPECT_EQ(all.digest().ToHex(), "a500c6b54937da22f2ac1167da1da852479c7339");
  all.StartDatabase(3);
  all.AddKey(value, {"s", 3}, Expires::kNo);
  EXPECT_EQ(all.digest().ToHex(), "af3d2fd0d0efe4dff7c5b28a0b819bdcdb190e79");
}

TEST(Digest, OfAModuleSumsItsSequences) {
  Digest one_way;
  one_way.AddStringBuffer("f");
  one_way.AddLongLong(-1);
  one_way.EndSequence();
  one_way.AddStringBuffer("g");
  one_way.EndSequence();
  Digest other_way;
  other_way.AddStringBuffer("g");
  other_way.EndSequence();
  other_way.AddStringBuffer("f");
  other_way.AddStringBuffer("-1");
  EXPECT_FALSE(one_way == other_way);
  other_way.EndSequence();
  EXPECT_EQ(one_way.ToHex(), other_way.ToHex());
}

// A data type with one of three digests: what its values hold, nothing, or none at all.
class DigestedType final : public OpaqueType {
 public:
  enum class Kind { kFull, kEmpty, kNone };
  explicit DigestedType(Kind kind) : kind_(kind) {}

  bool has_digest() const override { return kind_ != Kind::kNone; }
  void AddToDigest(Digest& digest, const KeyPlace&, const void*) const override {
    if (kind_ == Kind::kEmpty) return;
    digest.AddStringBuffer("f");
    digest.AddLongLong(5);
    digest.EndSequence();
    digest.AddStringBuffer("g");
    digest.EndSequence();
    digest.AddLongLong(7);  // lost, for want of an end
  }

  std::string_view name() const override { return "vmodtypeA"; }
  uint64_t id() const override { return 0xbe6a1db72a5e0000; }
  void Save(rdb::Writer&, const KeyPlace&, const void*) const override {}
  Result<void*> Load(rdb::Reader&, int, const KeyPlace&) const override { return nullptr; }
  void Free(void*) const override {}
  size_t MemoryUsage(const KeyPlace&, const void*, size_t) const override { return 0; }
  Status RewriteAof(const KeyPlace&, const void*,
                    const std::function<void(std::vector<std::string>)>&) const override {
    return {};
  }
  void* Copy(const KeyPlace&, const KeyPlace&, const void*) const override { return nullptr; }
  size_t FreeEffort(const KeyPlace&, const void*) const override { return 1; }
  void Unlink(const KeyPlace&, const void*) const override {}

 private:
  Kind kind_;
};

TEST(Digest, OfAModuleValueIsThatOfARealServer) {
  const auto hex_of = [](DigestedType::Kind kind) {
    const DigestedType type(kind);
    return HexOf(Opaque(&type, nullptr));
  };
  EXPECT_EQ(hex_of(DigestedType::Kind::kFull), "94c999ac4330596d2d97b60e7fdf375f8ea4f428");
  EXPECT_EQ(hex_of(DigestedType::Kind::kEmpty), "e133131a95189f97fda279d1d0a1abda29a9ea34");
  EXPECT_EQ(hex_of(DigestedType::Kind::kNone), "865b1024b47cf7b38672487172782cb7502865bb");
}

}  // namespace
}  // namespace modcert::engine
