// The functions that only the first candidate of Redis 7.0 had: no profile offers them, so they are
// called by their rows.

#include <gtest/gtest.h>

#include "api/rows.h"
#include "module/api_tables.h"
#include "module/host.h"
#include "module/shared_object.h"

namespace modcert::api {
namespace {

namespace published = abi::published;

class CandidateKeySpecs : public testing::Test {
 protected:
  CandidateKeySpecs() : module_(host_.AddModule(std::make_unique<module::Module>(nullptr))) {
    module_.name = "candidate";
    EXPECT_TRUE(host_.AddCommand(module_, {"candidate.command", Nothing, "", 1, 1, 1}));
  }
  ~CandidateKeySpecs() override { host_.RemoveModule(module_); }

  static int Nothing(RedisModuleCtx*, RedisModuleString**, int) { return REDISMODULE_OK; }

  template <typename Published, typename... Args>
  int Call(Args... args) {
    const module::ModuleScope scope(host_, &module_);
    for (const abi::ApiRow& row : CommandRows())
      if (row.function == Published::kIndex)
        return reinterpret_cast<typename Published::Type*>(row.core)(args...);
    return -1;
  }

  RedisModuleCommand* command() { return module_.command_handles.front(); }
  const engine::CommandFacts& facts() { return command()->description.facts; }
  std::vector<int> PositionsOf(engine::Args args) {
    const auto keys = engine::KeyPositions(*command()->command, args);
    std::vector<int> positions;
    for (const engine::KeyPosition& key : keys.value()) positions.push_back(key.position);
    return positions;
  }

  VirtualClock clock_;
  module::Host host_{clock_, {.api = module::ApiTableOf(abi::DefaultProfile())}};
  module::Module& module_;
};

TEST_F(CandidateKeySpecs, AreInNoRelease) {
  for (const abi::Profile& profile : abi::AllProfiles())
    EXPECT_FALSE(abi::AvailableIn(*abi::Find("AddCommandKeySpec"), profile)) << profile.name;
}

TEST_F(CandidateKeySpecs, ReplaceTheRangeOfTheThreeNumbers) {
  int spec = -1;
  EXPECT_EQ(Call<published::AddCommandKeySpec>(command(), "RO access", &spec), REDISMODULE_OK);
  EXPECT_EQ(spec, 0);
  EXPECT_EQ(Call<published::SetCommandKeySpecBeginSearchIndex>(command(), spec, 2), REDISMODULE_OK);
  EXPECT_EQ(Call<published::SetCommandKeySpecFindKeysRange>(command(), spec, -1, 1, 0),
            REDISMODULE_OK);
  EXPECT_EQ(facts().first_key, 2);
  EXPECT_EQ(facts().last_key, -1);
  EXPECT_EQ(facts().key_specs[0].flags, uint64_t{engine::kKeyRO | engine::kKeyAccess});
  EXPECT_EQ(PositionsOf({"candidate.command", "x", "a", "b"}), (std::vector<int>{2, 3}));
}

TEST_F(CandidateKeySpecs, FindKeysBehindAWordAndANumber) {
  int spec = -1;
  Call<published::AddCommandKeySpec>(command(), "RW", &spec);
  EXPECT_EQ(Call<published::SetCommandKeySpecBeginSearchKeyword>(command(), spec, "KEYS", 1),
            REDISMODULE_OK);
  EXPECT_EQ(Call<published::SetCommandKeySpecFindKeysKeynum>(command(), spec, 0, 1, 1),
            REDISMODULE_OK);
  EXPECT_EQ(PositionsOf({"candidate.command", "x", "keys", "2", "a", "b", "c"}),
            (std::vector<int>{4, 5}));
}

TEST_F(CandidateKeySpecs, RefuseWhatThereIsNot) {
  int spec = -1;
  EXPECT_EQ(Call<published::AddCommandKeySpec>(command(), "RO nonsense", &spec), REDISMODULE_ERR);
  EXPECT_EQ(Call<published::SetCommandKeySpecBeginSearchIndex>(command(), 7, 1), REDISMODULE_ERR);
}

}  // namespace
}  // namespace modcert::api
