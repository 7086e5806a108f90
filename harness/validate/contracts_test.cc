// The catalogue against the code: each id that a finding can have is declared once.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

namespace modcert::validate {
namespace {

namespace fs = std::filesystem;

std::string TextOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<nlohmann::json> Catalogue() {
  std::vector<nlohmann::json> rows;
  for (const auto& entry : fs::directory_iterator(MODCERT_SOURCE_DIR "/specs/contracts")) {
    if (entry.path().extension() != ".json") continue;
    for (const nlohmann::json& row : nlohmann::json::parse(TextOf(entry.path()))) {
      rows.push_back(row);
      const std::string id = row.at("id");
      EXPECT_EQ(id.substr(0, id.find('.')), entry.path().stem()) << "wrong file: " << id;
    }
  }
  return rows;
}

std::set<std::string> DeclaredIds() {
  std::set<std::string> ids;
  for (const nlohmann::json& row : Catalogue()) {
    const std::string id = row.at("id");
    EXPECT_TRUE(ids.insert(id).second) << "declared twice: " << id;
  }
  return ids;
}

// The ids in calls that make a finding.
std::set<std::string> UsedIds() {
  const std::regex call(R"re((?:Report|MakeFinding)\(\s*"([a-z]+\.[a-z-]+)")re");
  std::set<std::string> ids;
  for (const auto& entry : fs::recursive_directory_iterator(MODCERT_SOURCE_DIR "/harness")) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".cc") || path.ends_with("_test.cc")) continue;
    const std::string text = TextOf(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), call), end; it != end; ++it)
      ids.insert((*it)[1]);
  }
  return ids;
}

TEST(Contracts, HaveEachFieldThatReportsNeed) {
  for (const nlohmann::json& row : Catalogue())
    for (const char* field : {"id", "by", "severity", "says", "since", "functions"})
      EXPECT_TRUE(row.contains(field)) << row.dump() << " lacks " << field;
}

TEST(Contracts, AreDeclaredWhenTheyAreUsed) {
  const std::set<std::string> declared = DeclaredIds();
  const std::set<std::string> used = UsedIds();
  EXPECT_GE(used.size(), 10u);
  for (const std::string& id : used) EXPECT_TRUE(declared.contains(id)) << id << " is not declared";
}

TEST(Contracts, OfTheValidationLayerAreBrokenByAModuleOfOurs) {
  for (const nlohmann::json& row : Catalogue()) {
    if (row.at("by") != "module" || !row.contains("wrong")) continue;
    std::string name = row.at("id");
    std::replace(name.begin(), name.end(), '.', '_');
    std::replace(name.begin(), name.end(), '-', '_');
    EXPECT_TRUE(fs::exists(MODCERT_SOURCE_DIR "/fixtures/modules/broken/" + name + ".c")) << name;
    EXPECT_TRUE(fs::exists(MODCERT_SOURCE_DIR "/specs/validate/" + name + ".json")) << name;
  }
}

}  // namespace
}  // namespace modcert::validate
