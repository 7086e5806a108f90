#include "run/profile_matrix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "abi/profile.h"

namespace modcert::run {
namespace {

using Outcome = report::ProfileVerdict::Outcome;

CertifyOptions OptionsFor(const std::string& name) {
  CertifyOptions options;
  options.path = MODCERT_BINARY_DIR "/modules/" + name + ".so";
  return options;
}

std::map<std::string, report::ProfileVerdict> ByName(
    const std::vector<report::ProfileVerdict>& verdicts) {
  std::map<std::string, report::ProfileVerdict> named;
  for (const auto& verdict : verdicts) named[verdict.profile] = verdict;
  return named;
}

TEST(CertifyOnAll, HasOneLineForEachVersionInTheirOrder) {
  const auto certificate = CertifyOnAll(OptionsFor("hello"));
  ASSERT_TRUE(certificate) << certificate.error().ToString();
  ASSERT_EQ(certificate->profiles.size(), abi::AllProfiles().size());
  for (size_t i = 0; i < certificate->profiles.size(); ++i)
    EXPECT_EQ(certificate->profiles[i].profile, abi::AllProfiles()[i].name);
  EXPECT_EQ(certificate->profile, "redis-7.0");
  EXPECT_EQ(certificate->verdict(), "CERTIFIED");
}

TEST(CertifyOnAll, HoldsNothingAgainstAModuleThatBreaksBelowItsMinimum) {
  const auto certificate = CertifyOnAll(OptionsFor("hello"));
  ASSERT_TRUE(certificate);
  auto verdicts = ByName(certificate->profiles);
  // GetRandomBytes came with 5.0; hello calls it without a look.
  EXPECT_EQ(verdicts["redis-4.0"].outcome, Outcome::kBreaks);
  EXPECT_EQ(verdicts["redis-4.0"].lacks, std::vector<std::string>{"GetRandomBytes"});
  EXPECT_FALSE(verdicts["redis-4.0"].counts());
  EXPECT_EQ(verdicts["redis-5.0"].outcome, Outcome::kCertified);
  EXPECT_EQ(verdicts["valkey-9.1"].outcome, Outcome::kCertified);
  EXPECT_EQ(verdicts["redis-8.10"].detail, "8 checks passed");
}

TEST(CertifyOnAll, FindsOutWhetherAModuleDoesWithoutWhatItLacks) {
  const auto certificate = CertifyOnAll(OptionsFor("fallback"));
  ASSERT_TRUE(certificate);
  auto verdicts = ByName(certificate->profiles);
  EXPECT_EQ(verdicts["redis-4.0"].outcome, Outcome::kSurvives);
  EXPECT_EQ(verdicts["redis-6.2"].outcome, Outcome::kSurvives);
  EXPECT_EQ(verdicts["redis-7.0"].outcome, Outcome::kCertified);
}

TEST(CertifyOnAll, ARefusalToLoadIsAnAnswer) {
  CertifyOptions options = OptionsFor("fallback");
  options.args = {"strict"};
  const auto certificate = CertifyOnAll(options);
  ASSERT_TRUE(certificate);
  auto verdicts = ByName(certificate->profiles);
  EXPECT_EQ(verdicts["redis-6.2"].outcome, Outcome::kRefuses);
  EXPECT_NE(verdicts["redis-6.2"].detail.find("no ReplyWithMap"), std::string::npos);
  EXPECT_EQ(verdicts["redis-7.0"].outcome, Outcome::kCertified);
}

TEST(CertifyOnAll, OneVersionAloneHasNoMatrix) {
  CertifyOptions options = OptionsFor("hello");
  options.profile = "redis-6.2";
  const auto certificate = CertifyOnAll(options);
  ASSERT_TRUE(certificate);
  EXPECT_TRUE(certificate->profiles.empty());
  EXPECT_EQ(certificate->profile, "redis-6.2");
}

TEST(CertifyOnAll, WhatFailsEverywhereIsFoundOnce) {
  const auto certificate = CertifyOnAll(OptionsFor("broken/handle_double_free"));
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->verdict(), "NOT CERTIFIED");
  EXPECT_EQ(
      std::ranges::count(certificate->findings, "handle.double-free", &validate::Finding::contract),
      1);
  EXPECT_EQ(ByName(certificate->profiles)["redis-6.0"].outcome, Outcome::kNotCertified);
}

TEST(CertifyOnAll, TwoRunsGiveTheSameBytes) {
  const auto first = CertifyOnAll(OptionsFor("hash"));
  const auto second = CertifyOnAll(OptionsFor("hash"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(report::CertificateJson(*first), report::CertificateJson(*second));
  EXPECT_EQ(report::CertificateHtml(*first), report::CertificateHtml(*second));
}

TEST(TrySurvival, TellsOfEachVersionWhatItLacksAndWhetherTheModuleSurvives) {
  const auto survival = TrySurvival(OptionsFor("fallback"));
  ASSERT_TRUE(survival);
  EXPECT_TRUE(survival->module.loaded);
  EXPECT_EQ(survival->module.first_redis, "7.0.0");
  auto verdicts = ByName(survival->profiles);
  EXPECT_EQ(verdicts["redis-5.0"].lacks, std::vector<std::string>{"ReplyWithMap"});
  EXPECT_EQ(verdicts["redis-5.0"].outcome, Outcome::kSurvives);
  EXPECT_TRUE(verdicts["redis-7.0"].lacks.empty());
}

}  // namespace
}  // namespace modcert::run
