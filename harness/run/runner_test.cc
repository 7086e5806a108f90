// The runner has specs too: spec/testdata/pass must pass and spec/testdata/fail must fail, each
// scenario as the text beside its file says.
#include "run/runner.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "report/text.h"
#include "run/compare.h"
#include "run/reproduce.h"
#include "spec/json_tree.h"
#include "spec/reader.h"
#include "target/redis_target.h"

namespace modcert::run {
namespace {

namespace fs = std::filesystem;
using report::Verdict;

const fs::path kTestdata = fs::path(MODCERT_SOURCE_DIR) / "harness/spec/testdata";

Side RedisSide() {
  return {
      .make_target = [] { return std::make_unique<target::RedisTarget>(target::RedisOptions{}); },
      .target_text = "redis",
      .isolate = Isolate::kNone,
      .limits = {}};
}

std::vector<spec::SpecFile> ReadFolder(const std::string& name) {
  std::vector<spec::SpecFile> files;
  for (const auto& entry : fs::directory_iterator(kTestdata / name)) {
    if (entry.path().extension() != ".json") continue;
    auto file = spec::ReadSpecFile(entry.path(), {});
    EXPECT_TRUE(file) << file.error().ToString();
    file->path =
        entry.path().filename();  // so that texts do not depend on the place of the sources
    files.push_back(*std::move(file));
  }
  return files;
}

TEST(Runner, WhatShouldPassPasses) {
  const auto files = ReadFolder("pass");
  RunOptions options;
  options.side = RedisSide();
  const auto run = RunPicks(*Select(files, {}), options);
  EXPECT_EQ(report::Text(run, report::Colour::kNo), report::TextSummary(run, report::Colour::kNo));
  EXPECT_GT(run.Count(Verdict::kPassed), 15);
  EXPECT_EQ(run.Count(Verdict::kSkipped), 2);  // testdata/skipped and testdata/required_file
}

TEST(Runner, JobsChangeNothing) {
  const auto files = ReadFolder("pass");
  RunOptions options;
  options.side = RedisSide();
  options.jobs = 3;
  const auto run = RunPicks(*Select(files, {}), options);
  EXPECT_TRUE(run.conforms());
  EXPECT_GT(run.Count(Verdict::kPassed), 15);
}

TEST(Runner, WhatShouldFailSaysWhy) {
  const auto files = ReadFolder("fail");
  RunOptions options;
  options.side = RedisSide();
  const auto run = RunPicks(*Select(files, {}), options);
  EXPECT_EQ(run.Count(Verdict::kPassed), 0);
  for (const spec::SpecFile& file : files) {
    const auto expected =
        spec::ReadFile(fs::path(kTestdata / "fail" / file.path).replace_extension(".txt"));
    if (!expected) continue;  // its text has addresses or times in it
    std::string text;
    for (const auto& scenario : run.scenarios) {
      if (scenario.file == file.path) text += report::TextOfScenario(scenario, report::Colour::kNo);
    }
    EXPECT_EQ(text, *expected);
  }
}

TEST(Runner, ADeadServerIsAFinding) {
  const auto file = spec::ReadSpecFile(kTestdata / "fail/death.json", {});
  const std::vector<spec::SpecFile> files = {*file};
  RunOptions options;
  options.side = RedisSide();
  const auto run = RunPicks(*Select(files, {}), options);
  ASSERT_EQ(run.scenarios[0].findings.size(), 1u);
  EXPECT_EQ(run.scenarios[0].findings[0].contract, "run.crash");
  EXPECT_EQ(run.scenarios[0].findings[0].message, "the server died during: send DEBUG SEGFAULT");
  EXPECT_EQ(run.scenarios[0].findings[0].log.back(),
            "redis-server killed by signal 11 (Segmentation fault)");
}

TEST(Runner, TwoServersAnswerAlike) {
  const auto files = ReadFolder("pass");
  RunOptions options;
  options.side = RedisSide();
  const auto run = DiffPicks(*Select(files, {}), options, RedisSide());
  EXPECT_TRUE(run.conforms()) << report::Text(run, report::Colour::kNo);
}

// ---- comparing ----

report::ScenarioResult CompareReplies(const std::string& expect, const std::string& left,
                                      const std::string& right) {
  const auto file = spec::ReadSpec(
      R"({"suite": "s", "scenarios": [{"name": "n", "steps": [{"send": "X")" + expect + "}]}]}",
      "f.json", {});
  EXPECT_TRUE(file) << file.error().ToString();
  const auto recorded = [](const std::string& name, const std::string& raw) {
    StepRecord record{
        .step = 0, .kind = target::Outcome::Kind::kReply, .raw = raw, .propagated = {}};
    return Recorded{.name = name, .result = {}, .records = {record}};
  };
  return Compare({.file = &*file, .scenario = &file->scenarios[0]}, recorded("ours", left),
                 recorded("theirs", right));
}

TEST(Compare, PlainExpectationsWantEqualBytes) {
  EXPECT_TRUE(CompareReplies("", ":1\r\n", ":1\r\n").failures.empty());
  EXPECT_FALSE(CompareReplies("", ":1\r\n", ":2\r\n").failures.empty());
  EXPECT_FALSE(CompareReplies(R"(, "expect": "a")", "+a\r\n", "$1\r\na\r\n").failures.empty());
  EXPECT_FALSE(CompareReplies(R"(, "expect": {"$error": "ERR"})", "-ERR a\r\n", "-ERR b\r\n")
                   .failures.empty());
}

TEST(Compare, AMatcherAllowsADifferenceWhereItStands) {
  const std::string left = "*2\r\n:1\r\n:5\r\n";
  const std::string right = "*2\r\n:1\r\n:6\r\n";
  EXPECT_TRUE(CompareReplies(R"(, "expect": [1, {"$any": true}])", left, right).failures.empty());
  EXPECT_TRUE(CompareReplies(R"(, "expect": {"$any": true})", left, right).failures.empty());
  EXPECT_FALSE(CompareReplies(R"(, "expect": [{"$any": true}, 5])", left, right).failures.empty());
}

TEST(Compare, ShowsBothSides) {
  const auto result = CompareReplies("", "*2\r\n:1\r\n:5\r\n", "*2\r\n:1\r\n:6\r\n");
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_EQ(result.failures[0].message,
            "the answers differ\n"
            "        ours           | theirs\n"
            "        1) (integer) 1   1) (integer) 1\n"
            "        2) (integer) 5 | 2) (integer) 6");
}

// ---- selecting and reproducing ----

TEST(Select, FiltersAndThenShards) {
  spec::SpecFile file;
  for (const char* name : {"a1", "b", "a2", "a(3)"}) file.scenarios.emplace_back().name = name;
  const std::vector<spec::SpecFile> files = {file};
  EXPECT_EQ(Select(files, {.filter = "^a"})->size(), 3u);
  const auto shard = Select(files, {.filter = "^a", .shard_index = 1, .shard_count = 2});
  ASSERT_EQ(shard->size(), 1u);
  EXPECT_EQ((*shard)[0].scenario->name, "a2");
  EXPECT_EQ(Select(files, {.filter = ExactFilter("a(3)")})->size(), 1u);
  EXPECT_FALSE(Select(files, {.filter = "("}));
}

TEST(Select, AShardIsOneToN) {
  EXPECT_EQ(ParseShard("2/5")->shard_index, 1);
  for (const char* text : {"0/5", "6/5", "2", "2/", "2/5x", "a/b"}) {
    EXPECT_FALSE(ParseShard(text)) << text;
  }
}

TEST(ShellQuote, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(ShellQuote("a/b-c.json"), "a/b-c.json");
  EXPECT_EQ(ShellQuote("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellQuote(""), "''");
}

}  // namespace
}  // namespace modcert::run
