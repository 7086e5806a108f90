#include "run/random_diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "base/escape.h"
#include "run/compare.h"
#include "run/random_agreement.h"
#include "run/random_commands.h"

namespace modcert::run {
namespace {

using target::Outcome;
using target::Target;

// Clients by number: those that send any command, those that subscribe, and one that looks at all
// data, so that an open transaction does not swallow the question. Odd ones speak RESP3.
constexpr int kSenders = 4;
constexpr int kFirstSubscriber = kSenders;
constexpr int kSubscribers = 2;
constexpr int kLooker = kFirstSubscriber + kSubscribers;
constexpr int kClients = kLooker + 1;

constexpr int64_t kDigestEvery = 200;   // commands between two looks at all data
constexpr int64_t kMessagesEvery = 50;  // commands between two looks at what clients were told
constexpr int64_t kFlushEvery = 2500;   // an old world rarely shows what a young one has not
constexpr size_t kBlockedMax = 2;       // the others must find somebody to talk to
constexpr uint64_t kDisconnectOneIn = 400;
constexpr uint64_t kSubscribeOneIn = 40;
constexpr int64_t kWaitMs = 3;       // by then what lives for one millisecond has expired
constexpr size_t kHistoryMax = 120;  // commands shown in front of a difference

bool SpeaksResp3(int client) { return client % 2 == 1; }

Result<Answer> Ask(Target& target, int client, const std::vector<std::string>& argv) {
  auto outcome = target.Send(client, argv, target::Wait::kUntilBlocked);
  if (!outcome) return tl::unexpected(outcome.error());
  return Answer{outcome->kind, std::string(outcome->raw)};
}

std::string LineOf(int client, const std::vector<std::string>& argv) {
  std::string line = fmt::format("[{}]", client);
  for (const std::string& arg : argv) line += " " + Quote(arg);
  return line;
}

// One of the two, and by client the messages that came while a reply was waited for.
struct Side {
  Target& target;
  std::vector<std::string> messages[kClients] = {};
};

// Each step says whether both sides agree, and fails when a target cannot be used.
class RandomDiff {
 public:
  RandomDiff(Target& left, Target& right, RandomCommands commands, uint64_t seed)
      : left_{.target = left},
        right_{.target = right},
        commands_(std::move(commands)),
        chance_(seed + 1) {}

  Result<RandomDiffResult> Run(int64_t count) {
    RandomDiffResult result;
    auto agreed = Greet();
    for (; agreed && *agreed && result.commands_run < count; ++result.commands_run) {
      agreed = OneStep();
      if (agreed && *agreed) agreed = CompareArrived();
      if (agreed && *agreed) agreed = LookAtAllData(result.commands_run);
      if (agreed && *agreed) agreed = CompareMessages(result.commands_run);
      if (!agreed || !*agreed) break;
    }
    if (!agreed) return tl::unexpected(agreed.error());
    if (!*agreed) result.difference = difference_;
    return result;
  }

 private:
  // A key that has expired goes when it is looked at, on both sides: when a server would find it
  // by itself is a matter of chance.
  Result<bool> Greet() {
    for (int client = 0; client < kClients; ++client)
      if (auto agreed = ChooseProtocol(client); !agreed || !*agreed) return agreed;
    return Send(kLooker, {.argv = {"DEBUG", "SET-ACTIVE-EXPIRE", "0"}});
  }

  Result<bool> ChooseProtocol(int client) {
    if (!SpeaksResp3(client)) return true;
    return Send(client, {.argv = {"HELLO", "3"}, .agreement = Agreement::kShape});
  }

  Result<bool> OneStep() {
    if (chance_.OneIn(kDisconnectOneIn)) return Disconnect(FreeSender());
    if (blocked_.size() > kBlockedMax) return Disconnect(blocked_.front());
    if (commands_.has_subscriptions() && chance_.OneIn(kSubscribeOneIn))
      return Subscribe(kFirstSubscriber + static_cast<int>(chance_.Below(kSubscribers)));
    return Send(FreeSender(), commands_.Next());
  }

  int FreeSender() {
    for (;;) {
      const int client = static_cast<int>(chance_.Below(kSenders));
      if (std::find(blocked_.begin(), blocked_.end(), client) == blocked_.end()) return client;
    }
  }

  Result<bool> Disconnect(int client) {
    Remember(fmt::format("[{}] (disconnects)", client));
    for (Side* side : {&left_, &right_}) {
      side->target.Disconnect(client);
      side->messages[client].clear();
    }
    std::erase(blocked_, client);
    queued_[client].clear();
    return ChooseProtocol(client);
  }

  Result<bool> Send(int client, const RandomCommand& command) {
    Remember(LineOf(client, command.argv));
    auto left = Ask(left_.target, client, command.argv);
    if (!left) return tl::unexpected(left.error());
    auto right = Ask(right_.target, client, command.argv);
    if (!right) return tl::unexpected(right.error());
    if (command.waits) {
      if (auto passed = LetTimePass(); !passed) return passed;
      if (auto done = TakeBelated(left_, client, *left); !done) return tl::unexpected(done.error());
      if (auto done = TakeBelated(right_, client, *right); !done)
        return tl::unexpected(done.error());
    }
    // Keys in no order die in no order.
    arrives_in_order_ = command.agreement == Agreement::kExact;
    const std::vector<Agreement> queued =
        command.argv[0] == "EXEC" ? std::exchange(queued_[client], {}) : std::vector<Agreement>();
    if (command.argv[0] == "DISCARD" || command.argv[0] == "RESET") queued_[client].clear();
    if (left->raw == "+QUEUED\r\n") queued_[client].push_back(command.agreement);
    if (!Agree(*left, *right, command.agreement, queued)) return Differ(Show(*left), Show(*right));
    if (left->kind == Outcome::Kind::kBlocked) blocked_.push_back(client);
    if (left->kind == Outcome::Kind::kClosed) return Disconnect(client);
    // What was queued runs later, so every EXEC waits.
    return queued.empty() ? Result<bool>(true) : LetTimePass();
  }

  // The reply of a client that was blocked for a moment, which a server may also send at once. What
  // else has come is for the next look at messages.
  Status TakeBelated(Side& side, int client, Answer& answer) {
    if (answer.kind != Outcome::Kind::kBlocked) return {};
    auto arrived = side.target.TakeArrived(client);
    if (!arrived) return tl::unexpected(arrived.error());
    for (std::string& raw : *arrived) {
      if (IsPush(raw))
        side.messages[client].push_back(std::move(raw));
      else
        answer = {Outcome::Kind::kReply, std::move(raw)};
    }
    return {};
  }

  static Result<std::vector<std::string>> TakeMessages(Side& side, int client) {
    auto arrived = side.target.TakeArrived(client);
    if (!arrived) return arrived;
    std::vector<std::string> messages = std::exchange(side.messages[client], {});
    messages.insert(messages.end(), arrived->begin(), arrived->end());
    return messages;
  }

  Result<bool> LetTimePass() {
    for (Side* side : {&left_, &right_})
      if (auto done = side->target.AdvanceMs(kWaitMs); !done) return tl::unexpected(done.error());
    return true;
  }

  // One reply for each channel: the first is the command's, the rest come as messages.
  Result<bool> Subscribe(int client) {
    is_subscribed_ = true;
    return Send(client, commands_.NextSubscription());
  }

  // Replies of clients that were blocked, and messages.
  Result<bool> CompareArrived() {
    for (const int client : std::vector<int>(blocked_)) {
      auto agreed = CompareArrived(client);
      if (!agreed || !*agreed) return agreed;
    }
    for (int i = 0; is_subscribed_ && i < kSubscribers; ++i) {
      auto agreed = CompareArrived(kFirstSubscriber + i);
      if (!agreed || !*agreed) return agreed;
    }
    return true;
  }

  // What others were told without having asked, such as keys that they track.
  Result<bool> CompareMessages(int64_t index) {
    if (index % kMessagesEvery != kMessagesEvery - 1) return true;
    arrives_in_order_ = false;  // one of the many commands may have had no order
    for (int client = 0; client < kSenders; ++client) {
      auto agreed = CompareArrived(client);
      if (!agreed || !*agreed) return agreed;
    }
    return true;
  }

  static bool IsPush(const std::string& raw) { return raw.starts_with('>'); }

  Result<bool> CompareArrived(int client) {
    auto left = TakeMessages(left_, client);
    if (!left) return tl::unexpected(left.error());
    auto right = TakeMessages(right_, client);
    if (!right) return tl::unexpected(right.error());
    if (!std::all_of(left->begin(), left->end(), IsPush)) std::erase(blocked_, client);
    if (!arrives_in_order_)
      for (auto* arrived : {&*left, &*right}) std::sort(arrived->begin(), arrived->end());
    if (*left == *right) return true;
    Remember(fmt::format("then, at client {}", client));
    return Differ(ShowAll(*left), ShowAll(*right));
  }

  static std::string ShowAll(const std::vector<std::string>& raws) {
    std::string text = raws.empty() ? "(nothing)" : "";
    for (const std::string& raw : raws) text += Show({Outcome::Kind::kReply, raw});
    return text;
  }

  Result<bool> LookAtAllData(int64_t index) {
    if (index % kFlushEvery == kFlushEvery - 1) return BeginWorld();
    if (index % kDigestEvery == kDigestEvery - 1)
      return Send(kLooker, {.argv = {"DEBUG", "DIGEST"}});
    return true;
  }

  // Nobody waits, watches or has commands queued from the world before.
  Result<bool> BeginWorld() {
    commands_.NewWorld();
    for (int client = 0; client < kSenders; ++client)
      if (auto agreed = Disconnect(client); !agreed || !*agreed) return agreed;
    return Send(kLooker, {.argv = {"FLUSHALL"}});
  }

  void Remember(std::string line) {
    history_.push_back(std::move(line));
    if (history_.size() > kHistoryMax) history_.pop_front();
  }

  bool Differ(const std::string& left, const std::string& right) {
    difference_ = fmt::format("{}\n\n{}\nthe commands before it:\n{}\n", history_.back(),
                              SideBySide(fmt::format("{}:\n{}", left_.target.name(), left),
                                         fmt::format("{}:\n{}", right_.target.name(), right)),
                              fmt::join(history_, "\n"));
    return false;
  }

  Side left_;
  Side right_;
  RandomCommands commands_;
  Random chance_;
  std::vector<Agreement> queued_[kClients];  // by client: what its open transaction holds
  std::vector<int> blocked_;                 // the one that has waited longest first
  bool is_subscribed_ = false;
  bool arrives_in_order_ = true;
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
