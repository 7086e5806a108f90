#include "run/random_agreement.h"

#include <algorithm>

#include "base/escape.h"
#include "resp/decode.h"
#include "resp/encode.h"
#include "resp/print.h"

namespace modcert::run {
namespace {

using target::Outcome;

// A text that is equal for values that agree: children sorted, or contents left out.
std::string Signature(const resp::Value& value, Agreement agreement) {
  if (agreement == Agreement::kExact) {
    std::string bytes;
    resp::Encode(value, resp::Protocol::kResp3, bytes);
    return bytes;
  }
  std::string text = std::to_string(static_cast<int>(value.type));
  const bool shape = agreement == Agreement::kShape;
  if (!shape || value.is_error()) text += value.text + "#" + std::to_string(value.integer);
  std::vector<std::string> children;
  for (const resp::Value& child : value.children) children.push_back(Signature(child, agreement));
  std::sort(children.begin(), children.end());
  for (const std::string& child : children) text += "(" + child + ")";
  return text;
}

// The replies of a transaction agree one by one, each as far as its own command asks.
bool AgreeOneByOne(const resp::Value& left, const resp::Value& right,
                   const std::vector<Agreement>& queued) {
  if (left.children.size() != queued.size() || right.children.size() != queued.size())
    return left == right;
  for (size_t i = 0; i < queued.size(); ++i)
    if (Signature(left.children[i], queued[i]) != Signature(right.children[i], queued[i]))
      return false;
  return true;
}

}  // namespace

bool Agree(const Answer& left, const Answer& right, Agreement agreement,
           const std::vector<Agreement>& queued) {
  if (left.kind != right.kind) return false;
  if (left.raw == right.raw) return true;
  if (agreement == Agreement::kExact) return false;
  const auto a = resp::DecodeOne(left.raw);
  const auto b = resp::DecodeOne(right.raw);
  if (!a || !b) return false;
  if (!queued.empty()) return AgreeOneByOne(*a, *b, queued);
  return Signature(*a, agreement) == Signature(*b, agreement);
}

std::string Show(const Answer& answer) {
  if (answer.kind == Outcome::Kind::kBlocked) return "(blocked)";
  if (answer.kind == Outcome::Kind::kClosed) return "(closed)";
  if (answer.kind != Outcome::Kind::kReply) return "(no reply)";
  const auto value = resp::DecodeOne(answer.raw);
  return value ? resp::Print(*value) : Quote(answer.raw);
}

}  // namespace modcert::run
