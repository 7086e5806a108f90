#include "run/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/escape.h"
#include "resp/decode.h"
#include "resp/print.h"

namespace modcert::run {
namespace {

using report::ScenarioResult;
using report::Verdict;
using resp::Value;
using spec::Matcher;
using target::Outcome;

// Half of a wide terminal; longer lines are cut.
constexpr size_t kColumnWidth = 58;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string Cut(std::string line) {
  if (line.size() > kColumnWidth) line = line.substr(0, kColumnWidth - 3) + "...";
  return line;
}

// Equal where the matcher is plain; elsewhere each side has been held against it on its own.
bool Alike(const Matcher* matcher, const Value& left, const Value& right) {
  if (matcher == nullptr || spec::IsLiteral(*matcher)) return left == right;
  const bool same_shape = left.type == right.type &&
                          left.children.size() == right.children.size() &&
                          left.children.size() == matcher->children.size();
  if (matcher->kind != Matcher::Kind::kArray || !same_shape) {
    return matcher->kind != Matcher::Kind::kArray;
  }
  for (size_t i = 0; i < left.children.size(); ++i) {
    if (!Alike(&matcher->children[i], left.children[i], right.children[i])) return false;
  }
  return true;
}

const Matcher* ExpectationOf(const spec::Step& step) {
  if (const auto* send = std::get_if<spec::SendStep>(&step.action)) {
    return send->expect ? &*send->expect : nullptr;
  }
  const auto* receive = std::get_if<spec::ReceiveStep>(&step.action);
  return receive != nullptr ? &receive->expect : nullptr;
}

bool SamePropagated(const spec::ExpectPropagatedStep& step, const StepRecord& left,
                    const StepRecord& right) {
  if (left.propagated == right.propagated) return true;
  return std::any_of(step.commands.begin(), step.commands.end(), [](const auto& command) {
    return !std::all_of(command.begin(), command.end(), spec::IsLiteral);
  });
}

bool SameAnswer(const spec::Step& step, const StepRecord& left, const StepRecord& right) {
  if (const auto* expect = std::get_if<spec::ExpectPropagatedStep>(&step.action)) {
    return SamePropagated(*expect, left, right);
  }
  if (left.kind != right.kind) return false;
  if (left.raw == right.raw) return true;
  const auto left_value = resp::DecodeOne(left.raw);
  const auto right_value = resp::DecodeOne(right.raw);
  return left_value && right_value && Alike(ExpectationOf(step), *left_value, *right_value);
}

std::string Print(const StepRecord& record) {
  std::string text;
  for (const target::Command& command : record.propagated) {
    for (const std::string& argument : command) text += Quote(argument) + " ";
    text += "\n";
  }
  switch (record.kind) {
    case Outcome::Kind::kBlocked:
      return "(blocked)\n";
    case Outcome::Kind::kClosed:
      return "(connection closed)\n";
    case Outcome::Kind::kNothing:
      return text.empty() ? "(nothing)\n" : text;
    case Outcome::Kind::kReply:
      break;
  }
  const auto value = resp::DecodeOne(record.raw);
  return value ? resp::Print(*value) : Quote(record.raw) + "\n";
}

class Comparison {
 public:
  Comparison(const Pick& pick, const Recorded& left, const Recorded& right)
      : pick_(pick), left_(left), right_(right) {}

  ScenarioResult Run() {
    result_ = BlankResult(*pick_.file, *pick_.scenario);
    result_.profile = left_.result.profile.empty() ? right_.result.profile : left_.result.profile;
    result_.steps_run = std::max(left_.result.steps_run, right_.result.steps_run);
    result_.duration_us = left_.result.duration_us + right_.result.duration_us;
    TakeOver(left_);
    TakeOver(right_);
    if (result_.verdict == Verdict::kSkipped) return std::move(result_);
    CompareRecords();
    if (result_.verdict == Verdict::kPassed &&
        !(result_.failures.empty() && result_.findings.empty())) {
      result_.verdict = Verdict::kFailed;
    }
    return std::move(result_);
  }

 private:
  // What went wrong on one side alone.
  void TakeOver(const Recorded& side) {
    if (side.result.verdict == Verdict::kSkipped || side.result.verdict == Verdict::kError) {
      result_.verdict = side.result.verdict;
      result_.reason = side.name + ": " + side.result.reason;
    }
    for (report::StepLeftOut step : side.result.steps_left_out) {
      step.reason = fmt::format("{}: {}", side.name, step.reason);
      result_.steps_left_out.push_back(std::move(step));
    }
    for (report::StepFailure failure : side.result.failures) {
      failure.message = fmt::format("{}: {}", side.name, failure.message);
      result_.failures.push_back(std::move(failure));
    }
    result_.findings.insert(result_.findings.end(), side.result.findings.begin(),
                            side.result.findings.end());
    result_.output.insert(result_.output.end(), side.result.output.begin(),
                          side.result.output.end());
  }

  // A step marked "only" has an answer on one side, and nothing to compare.
  void CompareRecords() {
    std::map<int, const StepRecord*> theirs;
    for (const StepRecord& record : right_.records) theirs[record.step] = &record;
    for (const StepRecord& record : left_.records) {
      const auto other = theirs.find(record.step);
      if (other == theirs.end()) continue;
      const spec::Step& step = pick_.scenario->steps[static_cast<size_t>(record.step)];
      if (!SameAnswer(step, record, *other->second)) Differ(step, record, *other->second);
    }
  }

  void Differ(const spec::Step& step, const StepRecord& left, const StepRecord& right) {
    std::string left_text = Print(left);
    std::string right_text = Print(right);
    if (left_text == right_text) {
      left_text = Quote(left.raw);  // such as a simple and a bulk string
      right_text = Quote(right.raw);
    }
    report::StepFailure failure;
    failure.step = left.step;
    // Both answers are shown, so how one of them misses the spec says nothing more.
    std::erase_if(result_.failures, [&](const auto& known) { return known.step == left.step; });
    failure.place = fmt::format("{}:{}:{}", pick_.file->path, step.source.line, step.source.column);
    failure.action = DescribeStep(*pick_.scenario, step);
    failure.message = "the answers differ\n" +
                      SideBySide(left_.name + "\n" + left_text, right_.name + "\n" + right_text);
    result_.failures.push_back(std::move(failure));
  }

  const Pick& pick_;
  const Recorded& left_;
  const Recorded& right_;
  ScenarioResult result_;
};

}  // namespace

ScenarioResult Compare(const Pick& pick, const Recorded& left, const Recorded& right) {
  return Comparison(pick, left, right).Run();
}

std::string SideBySide(const std::string& left, const std::string& right) {
  const auto left_lines = Lines(left);
  const auto right_lines = Lines(right);
  size_t width = 0;
  for (const std::string& line : left_lines) width = std::max(width, Cut(line).size());
  std::string out;
  for (size_t i = 0; i < std::max(left_lines.size(), right_lines.size()); ++i) {
    const std::string ours = i < left_lines.size() ? left_lines[i] : "";
    const std::string theirs = i < right_lines.size() ? right_lines[i] : "";
    std::string line = fmt::format("        {:<{}} {} {}", Cut(ours), width,
                                   ours == theirs ? ' ' : '|', Cut(theirs));
    line.erase(line.find_last_not_of(' ') + 1);
    out += (i > 0 ? "\n" : "") + line;
  }
  return out;
}

}  // namespace modcert::run
