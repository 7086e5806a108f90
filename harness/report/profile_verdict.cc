#include "report/profile_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "report/json.h"

namespace modcert::report {
namespace {

using JsonNode = nlohmann::ordered_json;
using Outcome = ProfileVerdict::Outcome;

// More names than this are counted: who wants them all asks `modcert api`.
constexpr size_t kLacksShown = 4;

std::string_view ColourOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCertified:
      return "32";
    case Outcome::kWarnings:
      return "33";
    case Outcome::kNotCertified:
      return "31";
    default:
      return "2";
  }
}

std::string Lacks(const ProfileVerdict& verdict) {
  const size_t count = verdict.lacks.size();
  if (count == 0) return {};
  const size_t shown = std::min(count, kLacksShown);
  const std::span<const std::string> names(verdict.lacks.data(), shown);
  std::string text = fmt::format("lacks {}", fmt::join(names, " "));
  if (count > shown) text += fmt::format(" and {} more", count - shown);
  return text;
}

}  // namespace

std::string_view OutcomeName(Outcome outcome) {
  constexpr std::string_view kNames[] = {"certified", "certified with warnings", "NOT CERTIFIED",
                                         "survives",  "refuses to load",         "breaks"};
  return kNames[static_cast<int>(outcome)];
}

std::string TextOfProfiles(const std::vector<ProfileVerdict>& profiles, Colour colour) {
  if (profiles.empty()) return {};
  std::string out = "\nserver versions\n";
  size_t width = 0;
  for (const ProfileVerdict& verdict : profiles)
    width = std::max(width, OutcomeName(verdict.outcome).size());
  for (const ProfileVerdict& verdict : profiles) {
    std::string word = fmt::format("{:<{}}", OutcomeName(verdict.outcome), width);
    if (colour == Colour::kYes)
      word = fmt::format("\033[{}m{}\033[0m", ColourOf(verdict.outcome), word);
    std::string reason = verdict.detail;
    const std::string lacks = Lacks(verdict);
    if (!lacks.empty()) reason = reason.empty() ? lacks : lacks + "; " + reason;
    out += fmt::format("  {:<11} {}  {}\n", verdict.profile, word, reason);
  }
  return out;
}

std::string JsonOfProfileVerdict(const ProfileVerdict& verdict) {
  ScenarioResult holder;
  holder.findings = verdict.findings;
  const JsonNode findings = JsonNode::parse(JsonOfScenario(holder), nullptr, false);
  const JsonNode json = {{"profile", verdict.profile},
                         {"outcome", OutcomeName(verdict.outcome)},
                         {"lacks", verdict.lacks},
                         {"detail", verdict.detail},
                         {"findings", findings.value("findings", JsonNode::array())}};
  return json.dump(-1, ' ', false, JsonNode::error_handler_t::replace);
}

Result<ProfileVerdict> ProfileVerdictFromJson(std::string_view text) {
  const JsonNode json = JsonNode::parse(text, nullptr, false);
  if (!json.is_object()) return Fail("profile verdict", "not a JSON object");
  auto holder = ScenarioFromJson(text);
  if (!holder) return tl::unexpected(holder.error());
  ProfileVerdict verdict{.profile = json.value("profile", ""),
                         .lacks = json.value("lacks", std::vector<std::string>()),
                         .detail = json.value("detail", ""),
                         .findings = std::move(holder->findings)};
  const std::string word = json.value("outcome", "");
  while (OutcomeName(verdict.outcome) != word) {
    if (verdict.outcome == Outcome::kBreaks)
      return Fail("profile verdict", "no such outcome: " + word);
    verdict.outcome = static_cast<Outcome>(static_cast<int>(verdict.outcome) + 1);
  }
  return verdict;
}

}  // namespace modcert::report
