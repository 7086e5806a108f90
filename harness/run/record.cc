#include "run/record.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/hex.h"
#include "resp/decode.h"

namespace modcert::run {
namespace {

using resp::Type;
using resp::Value;
using spec::Matcher;
using target::Outcome;

struct Replacement {
  size_t begin = 0;
  size_t end = 0;
  std::string text;
};

// In double quotes; nothing when the bytes are not UTF-8.
std::optional<std::string> JsonString(const std::string& bytes) {
  using Json = nlohmann::json;
  const std::string text = Json(bytes).dump(-1, ' ', false, Json::error_handler_t::ignore);
  const Json back = Json::parse(text, nullptr, false);
  return back == Json(bytes) ? std::optional(text) : std::nullopt;
}

std::string Text(const std::string& bytes) {
  return JsonString(bytes).value_or("{\"$hex\": \"" + HexEncode(bytes) + "\"}");
}

std::string Named(std::string_view matcher, const std::string& bytes) {
  return "{\"" + std::string(matcher) + "\": " + Text(bytes) + "}";
}

std::string List(const std::vector<Value>& values) {
  std::string out = "[";
  for (const Value& value : values) out += (out.size() > 1 ? ", " : "") + ExpectationFor(value);
  return out + "]";
}

std::string Pairs(const std::vector<Value>& values) {
  std::string out = "{\"$map\": [";
  for (size_t i = 0; i + 1 < values.size(); i += 2) {
    out += i > 0 ? ", [" : "[";
    out += ExpectationFor(values[i]) + ", " + ExpectationFor(values[i + 1]) + "]";
  }
  return out + "]}";
}

// A fraction or an exponent makes it a double; the infinities and NaN are no JSON.
std::string Double(const Value& value) {
  if (value.text.find_first_of("in") != std::string::npos) return "{\"$any\": \"double\"}";
  const bool whole = value.text.find_first_of(".eE") == std::string::npos;
  return whole ? value.text + ".0" : value.text;
}

std::optional<std::string> NewExpectation(const Matcher* expect, const StepRecord& record) {
  if (expect != nullptr && !spec::IsLiteral(*expect)) return std::nullopt;
  if (record.kind == Outcome::Kind::kBlocked) {
    const bool met = expect != nullptr && expect->kind == Matcher::Kind::kBlocked;
    return met ? std::nullopt : std::optional<std::string>("{\"$blocked\": true}");
  }
  if (record.kind != Outcome::Kind::kReply) return std::nullopt;
  const auto value = resp::DecodeOne(record.raw);
  if (!value) return std::nullopt;
  spec::Captures no_captures;
  const bool met = expect != nullptr && (spec::MatchesEncoding(*expect, record.raw) ||
                                         spec::Match(*expect, *value, no_captures));
  return met ? std::nullopt : std::optional(ExpectationFor(*value));
}

void Replace(const spec::Step& step, const StepRecord& record, std::vector<Replacement>& out) {
  const auto* send = std::get_if<spec::SendStep>(&step.action);
  const auto* receive = std::get_if<spec::ReceiveStep>(&step.action);
  if (send == nullptr && receive == nullptr) return;
  const Matcher* expect = receive != nullptr ? &receive->expect
                          : send->expect     ? &*send->expect
                                             : nullptr;
  const spec::SourceRange& source =
      receive != nullptr ? receive->expect_source : send->expect_source;
  auto text = NewExpectation(expect, record);
  if (!text) return;
  // Without expectation the range is the empty place behind the value of "send". A step such as
  // load_module, whose OK is not written down, is one of these too.
  const bool missing = receive == nullptr && source.begin == source.end;
  if (missing) text = ", \"expect\": " + *text;
  out.push_back({.begin = source.begin, .end = source.end, .text = *std::move(text)});
}

}  // namespace

std::string ExpectationFor(const Value& value) {
  switch (value.type) {
    case Type::kSimple:
      return Named("$simple", value.text);
    case Type::kError:
      return Named("$error", value.text);
    case Type::kInteger:
      return std::to_string(value.integer);
    case Type::kBulk:
    case Type::kVerbatim:
    case Type::kBigNumber:
      return Text(value.text);
    case Type::kNull:
    case Type::kNullArray:
      return "null";
    case Type::kDouble:
      return Double(value);
    case Type::kBool:
      return value.integer != 0 ? "true" : "false";
    case Type::kArray:
    case Type::kPush:
      return List(value.children);
    case Type::kSet:
      return "{\"$set\": " + List(value.children) + "}";
    case Type::kMap:
      return Pairs(value.children);
  }
  return "{\"$any\": true}";
}

std::string WithRecordedReplies(std::string_view source,
                                const std::vector<RecordedScenario>& recorded) {
  std::vector<Replacement> replacements;
  for (const RecordedScenario& scenario : recorded) {
    for (const StepRecord& record : scenario.records) {
      Replace(scenario.scenario->steps[static_cast<size_t>(record.step)], record, replacements);
    }
  }
  std::sort(replacements.begin(), replacements.end(),
            [](const Replacement& a, const Replacement& b) { return a.begin < b.begin; });
  std::string out;
  size_t at = 0;
  for (const Replacement& replacement : replacements) {
    out += source.substr(at, replacement.begin - at);
    out += replacement.text;
    at = replacement.end;
  }
  return out + std::string(source.substr(at));
}

}  // namespace modcert::run
