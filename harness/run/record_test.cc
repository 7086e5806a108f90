#include "run/record.h"

#include <gtest/gtest.h>

#include "resp/encode.h"
#include "spec/reader.h"

namespace modcert::run {
namespace {

using resp::Value;

TEST(ExpectationFor, IsTheObviousJson) {
  EXPECT_EQ(ExpectationFor(Value::Integer(7)), "7");
  EXPECT_EQ(ExpectationFor(Value::Bulk("a\"b")), R"("a\"b")");
  EXPECT_EQ(ExpectationFor(Value::Bulk("\xff")), R"({"$hex": "ff"})");
  EXPECT_EQ(ExpectationFor(Value::Simple("OK")), R"({"$simple": "OK"})");
  EXPECT_EQ(ExpectationFor(Value::Error("ERR no")), R"({"$error": "ERR no"})");
  EXPECT_EQ(ExpectationFor(Value::Array({Value::Null(), Value::Bool(true)})), "[null, true]");
  EXPECT_EQ(ExpectationFor(Value::Map({Value::Bulk("a"), Value::Integer(1)})),
            R"({"$map": [["a", 1]]})");
  EXPECT_EQ(ExpectationFor(Value::Set({Value::Integer(1)})), R"({"$set": [1]})");
}

// Runs one scenario's steps against the given replies.
std::string Recorded(const std::string& steps, const std::vector<Value>& replies) {
  const std::string source =
      R"({"suite": "s", "scenarios": [{"name": "n", "steps": [)" + steps + "]}]}";
  const auto file = spec::ReadSpec(source, "f.json", {});
  EXPECT_TRUE(file) << file.error().ToString();
  RecordedScenario scenario{.scenario = &file->scenarios[0], .records = {}};
  for (size_t i = 0; i < replies.size(); ++i) {
    StepRecord record;
    record.step = static_cast<int>(i);
    record.kind = target::Outcome::Kind::kReply;
    resp::Encode(replies[i], resp::Protocol::kResp3, record.raw);
    scenario.records.push_back(std::move(record));
  }
  const std::string all = WithRecordedReplies(source, {scenario});
  const size_t begin = all.find("\"steps\": [") + 10;
  return all.substr(begin, all.size() - begin - 4);
}

TEST(Record, FillsInWhatIsMissingAndReplacesWhatIsWrong) {
  EXPECT_EQ(Recorded(R"({"send": "A"}, {"send": ["B"], "expect": 1}, {"receive": null})",
                     {Value::Integer(5), Value::Bulk("x"), Value::Simple("OK")}),
            R"({"send": "A", "expect": 5}, {"send": ["B"], "expect": "x"}, )"
            R"({"receive": {"$simple": "OK"}})");
}

TEST(Record, KeepsWhatIsRightAndWhatIsLoose) {
  const std::string steps =
      R"({"send": "A", "expect":  1}, {"send": "B", "expect": {"$any": "error"}})";
  EXPECT_EQ(Recorded(steps, {Value::Integer(1), Value::Integer(1)}), steps);
}

}  // namespace
}  // namespace modcert::run
