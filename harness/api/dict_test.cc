// The dictionary functions as a module calls them. What they answer was observed on redis-server
// 7.0.15.

#include "module/dict.h"

#include <gtest/gtest.h>

#include "abi/profile.h"
#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using abi::published::CreateDict;
using abi::published::DictCompareC;
using abi::published::DictDelC;
using abi::published::DictGetC;
using abi::published::DictIteratorReseekC;
using abi::published::DictIteratorStartC;
using abi::published::DictIteratorStop;
using abi::published::DictNextC;
using abi::published::DictPrevC;
using abi::published::DictReplaceC;
using abi::published::DictSetC;
using abi::published::DictSize;

constexpr int kOk = REDISMODULE_OK;
constexpr int kErr = REDISMODULE_ERR;

class DictTest : public testing::Test {
 protected:
  // The host's function behind a published one: Api<DictSetC>()(dict, ...).
  template <typename Published>
  auto Api() {
    for (const abi::ApiRow& row : DictRows())
      if (row.function == Published::kIndex)
        return reinterpret_cast<typename Published::Type*>(row.core);
    return static_cast<typename Published::Type*>(nullptr);
  }

  RedisModuleDict* DictOf(std::string_view letters) {
    RedisModuleDict* dict = Api<CreateDict>()(nullptr);
    for (char letter : letters) Api<DictSetC>()(dict, &letter, 1, nullptr);
    return dict;
  }
  RedisModuleDictIter* StartAt(RedisModuleDict* dict, const char* op, std::string key = {}) {
    return Api<DictIteratorStartC>()(dict, op, key.data(), key.size());
  }
  int Reseek(RedisModuleDictIter* iterator, const char* op, std::string key = {}) {
    return Api<DictIteratorReseekC>()(iterator, op, key.data(), key.size());
  }
  int Compare(RedisModuleDictIter* iterator, const char* op, std::string key) {
    return Api<DictCompareC>()(iterator, op, key.data(), key.size());
  }
  // The key, or "end".
  std::string Next(RedisModuleDictIter* iterator) {
    size_t size = 0;
    void* key = Api<DictNextC>()(iterator, &size, nullptr);
    return key ? std::string(static_cast<char*>(key), size) : "end";
  }
  std::string Prev(RedisModuleDictIter* iterator) {
    size_t size = 0;
    void* key = Api<DictPrevC>()(iterator, &size, nullptr);
    return key ? std::string(static_cast<char*>(key), size) : "end";
  }
  // Where a seek in "bdf" leads.
  std::string Sought(const char* op, std::string key) {
    RedisModuleDictIter* iterator = StartAt(DictOf("bdf"), op, std::move(key));
    std::string found = Next(iterator);
    Api<DictIteratorStop>()(iterator);
    return found;
  }

  VirtualClock clock_;
  abi::ApiTable table_{abi::DefaultProfile()};
  module::Host host_{clock_, {.api = table_}};
  module::ModuleScope scope_{host_, nullptr};
};

TEST_F(DictTest, SetKeepsAndReplaceReplacesWithErr) {
  RedisModuleDict* dict = DictOf("");
  char key[] = "k";
  int one = 1, two = 2, no_key = 9;
  EXPECT_EQ(Api<DictSetC>()(dict, key, 1, &one), kOk);
  EXPECT_EQ(Api<DictSetC>()(dict, key, 1, &two), kErr);
  EXPECT_EQ(Api<DictGetC>()(dict, key, 1, &no_key), &one);
  EXPECT_EQ(no_key, 0);
  EXPECT_EQ(Api<DictReplaceC>()(dict, key, 1, &two), kErr);
  EXPECT_EQ(Api<DictGetC>()(dict, key, 1, nullptr), &two);
  EXPECT_EQ(Api<DictReplaceC>()(dict, key, 0, &two), kOk);
  EXPECT_EQ(Api<DictSize>()(dict), 2u);
}

TEST_F(DictTest, DelGivesTheOldValueOnlyWhenThereWasOne) {
  RedisModuleDict* dict = DictOf("");
  char key[] = "k";
  int value = 1;
  void* old = &dict;
  Api<DictSetC>()(dict, key, 1, &value);
  EXPECT_EQ(Api<DictDelC>()(dict, key, 1, &old), kOk);
  EXPECT_EQ(old, &value);
  EXPECT_EQ(Api<DictDelC>()(dict, key, 1, &old), kErr);
  EXPECT_EQ(old, &value);
}

TEST_F(DictTest, SeeksOnBothSidesOfEachKey) {
  EXPECT_EQ(Sought("^", "d"), "b");
  EXPECT_EQ(Sought("$", "d"), "f");
  EXPECT_EQ(Sought(">", "c"), "d");
  EXPECT_EQ(Sought(">", "d"), "f");
  EXPECT_EQ(Sought(">", "f"), "end");
  EXPECT_EQ(Sought(">=", "d"), "d");
  EXPECT_EQ(Sought(">=", "e"), "f");
  EXPECT_EQ(Sought(">=", "g"), "end");
  EXPECT_EQ(Sought("<", "c"), "b");
  EXPECT_EQ(Sought("<", "b"), "end");
  EXPECT_EQ(Sought("<=", "b"), "b");
  EXPECT_EQ(Sought("<=", "a"), "end");
  EXPECT_EQ(Sought("==", "d"), "d");
  EXPECT_EQ(Sought("=", "d"), "d");
  EXPECT_EQ(Sought("==", "c"), "end");
}

TEST_F(DictTest, OrdersKeysAsUnsignedBytesShorterFirst) {
  RedisModuleDict* dict = DictOf("a\xff");
  char longer[] = {'a', '\0'};
  Api<DictSetC>()(dict, longer, 2, nullptr);
  RedisModuleDictIter* iterator = StartAt(dict, "^");
  EXPECT_EQ(Next(iterator), "a");
  EXPECT_EQ(Next(iterator), std::string("a\0", 2));
  EXPECT_EQ(Next(iterator), "\xff");
}

TEST_F(DictTest, TurnsAroundBetweenElementsButNotAtAnEnd) {
  RedisModuleDictIter* iterator = StartAt(DictOf("bdf"), "^");
  EXPECT_EQ(Next(iterator), "b");
  EXPECT_EQ(Next(iterator), "d");
  EXPECT_EQ(Prev(iterator), "b");
  EXPECT_EQ(Prev(iterator), "end");
  EXPECT_EQ(Next(iterator), "end");
  EXPECT_EQ(Reseek(iterator, "$"), 1);
  EXPECT_EQ(Prev(iterator), "f");
}

TEST_F(DictTest, ReseekAnswersOneForAnySeekThatIsCarriedOut) {
  RedisModuleDictIter* iterator = StartAt(DictOf("bdf"), "^");
  EXPECT_EQ(Reseek(iterator, "==", "c"), 1);
  EXPECT_EQ(Reseek(iterator, "?", "b"), 0);
  EXPECT_EQ(Next(iterator), "end");
}

TEST_F(DictTest, GoesOnAfterItsElementWasDeleted) {
  RedisModuleDict* dict = DictOf("bdf");
  RedisModuleDictIter* iterator = StartAt(dict, "^");
  Next(iterator);
  Next(iterator);
  char key = 'd';
  Api<DictDelC>()(dict, &key, 1, nullptr);
  EXPECT_EQ(Next(iterator), "f");
  EXPECT_EQ(Prev(iterator), "b");
}

TEST_F(DictTest, ComparesTheCurrentElementBeforeAndAfterItWasGiven) {
  RedisModuleDictIter* iterator = StartAt(DictOf("bdf"), "==", "d");
  EXPECT_EQ(Compare(iterator, ">", "c"), kOk);
  EXPECT_EQ(Next(iterator), "d");
  EXPECT_EQ(Compare(iterator, ">", "d"), kErr);
  EXPECT_EQ(Compare(iterator, ">=", "d"), kOk);
  EXPECT_EQ(Compare(iterator, "<", "e"), kOk);
  EXPECT_EQ(Compare(iterator, "==", "e"), kErr);
  // A seek takes a single "=", a comparison does not.
  EXPECT_EQ(Compare(iterator, "=", "d"), kErr);
  Next(iterator);
  Next(iterator);
  EXPECT_EQ(Compare(iterator, ">", "a"), kErr);
}

}  // namespace
}  // namespace modcert::api
