#include "engine/value/value.h"

#include <gtest/gtest.h>

namespace modcert::engine {
namespace {

// A data type whose values are ints on the heap; counts what is alive.
class CountingType final : public OpaqueType {
 public:
  explicit CountingType(bool can_copy) : can_copy_(can_copy) {}
  mutable int alive = 0;

  void* Make(int number) const {
    ++alive;
    return new int(number);
  }

  std::string_view name() const override { return "countings"; }
  uint64_t id() const override { return 0; }
  void Save(rdb::Writer&, const KeyPlace&, const void*) const override {}
  Result<void*> Load(rdb::Reader&, int, const KeyPlace&) const override { return Make(0); }
  void Free(void* value) const override {
    --alive;
    delete static_cast<int*>(value);
  }
  void AddToDigest(Digest&, const KeyPlace&, const void*) const override {}
  size_t MemoryUsage(const KeyPlace&, const void*, size_t) const override { return 0; }
  Status RewriteAof(const KeyPlace&, const void*,
                    const std::function<void(std::vector<std::string>)>&) const override {
    return {};
  }
  void* Copy(const KeyPlace&, const KeyPlace&, const void* value) const override {
    return can_copy_ ? Make(*static_cast<const int*>(value)) : nullptr;
  }
  size_t FreeEffort(const KeyPlace&, const void*) const override { return 1; }
  void Unlink(const KeyPlace&, const void*) const override {}

 private:
  bool can_copy_;
};

TEST(Value, NamesItsTypeAndEncoding) {
  const EncodingLimits limits;
  const CountingType type(true);
  const auto names = [](const Value& value) {
    return std::string(TypeName(value)) + " " + std::string(EncodingName(value));
  };
  EXPECT_EQ(names(String("1")), "string int");
  EXPECT_EQ(names(List()), "list quicklist");
  EXPECT_EQ(names(MakeEmpty<Set>(limits)), "set intset");
  EXPECT_EQ(names(MakeEmpty<Hash>(limits)), "hash listpack");
  EXPECT_EQ(names(MakeEmpty<ZSet>(limits)), "zset listpack");
  EXPECT_EQ(names(Opaque(&type, nullptr)), "countings raw");
}

TEST(Value, OnlyContainersAreEverEmpty) {
  const EncodingLimits limits;
  const CountingType type(true);
  EXPECT_FALSE(IsEmpty(String()));
  EXPECT_FALSE(IsEmpty(Opaque(&type, nullptr)));
  EXPECT_TRUE(IsEmpty(List()));
  Set set(&limits);
  EXPECT_TRUE(IsEmpty(set));
  set.Add("1");
  EXPECT_FALSE(IsEmpty(set));
}

TEST(Value, IsDuplicatedDeeply) {
  const EncodingLimits limits;
  Value value = MakeEmpty<Hash>(limits);
  std::get<Hash>(value).Set("f", "1");
  const auto copy = Duplicate(value, {}, {});
  std::get<Hash>(value).Set("f", "2");
  ASSERT_TRUE(copy);
  EXPECT_EQ(*std::get<Hash>(*copy).Get("f"), "1");
}

TEST(Value, FreesAndCopiesModuleValuesThroughTheirType) {
  const CountingType type(true);
  const CountingType without_copy(false);
  {
    const Value value = Opaque(&type, type.Make(7));
    const auto copy = Duplicate(value, {}, {});
    ASSERT_TRUE(copy);
    EXPECT_EQ(*static_cast<int*>(std::get<Opaque>(*copy).value()), 7);
    EXPECT_EQ(type.alive, 2);
    EXPECT_FALSE(Duplicate(Opaque(&without_copy, without_copy.Make(7)), {}, {}));
  }
  EXPECT_EQ(type.alive, 0);
  EXPECT_EQ(without_copy.alive, 0);
}

}  // namespace
}  // namespace modcert::engine
