// Certificates of our own modules, compared as text with testdata/certificates. What the compiler
// decides (hash, build id, size, which
// functions its code refers to) is left out. After a wanted change: run with UPDATE_CERTIFICATES=1
// and read the difference.
#include "run/certification.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "spec/reader.h"

namespace modcert::run {
namespace {

const std::string kModules = MODCERT_BINARY_DIR "/modules/";
const std::string kGolden = MODCERT_SOURCE_DIR "/harness/run/testdata/certificates/";

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

CertifyOptions OptionsFor(const std::string& name) {
  CertifyOptions options;
  options.path = kModules + name + ".so";
  return options;
}

std::string TextOf(report::Certificate certificate) {
  certificate.sha256 = "(sha256)";
  certificate.build_id = "(build id)";
  certificate.size = 0;
  certificate.module.functions.clear();
  certificate.module.first_redis.clear();
  certificate.module.first_valkey.clear();
  std::string text = report::CertificateText(certificate, report::Colour::kNo);
  ReplaceAll(text, kModules, "");
  ReplaceAll(text, MODCERT_SOURCE_DIR "/", "");
  return text;
}

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return std::move(text).str();
}

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, CertificateIsAsExpected) {
  const auto certificate = Certify(OptionsFor(GetParam()));
  ASSERT_TRUE(certificate.has_value()) << certificate.error().ToString();
  const std::string text = TextOf(*certificate);
  const std::string path = kGolden + GetParam() + ".txt";
  if (std::getenv("UPDATE_CERTIFICATES")) std::ofstream(path) << text;
  EXPECT_EQ(text, ReadAll(path));
}

INSTANTIATE_TEST_SUITE_P(Modules, Golden,
                         testing::Values("hello", "hellotype", "cxx_mangled", "name_clash"));

TEST(Certify, TwoRunsGiveTheSameBytes) {
  const auto first = Certify(OptionsFor("hash"));
  const auto second = Certify(OptionsFor("hash"));
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(report::CertificateJson(*first), report::CertificateJson(*second));
  EXPECT_EQ(report::CertificateHtml(*first), report::CertificateHtml(*second));
}

TEST(Certify, OneCallCanBeRepeatedAlone) {
  CertifyOptions options = OptionsFor("misbehave");
  options.only = "resp2 misbehave.crash";
  const auto certificate = Certify(options);
  ASSERT_TRUE(certificate.has_value());
  ASSERT_EQ(certificate->findings.size(), 1u);
  EXPECT_EQ(certificate->findings[0].contract, "run.crash");
  EXPECT_EQ(certificate->findings[0].function, "misbehave.crash");
  EXPECT_EQ(certificate->verdict(), "NOT CERTIFIED");
}

std::vector<std::string> FunctionsOf(const report::Certificate& certificate,
                                     std::string_view contract) {
  std::vector<std::string> functions;
  for (const validate::Finding& finding : certificate.findings)
    if (finding.contract == contract) functions.push_back(finding.function);
  return functions;
}

std::string DetailOf(const report::Certificate& certificate, std::string_view check) {
  for (const report::Check& one : certificate.checks)
    if (one.name == check) return one.detail;
  return "no such check";
}

TEST(Certify, ACommandThatLeaksIsNamedThoughItsModuleIsNeverUnloaded) {
  const auto certificate = Certify(OptionsFor("broken/memory_freed_with_data"));
  ASSERT_TRUE(certificate.has_value());
  EXPECT_EQ(FunctionsOf(*certificate, "memory.freed-with-data"),
            std::vector<std::string>{"memory_freed_with_data.wrong"});
  EXPECT_EQ(certificate->verdict(), "CERTIFIED WITH WARNINGS");
}

TEST(Certify, ALeakIsToldWithItsCommandAndNotOnceMoreAtUnload) {
  const auto certificate = Certify(OptionsFor("broken/memory_freed_at_unload"));
  ASSERT_TRUE(certificate.has_value());
  EXPECT_EQ(FunctionsOf(*certificate, "memory.freed-with-data"),
            std::vector<std::string>{"memory_freed_at_unload.wrong"});
  EXPECT_EQ(certificate->findings.size(), 1u);
}

TEST(Certify, ARewriteThatDiesIsNotBlamedOnTheCall) {
  const auto certificate = Certify(OptionsFor("broken/aof_rewrite_ends"));
  ASSERT_TRUE(certificate.has_value());
  EXPECT_EQ(FunctionsOf(*certificate, "aof.rewrite-ends"),
            std::vector<std::string>{"aof_rewrite_ends.wrong"});
  EXPECT_EQ(certificate->findings.size(), 1u);
  EXPECT_EQ(certificate->verdict(), "CERTIFIED WITH WARNINGS");
}

TEST(Certify, WhatScenariosLeaveIsSavedAndLoaded) {
  CertifyOptions options = OptionsFor("hellotype");
  const auto spec = spec::ReadSpec(
      R"({"suite": "s", "modules": [{"path": ")" + options.path + R"("}], "scenarios": [
          {"name": "leaves a value", "steps": [{"send": "HELLOTYPE.INSERT k 1"}]},
          {"name": "leaves none", "steps": [{"send": "HELLOTYPE.LEN k"}]},
          {"name": "asks for it", "steps": [{"send": "HELLOTYPE.INSERT k 1"},
                                            {"oracles": ["rdb"]}]}]})",
      "f.json", {});
  ASSERT_TRUE(spec.has_value()) << spec.error().ToString();
  options.specs = {*spec};
  const auto certificate = Certify(options);
  ASSERT_TRUE(certificate.has_value());
  EXPECT_EQ(certificate->specs.Count(report::Verdict::kPassed), 3);
  EXPECT_EQ(DetailOf(*certificate, "RDB round trip"),
            "2 calls and 2 scenarios left data that was saved, loaded and saved again");
}

TEST(Certify, AWarningAboutWhatAScenarioLeavesDoesNotFailIt) {
  CertifyOptions options = OptionsFor("broken/rdb_saves_the_same");
  const auto spec = spec::ReadSpec(
      R"({"suite": "s", "modules": [{"path": ")" + options.path + R"("}], "scenarios": [
          {"name": "leaves a value", "steps": [{"send": "RDB_SAVES_THE_SAME.WRONG k 1"}]}]})",
      "f.json", {});
  ASSERT_TRUE(spec.has_value()) << spec.error().ToString();
  options.specs = {*spec};
  const auto certificate = Certify(options);
  ASSERT_TRUE(certificate.has_value());
  EXPECT_EQ(certificate->specs.Count(report::Verdict::kPassed), 1);
  EXPECT_EQ(FunctionsOf(*certificate, "rdb.saves-the-same"),
            (std::vector<std::string>{"rdb_saves_the_same.wrong", ""}));
  EXPECT_EQ(certificate->verdict(), "CERTIFIED WITH WARNINGS");
}

TEST(Certify, AFileThatIsNotThereIsTheUsersError) {
  const auto certificate = Certify(OptionsFor("no_such_module"));
  ASSERT_FALSE(certificate.has_value());
  EXPECT_EQ(certificate.error().problem, "cannot be opened");
}

TEST(Certify, AProfileThatIsUnknownIsTheUsersError) {
  CertifyOptions options = OptionsFor("hello");
  options.profile = "redis-1.2";
  EXPECT_FALSE(Certify(options).has_value());
}

TEST(Certify, AModuleMayRefuseToLoadWithoutArguments) {
  CertifyOptions options = OptionsFor("args");
  options.args = {"color", "red"};
  const auto certificate = Certify(options);
  ASSERT_TRUE(certificate.has_value());
  EXPECT_EQ(certificate->verdict(), "CERTIFIED");
}

}  // namespace
}  // namespace modcert::run
