#include "run/random_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "base/escape.h"
#include "resp/decode.h"
#include "resp/encode.h"
#include "resp/print.h"
#include "run/compare.h"
#include "run/random_commands.h"

namespace modcert::run {
namespace {

using target::Outcome;
using target::Target;

constexpr int kClients = 2;
constexpr int64_t kDigestEvery = 200;   // commands between two looks at all data
constexpr int64_t kMessagesEvery = 50;  // commands between two looks at what clients were told
constexpr int64_t kFlushEvery = 5000;   // an old world rarely shows what a young one has not
constexpr size_t kHistoryMax = 80;      // commands shown in front of a difference

struct Answer {
  Outcome::Kind kind = Outcome::Kind::kNothing;
  std::string raw;
};

Result<Answer> Ask(Target& target, int client, const std::vector<std::string>& argv) {
  auto outcome = target.Send(client, argv, target::Wait::kUntilBlocked);
  if (!outcome) return tl::unexpected(outcome.error());
  return Answer{outcome->kind, std::string(outcome->raw)};
}

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

// `queued` is what EXEC runs, and empty for any other command.
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

Result<Answer> ReceiveFrom(Target& target, int client) {
  auto outcome = target.Receive(client);
  if (!outcome) return tl::unexpected(outcome.error());
  return Answer{outcome->kind, std::string(outcome->raw)};
}

std::string Show(const Answer& answer) {
  if (answer.kind != Outcome::Kind::kReply) return "(no reply)";
  const auto value = resp::DecodeOne(answer.raw);
  return value ? resp::Print(*value) : Quote(answer.raw);
}

std::string LineOf(int client, const std::vector<std::string>& argv) {
  std::string line = fmt::format("[{}]", client);
  for (const std::string& arg : argv) line += " " + Quote(arg);
  return line;
}

class RandomDiff {
 public:
  RandomDiff(Target& left, Target& right, RandomCommands commands, uint64_t seed)
      : left_(left), right_(right), commands_(std::move(commands)), clients_(seed + 1) {}

  Result<RandomDiffResult> Run(int64_t count) {
    RandomDiffResult result;
    if (auto greeted = Send(1, {{"HELLO", "3"}, Agreement::kShape}); !greeted || !*greeted)
      return Finish(result, greeted);
    for (; result.commands_run < count; ++result.commands_run) {
      const int client = static_cast<int>(clients_.Below(kClients));
      auto agreed = Send(client, commands_.Next());
      if (agreed && *agreed) agreed = LookAtAllData(result.commands_run);
      if (agreed && *agreed) agreed = CompareMessages(result.commands_run);
      if (!agreed || !*agreed) return Finish(result, agreed);
    }
    return result;
  }

 private:
  Result<RandomDiffResult> Finish(RandomDiffResult& result, const Result<bool>& agreed) {
    if (!agreed) return tl::unexpected(agreed.error());
    result.difference = difference_;
    return result;
  }

  // Whether both sides agree.
  Result<bool> Send(int client, const RandomCommand& command) {
    history_.push_back(LineOf(client, command.argv));
    if (history_.size() > kHistoryMax) history_.pop_front();
    auto left = Ask(left_, client, command.argv);
    if (!left) return tl::unexpected(left.error());
    auto right = Ask(right_, client, command.argv);
    if (!right) return tl::unexpected(right.error());
    const bool is_exec = command.argv[0] == "EXEC";
    const std::vector<Agreement> queued =
        is_exec ? std::exchange(queued_[client], {}) : std::vector<Agreement>();
    if (command.argv[0] == "DISCARD" || command.argv[0] == "RESET") queued_[client].clear();
    if (left->raw == "+QUEUED\r\n") queued_[client].push_back(command.agreement);
    if (Agree(*left, *right, command.agreement, queued)) return true;
    difference_ = fmt::format("{}\n\n{}\nthe commands before it:\n{}\n", history_.back(),
                              SideBySide(fmt::format("{}:\n{}", left_.name(), Show(*left)),
                                         fmt::format("{}:\n{}", right_.name(), Show(*right))),
                              fmt::join(history_, "\n"));
    return false;
  }

  // A client of its own looks, so that an open transaction does not swallow the question.
  Result<bool> LookAtAllData(int64_t index) {
    if (index % kFlushEvery == kFlushEvery - 1)
      return Send(kClients, {{"FLUSHALL"}, Agreement::kExact});
    if (index % kDigestEvery == kDigestEvery - 1)
      return Send(kClients, {{"DEBUG", "DIGEST"}, Agreement::kExact});
    return true;
  }

  // What clients were told without having asked: each message of the left side, the right side
  // must have sent too. The left side is asked first as it knows at once that there is no more.
  Result<bool> CompareMessages(int64_t index) {
    if (index % kMessagesEvery != kMessagesEvery - 1) return true;
    for (int client = 0; client < kClients; ++client) {
      while (true) {
        auto left = ReceiveFrom(left_, client);
        if (!left) return tl::unexpected(left.error());
        if (left->kind == Outcome::Kind::kNothing) break;
        auto right = ReceiveFrom(right_, client);
        if (!right) return tl::unexpected(right.error());
        if (left->kind == right->kind && left->raw == right->raw) continue;
        difference_ =
            fmt::format("a message to client {}\n\n{}\nthe commands before it:\n{}\n", client,
                        SideBySide(fmt::format("{}:\n{}", left_.name(), Show(*left)),
                                   fmt::format("{}:\n{}", right_.name(), Show(*right))),
                        fmt::join(history_, "\n"));
        return false;
      }
    }
    return true;
  }

  Target& left_;
  Target& right_;
  RandomCommands commands_;
  Random clients_;
  std::vector<Agreement> queued_[kClients + 1];  // by client: what its open transaction holds
  std::deque<std::string> history_;
  std::string difference_;
};

}  // namespace

Result<RandomDiffResult> DiffRandom(Target& left, Target& right, const RandomDiffOptions& options) {
  auto commands = RandomCommands::Create(options.seed, options.groups);
  if (!commands) return tl::unexpected(commands.error());
  for (Target* target : {&left, &right})
    if (auto started = target->Start({}); !started) return tl::unexpected(started.error());
  return RandomDiff(left, right, std::move(*commands), options.seed).Run(options.count);
}

}  // namespace modcert::run
