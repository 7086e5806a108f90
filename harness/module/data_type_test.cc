#include "module/data_type.h"

#include <gtest/gtest.h>

namespace modcert::module {
namespace {

void AuxSave(RedisModuleIO*, int) {}
size_t MemoryUsage2(RedisModuleKeyOptCtx*, const void*, size_t) { return 0; }

// Every version of the struct has its fields in the same places, so the newest stands for all.
RedisModuleTypeMethods Methods(uint64_t version) {
  RedisModuleTypeMethods methods = {};
  methods.version = version;
  methods.aux_save = AuxSave;
  methods.mem_usage2 = MemoryUsage2;
  methods.aux_save2 = AuxSave;
  return methods;
}

RedisModuleTypeMethods Read(uint64_t version, std::string_view profile) {
  const RedisModuleTypeMethods from = Methods(version);
  RedisModuleTypeMethods to = {};
  EXPECT_TRUE(ReadTypeMethods(&from, **abi::ParseProfile(profile), to));
  return to;
}

TEST(TypeMethods, EndWhereTheVersionOfTheStructEnds) {
  EXPECT_EQ(Read(1, "redis-7.2").aux_save, nullptr);
  EXPECT_NE(Read(2, "redis-7.2").aux_save, nullptr);
  EXPECT_EQ(Read(3, "redis-7.2").mem_usage2, nullptr);
  EXPECT_NE(Read(4, "redis-7.2").mem_usage2, nullptr);
  EXPECT_EQ(Read(4, "redis-7.2").aux_save2, nullptr);
  EXPECT_NE(Read(5, "redis-7.2").aux_save2, nullptr);
}

TEST(TypeMethods, AreCutToWhatTheServerKnows) {
  EXPECT_EQ(Read(5, "redis-7.0").aux_save2, nullptr);
  EXPECT_NE(Read(5, "redis-7.0").mem_usage2, nullptr);
  EXPECT_EQ(Read(5, "redis-6.2").mem_usage2, nullptr);
  EXPECT_NE(Read(5, "redis-6.0").aux_save, nullptr);
  EXPECT_EQ(Read(5, "redis-4.0").aux_save, nullptr);
  EXPECT_NE(Read(99, "valkey-8.0").aux_save2, nullptr);
}

TEST(TypeMethods, WithoutAVersionAreRefused) {
  const RedisModuleTypeMethods from = Methods(0);
  RedisModuleTypeMethods to = {};
  EXPECT_FALSE(ReadTypeMethods(&from, abi::DefaultProfile(), to));
}

}  // namespace
}  // namespace modcert::module
