#include "oracle/arity_and_type.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>

#include "base/escape.h"
#include "engine/rdb/dump.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "oracle/foreign_value.h"
#include "resp/decode.h"

namespace modcert::oracle {
namespace {

using resp::Protocol;

constexpr size_t kQuotedMax = 80;  // bytes of a broken reply: a line
// Real time that a thread of the module has to reply: all waits of one probe stay far below its
// limit.
constexpr int kThreadLimitMs = 500;

std::vector<int> KeyPositions(const CommandShape& shape, int argc) {
  std::vector<int> positions;
  if (shape.first_key <= 0) return positions;
  const int last = shape.last_key < 0 ? argc + shape.last_key : shape.last_key;
  for (int at = shape.first_key; at <= std::min(last, argc - 1); at += std::max(shape.key_step, 1))
    positions.push_back(at);
  return positions;
}

// A client for one call, or for the making of keys.
class ProbeClient {
 public:
  explicit ProbeClient(module::Host& host) : host_(host), client_(host.server.Connect()) {}
  ~ProbeClient() { host_.server.Disconnect(client_); }
  ProbeClient(const ProbeClient&) = delete;
  ProbeClient& operator=(const ProbeClient&) = delete;

  engine::Client* operator->() { return &client_; }
  void Execute(const std::vector<std::string>& argv) {
    host_.server.Execute(client_, argv);
    host_.ServeThreads();
    while (client_.blocked && client_.blocked->keys.empty()) {
      if (!host_.WaitForThreads(kThreadLimitMs)) break;
      host_.ServeThreads();
    }
  }

 private:
  module::Host& host_;
  engine::Client& client_;
};

void MakeKey(module::Host& host, ForeignType* foreign, std::string_view type,
             const std::string& key) {
  ProbeClient client(host);
  if (type == "string") client.Execute({"SET", key, "v"});
  if (type == "list") client.Execute({"RPUSH", key, "v"});
  if (type == "set") client.Execute({"SADD", key, "v"});
  if (type == "hash") client.Execute({"HSET", key, "f", "v"});
  if (type == "zset") client.Execute({"ZADD", key, "1", "v"});
  if (foreign) foreign->Put(key);
}

// Type and content of a key, to be compared.
std::string ContentOf(module::Host& host, const std::string& key) {
  const engine::Entry* entry = host.server.keyspace.Peek(0, key);
  return entry ? engine::rdb::Dump(entry->value, {.key = key, .db = 0}) : std::string();
}

std::vector<std::string> ContentOf(module::Host& host, const std::vector<std::string>& keys) {
  std::vector<std::string> contents;
  for (const std::string& key : keys) contents.push_back(ContentOf(host, key));
  return contents;
}

// The replies in the output, messages left out; an error when it is no RESP or ends too early.
Result<std::vector<resp::Value>> RepliesIn(std::string_view output) {
  std::vector<resp::Value> replies;
  resp::Decoder decoder;
  decoder.Feed(output);
  for (;;) {
    auto next = decoder.Next();
    if (!next) return tl::unexpected(next.error());
    if (!*next) break;
    if ((*next)->type != resp::Type::kPush) replies.push_back(**std::move(next));
  }
  if (decoder.pending_size() > 0)
    return Fail("reply", fmt::format("the last {} bytes are the beginning of a reply without end",
                                     decoder.pending_size()));
  return replies;
}

void NoteKind(const resp::Value& reply, ProbeOutcome& outcome) {
  if (!reply.is_error()) return;
  outcome.error = reply.text;
  outcome.kind = reply.text.find("wrong number of arguments") != std::string::npos
                     ? ProbeOutcome::Kind::kWrongArity
                     : ProbeOutcome::Kind::kError;
}

void CheckReply(ProbeClient& client, const Probe& probe, ProbeOutcome& outcome) {
  const auto find = [&](std::string_view contract, std::string message) {
    outcome.findings.push_back(MakeFinding(contract, std::move(message), {}));
    outcome.findings.back().function = probe.argv[0];
  };
  const auto replies = RepliesIn(client->output);
  if (!replies) {
    // reply.well-formed: what a command sends is RESP of the client's protocol.
    find("reply.well-formed", fmt::format("{}: {}", replies.error().problem,
                                          Quote(client->output.substr(0, kQuotedMax))));
    return;
  }
  const size_t expected = client->blocked ? 0 : 1;
  // The validation layer may have said so already, and knows better where.
  const bool said = std::ranges::any_of(outcome.findings, [](const auto& finding) {
    return finding.contract == "reply.one-per-command";
  });
  if (replies->size() != expected && !said) {
    // reply.one-per-command: no more and no less.
    find("reply.one-per-command",
         fmt::format("{} replies came, {}", replies->size(),
                     expected == 0 ? "and the client was blocked" : "where one was due"));
  }
  if (!replies->empty()) NoteKind(replies->front(), outcome);
}

bool SaysWrongType(const ProbeOutcome& outcome) { return outcome.error.starts_with("WRONGTYPE"); }

}  // namespace

std::string Probe::Name() const {
  std::string name = protocol == Protocol::kResp3 ? "resp3 " : "resp2 ";
  if (!key_type.empty()) name += key_type + " ";
  return name + fmt::format("{}", fmt::join(argv, " "));
}

CommandShape ShapeOf(const module::Host& host, std::string_view command) {
  CommandShape shape{.name = std::string(command)};
  const engine::Command* found = host.server.commands.FindByName(command);
  if (!found || !found->facts) return shape;
  shape.first_key = found->facts->first_key;
  shape.last_key = found->facts->last_key;
  shape.key_step = found->facts->key_step;
  return shape;
}

Probe MakeProbe(const CommandShape& shape, int argument_count, Protocol protocol,
                std::string_view key_type) {
  Probe probe{.argv = {shape.name}, .protocol = protocol, .key_type = std::string(key_type)};
  for (int i = 0; i < argument_count; ++i) probe.argv.push_back("1");
  std::vector<int> positions = KeyPositions(shape, argument_count + 1);
  if (!key_type.empty() && shape.first_key <= 0 && argument_count > 0) positions = {1};
  for (const int position : positions) {
    probe.keys.push_back(fmt::format("k{}", probe.keys.size() + 1));
    probe.argv[static_cast<size_t>(position)] = probe.keys.back();
  }
  return probe;
}

ProbeOutcome RunProbe(module::Host& host, const Probe& probe) {
  ProbeOutcome outcome;
  std::unique_ptr<ForeignType> foreign;
  if (probe.key_type == kKeyTypes[std::size(kKeyTypes) - 1])
    foreign = std::make_unique<ForeignType>(host);
  if (!probe.key_type.empty())
    for (const std::string& key : probe.keys) MakeKey(host, foreign.get(), probe.key_type, key);
  const std::vector<std::string> before = ContentOf(host, probe.keys);
  ProbeClient client(host);
  client->protocol = probe.protocol;
  client.Execute(probe.argv);
  TakeFrom(host, outcome.findings);
  CheckReply(client, probe, outcome);
  if (client->blocked) outcome.kind = ProbeOutcome::Kind::kBlocked;
  if (!probe.key_type.empty() && SaysWrongType(outcome) && ContentOf(host, probe.keys) != before) {
    // command.wrong-type-changes-nothing: a key that is refused stays as it was.
    outcome.findings.push_back(MakeFinding(
        "command.wrong-type-changes-nothing",
        fmt::format("the {} was changed, and the reply was: {}", probe.key_type, outcome.error),
        {}));
    outcome.findings.back().function = probe.argv[0];
  }
  return outcome;
}

Findings ArityAndType(module::Host& host) {
  Findings findings;
  std::vector<std::string> commands;
  for (const auto& module : host.modules())
    commands.insert(commands.end(), module->commands.begin(), module->commands.end());
  const auto run = [&](const Probe& probe) {
    Findings more = RunProbe(host, probe).findings;
    std::move(more.begin(), more.end(), std::back_inserter(findings));
  };
  for (const std::string& command : commands) {
    const CommandShape shape = ShapeOf(host, command);
    for (const Protocol protocol : {Protocol::kResp2, Protocol::kResp3}) {
      for (int count = 0; count <= kArgumentsMax; ++count) {
        run(MakeProbe(shape, count, protocol));
        if (count == 0) continue;
        for (const std::string_view type : kKeyTypes) run(MakeProbe(shape, count, protocol, type));
      }
    }
  }
  return findings;
}

}  // namespace modcert::oracle
