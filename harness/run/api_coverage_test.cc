// Catalogue, host and proofs against each other. What is not proved yet stands in a list that only
// shrinks.
#include "run/api_coverage.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace modcert::run {
namespace {

namespace fs = std::filesystem;

const std::string kSpecs = MODCERT_SOURCE_DIR "/specs";

ApiCoverage Coverage() {
  auto coverage = FindApiCoverage(kSpecs);
  EXPECT_TRUE(coverage) << coverage.error().ToString();
  return coverage ? *coverage : ApiCoverage();
}

// The lines of a list, without those that are empty or say why.
std::set<std::string> LinesOf(const std::string& path) {
  std::ifstream file(path);
  std::set<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') lines.insert(line);
  return lines;
}

TEST(Coverage, EachIdThatAScenarioCitesIsDeclared) {
  for (const auto& cited : Coverage().undeclared)
    ADD_FAILURE() << cited.id << " in " << cited.scenario;
}

TEST(Coverage, EachHostContractHasAScenarioButThoseOnTheList) {
  const std::set<std::string> excused = LinesOf(MODCERT_SOURCE_DIR "/specs/contracts/unproved.txt");
  const std::vector<std::string> unproved = Coverage().Unproved();
  for (const std::string& id : unproved)
    EXPECT_TRUE(excused.contains(id)) << id << " is promised by the host, and no scenario cites it";
  const std::set<std::string> still(unproved.begin(), unproved.end());
  for (const std::string& id : excused)
    EXPECT_TRUE(still.contains(id)) << id << " has a scenario, or is gone: take it off the list";
}

TEST(Coverage, EachFunctionIsNamedByAHostContract) {
  for (const std::string& function : Coverage().WithoutContract()) ADD_FAILURE() << function;
}

TEST(Coverage, EachFunctionOfAContractExists) {
  const ApiCoverage coverage = Coverage();
  std::set<std::string> names = {"*"};
  for (const auto& function : coverage.functions) names.insert(function.name);
  for (const auto& contract : coverage.contracts)
    for (const std::string& function : contract.functions)
      EXPECT_TRUE(names.contains(function)) << function << " in " << contract.id;
}

// A small world of its own: a catalogue and spec files in a folder.
class SmallSpecs : public testing::Test {
 protected:
  SmallSpecs() : root_(testing::TempDir() + "/modcert_coverage") {
    Write("contracts/key.json",
          R"([{"id":"key.a","by":"host","functions":["OpenKey","CloseKey"]},
              {"id":"key.b","by":"host","functions":["OpenKey"]},
              {"id":"key.c","by":"module","functions":["*"]}])");
    Write("api/key/open.json",
          R"({"suite":"s","scenarios":[{"name":"one","contracts":["key.a"],"steps":[]},
                                       {"name":"two","contracts":["key.z"],"steps":[]}]})");
  }
  ~SmallSpecs() override { fs::remove_all(root_); }
  void Write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ + "/" + path).parent_path());
    std::ofstream(root_ + "/" + path) << text;
  }
  std::string root_;
};

TEST_F(SmallSpecs, TellWhatIsProvedAndWhatIsNot) {
  const auto coverage = FindApiCoverage(root_);
  ASSERT_TRUE(coverage);
  EXPECT_EQ(coverage->Unproved(), std::vector<std::string>{"key.b"});
  ASSERT_EQ(coverage->undeclared.size(), 1u);
  EXPECT_EQ(coverage->undeclared[0].id, "key.z");
  EXPECT_EQ(coverage->undeclared[0].scenario, "api/key/open.json: two");
  EXPECT_EQ(coverage->contracts[0].scenarios, std::vector<std::string>{"api/key/open.json: one"});
  for (const auto& function : coverage->functions)
    if (function.name == "OpenKey") {
      EXPECT_EQ(function.contracts, (std::vector<std::string>{"key.a", "key.b"}));
      EXPECT_EQ(function.state, "implemented");
    }
  EXPECT_EQ(coverage->WithoutContract().size(), 412u);
  EXPECT_EQ(coverage->Count("never released"), 6u);
  EXPECT_FALSE(coverage->complete());
}

TEST_F(SmallSpecs, ContractsOfAFileStandForEachOfItsScenarios) {
  Write("modules/x.json", R"({"suite":"s","contracts":["key.b"],"scenarios":[{"name":"n"}]})");
  const auto coverage = FindApiCoverage(root_);
  ASSERT_TRUE(coverage);
  EXPECT_TRUE(coverage->Unproved().empty());
}

TEST(CoverageFolder, WithoutACatalogueIsTheUsersError) {
  const auto coverage = FindApiCoverage("/nonexistent");
  ASSERT_FALSE(coverage);
  EXPECT_NE(coverage.error().remedy.find("--specs"), std::string::npos);
}

}  // namespace
}  // namespace modcert::run
