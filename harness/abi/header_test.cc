// The generated headers, seen from modules that were built with them. That they compile cleanly in
// C and C++ and have the published struct layouts, the build of these modules has shown already.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "abi/api_table.h"

namespace modcert::abi {
namespace {

// The least that a module can be loaded into: the first word of its context is GetApi.
struct FakeContext {
  int (*get_api)(const char*, void**);
};

const Profile*& CurrentProfile() {
  static const Profile* profile = nullptr;
  return profile;
}

std::map<std::string, int>& Asked() {
  static std::map<std::string, int> asked;
  return asked;
}

int GetApi(const char* name, void** target) {
  ++Asked()[name];
  void* found = ApiTable(*CurrentProfile()).Lookup(name, CallMode::kBare);
  if (!found) return 1;
  *target = found;
  return 0;
}

// What OnLoad of the module answers; every API function is a stub.
int Load(const std::string& file, const char* entry_point, std::string_view profile) {
  void* library = dlopen((std::string(ABI_MODULES) + "/" + file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) ADD_FAILURE() << dlerror();
  if (!library) return -1;
  auto on_load = reinterpret_cast<int (*)(FakeContext*, void**, int)>(dlsym(library, entry_point));
  CurrentProfile() = *ParseProfile(profile);
  Asked().clear();
  FakeContext context{GetApi};
  int result = on_load(&context, nullptr, 0);
  dlclose(library);
  return result;
}

// A stub of IsModuleNameBusy answers 0, so Init goes through.
TEST(Header, AModuleInCResolvesItsFunctions) {
  EXPECT_EQ(Load("abi_redis_module.so", "RedisModule_OnLoad", "redis-7.0"), REDISMODULE_OK);
}

TEST(Header, AModuleInCxxResolvesItsFunctions) {
  EXPECT_EQ(Load("abi_redis_module_cc.so", "RedisModule_OnLoad", "redis-7.0"), REDISMODULE_OK);
}

TEST(Header, AModuleInTheSpellingOfValkeyResolvesItsFunctions) {
  EXPECT_EQ(Load("abi_valkey_module.so", "ValkeyModule_OnLoad", "valkey-9.1"), REDISMODULE_OK);
}

TEST(Header, AModuleAsksOnceForEachFunctionOfTheNewestRedis) {
  Load("abi_redis_module_cc.so", "RedisModule_OnLoad", "redis-8.10");
  size_t known = 0;
  for (const auto& [name, count] : Asked()) {
    EXPECT_EQ(count, 1) << name;
    const Function* function = Find(WithoutPrefix(name, ServerKind::kRedis));
    known += function && AvailableIn(*function, *CurrentProfile());
  }
  // ReplySetPushLength is in the header and in no server.
  EXPECT_EQ(known, 397u);
  EXPECT_EQ(Asked().size(), 398u);
}

std::string Read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Runs a generator with hash randomisation of its own, and compares with what the build made.
void ExpectSameOutput(const std::string& generator, const std::filesystem::path& built) {
  std::filesystem::path fresh = std::filesystem::path(testing::TempDir()) / ("abi_" + generator);
  std::string command = "PYTHONHASHSEED=4711 " ABI_PYTHON " " MODCERT_SOURCE_DIR "/harness/abi/" +
                        generator + " " + fresh.string();
  ASSERT_EQ(std::system(command.c_str()), 0);
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(fresh)) {
    EXPECT_EQ(Read(entry.path()), Read(built / entry.path().filename())) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 4u);
  std::filesystem::remove_all(fresh);
}

TEST(Generator, WritesTheSameHeadersEachTime) {
  ExpectSameOutput("generate_header.py", MODCERT_BINARY_DIR "/generated");
}

TEST(Generator, WritesTheSameTablesEachTime) {
  ExpectSameOutput("generate_tables.py", MODCERT_BINARY_DIR "/generated/abi");
}

}  // namespace
}  // namespace modcert::abi
