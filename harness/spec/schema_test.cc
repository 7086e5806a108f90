// The JSON Schema that editors use agrees with the reader.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "spec/json_tree.h"

namespace modcert::spec {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = MODCERT_SOURCE_DIR;

class SchemaTest : public testing::Test {
 protected:
  SchemaTest() {
    const auto text = ReadFile(kRoot / "specs/schema/spec.schema.json");
    const auto json = nlohmann::json::parse(text.value());
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(json), schema_);
  }

  // The first complaint, or an empty text.
  std::string Complaint(const fs::path& path) {
    const auto text = ReadFile(path);
    const auto json = nlohmann::json::parse(text.value(), nullptr, false);
    if (json.is_discarded()) return "no JSON";
    valijson::Validator validator;
    valijson::ValidationResults results;
    const valijson::adapters::NlohmannJsonAdapter document(json);
    if (validator.validate(schema_, document, &results)) return "";
    valijson::ValidationResults::Error error;
    std::string complaint = "invalid";
    while (results.popError(error)) {
      complaint = error.description;
      for (const std::string& part : error.context) complaint += " " + part;
    }
    return complaint;
  }

  valijson::Schema schema_;
};

std::vector<fs::path> JsonFilesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  return files;
}

TEST_F(SchemaTest, AcceptsEverySpecFileThatWeHave) {
  int count = 0;
  for (const char* folder : {"specs/api", "specs/commands", "specs/modules",
                             "harness/spec/testdata/pass", "harness/spec/testdata/fail"}) {
    for (const fs::path& path : JsonFilesBelow(kRoot / folder)) {
      EXPECT_EQ(Complaint(path), "") << path;
      ++count;
    }
  }
  EXPECT_GT(count, 20);
}

TEST_F(SchemaTest, RejectsWhatASchemaCanSee) {
  for (const char* name :
       {"no_suite", "unknown_member", "unknown_step", "unknown_matcher", "plain_object",
        "only_without_reason", "blocked_inside", "odd_hex", "unknown_oracle", "bad_profile",
        "api_variant", "member_of_another_step", "negative_time"}) {
    const fs::path path = kRoot / "harness/spec/testdata/reject" / (std::string(name) + ".json");
    EXPECT_NE(Complaint(path), "") << name;
  }
}

}  // namespace
}  // namespace modcert::spec
