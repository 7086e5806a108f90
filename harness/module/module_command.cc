// Commands of modules: registration, and the run of one.

#include <algorithm>
#include <memory>
#include <optional>

#include "fmt/format.h"
#include "module/host.h"

namespace modcert::module {
namespace {

using engine::CommandFlag;

// A word of the flag string that CreateCommand takes, and what it means for the command. Words
// whose effect needs more of a server than there is have no flag.
struct FlagWord {
  std::string_view word;
  uint64_t flag = 0;
  bool getkeys_api = false;
};

constexpr FlagWord kFlagWords[] = {
    {"write", engine::kCommandWrite},
    {"readonly", engine::kCommandReadonly},
    {"admin", engine::kCommandAdmin},
    {"deny-oom", engine::kCommandDenyOom},
    {"deny-script", engine::kCommandNoScript},
    {"allow-loading", engine::kCommandLoading},
    {"pubsub", engine::kCommandPubSub},
    {"random"},
    {"blocking", engine::kCommandBlocking},
    {"allow-stale", engine::kCommandStale},
    {"no-monitor", engine::kCommandSkipMonitor},
    {"no-slowlog", engine::kCommandSkipSlowlog},
    {"fast", engine::kCommandFast},
    {"no-auth", engine::kCommandNoAuth},
    {"may-replicate"},
    {"getkeys-api", engine::kCommandMovableKeys, true},
    {"getchannels-api"},
    {"no-cluster"},
    {"no-mandatory-keys", engine::kCommandNoMandatoryKeys},
    {"allow-busy", engine::kCommandAllowBusy},
};

struct Flags {
  uint64_t bits = engine::kCommandModule;
  bool getkeys_api = false;
};

// command.flags: words separated by single spaces, without regard to case. Null for an unknown
// word, which `unknown` names.
std::optional<Flags> ParseFlags(std::string_view text, std::string& unknown) {
  Flags flags;
  if (text.empty()) return flags;
  for (;;) {
    const size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    const auto* row = std::find_if(
        std::begin(kFlagWords), std::end(kFlagWords),
        [&](const FlagWord& known) { return engine::CommandNameEqual{}(known.word, word); });
    if (row == std::end(kFlagWords)) {
      unknown = word;
      return std::nullopt;
    }
    flags.bits |= row->flag;
    flags.getkeys_api |= row->getkeys_api;
    if (space == std::string_view::npos) return flags;
    text.remove_prefix(space + 1);
  }
}

// What stands behind one registered command; lives as long as the engine's command.
struct ModuleCommand {
  Host& host;
  Module& module;
  RedisModuleCmdFunc run;
  std::string name;
  engine::KeySpec key_spec{};
  engine::CommandFacts facts{};
};

std::string Quoted(std::span<const std::string> args) {
  constexpr size_t kQuotedMax = 200;  // enough to recognise a command line
  std::string text;
  for (const std::string& arg : args) {
    if (text.size() > kQuotedMax) return text + " ...";
    text += (text.empty() ? "" : " ") + arg.substr(0, kQuotedMax);
  }
  return text;
}

// One call of the module's function, with arguments that live as long as it, or longer when the
// module retains them.
void CallFunction(const ModuleCommand& command, RedisModuleCtx* ctx,
                  std::span<const std::string> args) {
  Host& host = command.host;
  std::vector<RedisModuleString*> argv;
  argv.reserve(args.size());
  for (const std::string& arg : args)
    argv.push_back(host.handles.strings.New(&command.module, arg));
  ctx->argv = argv;
  {
    const ModuleScope scope(host, &command.module);
    command.run(ctx, argv.data(), static_cast<int>(argv.size()));
    host.EndContext(ctx);
  }
  // A copy of ours: a module may overwrite the array that it was given.
  for (RedisModuleString* arg : argv) host.ReleaseString(arg);
}

void CheckReply(const ModuleCommand& command, const ReplyWriter& reply,
                std::span<const std::string> args) {
  const std::string problem = reply.Problem();
  if (reply.reply_count() == 1 && problem.empty()) return;
  Host& host = command.host;
  ++host.odd_reply_count;
  const ModuleScope scope(host, &command.module);
  // reply.one-per-command: a command that does not block replies once.
  if (reply.reply_count() != 1)
    host.Report("reply.one-per-command",
                fmt::format("{} replies to: {}", reply.reply_count(), Quoted(args)));
  // reply.length: aggregates have the number of elements that they announce.
  if (!problem.empty())
    host.Report("reply.length", fmt::format("{}, in the reply to: {}", problem, Quoted(args)));
}

engine::Reply RunCommand(const ModuleCommand& command, engine::CommandCall& call) {
  // Modules say themselves what is propagated.
  call.DoNotPropagate();
  engine::Client& client = call.client;
  const bool heard = client.origin() == engine::Client::Origin::kUser || client.collects_output;
  std::string nowhere;
  ReplyWriter reply(heard ? client.output : nowhere, client.protocol);
  RedisModuleCtx* ctx = command.host.NewContext(&command.module, ContextKind::kCommand, &client);
  ctx->call = &call;
  ctx->reply = &reply;
  const uint64_t client_id = client.id();
  CallFunction(command, ctx, call.args);
  if (command.host.server.FindClient(client_id) && client.blocked) return engine::Reply::Blocked();
  CheckReply(command, reply, call.args);
  return engine::Reply::Written();
}

std::vector<int> AskKeyPositions(const ModuleCommand& command, std::span<const std::string> args) {
  RedisModuleCtx* ctx =
      command.host.NewContext(&command.module, ContextKind::kKeyPositions, nullptr);
  std::vector<RedisModuleCtx::KeyPosition> positions;
  ctx->key_positions = &positions;
  CallFunction(command, ctx, args);
  std::vector<int> result;
  for (const RedisModuleCtx::KeyPosition& position : positions) result.push_back(position.position);
  return result;
}

// The facts that COMMAND shows of a module's command.
void DescribeCommand(ModuleCommand& command, const Flags& flags, int first_key, int last_key,
                     int key_step) {
  command.facts.name = command.name;
  command.facts.arity = -1;
  command.facts.flags = flags.bits;
  command.facts.group = "module";
  // Without a first key the other two numbers mean nothing, and COMMAND shows zeros.
  if (first_key == 0) return;
  command.facts.first_key = first_key;
  command.facts.last_key = last_key;
  command.facts.key_step = key_step;
  // command.key-spec: the three numbers become one range with full access.
  command.key_spec.flags = engine::kKeyRW | engine::kKeyAccess | engine::kKeyUpdate;
  if (flags.getkeys_api) command.key_spec.flags |= engine::kKeyVariableFlags;
  command.key_spec.begin_search = engine::KeySpec::BeginSearch::kIndex;
  command.key_spec.index = first_key;
  command.key_spec.find_keys = engine::KeySpec::FindKeys::kRange;
  command.key_spec.last_key = last_key < 0 ? last_key : last_key - first_key;
  command.key_spec.key_step = key_step;
  command.facts.key_specs = std::span(&command.key_spec, 1);
}

}  // namespace

bool Host::AddCommand(Module& module, std::string_view name, RedisModuleCmdFunc run,
                      std::string_view flag_text, int first_key, int last_key, int key_step) {
  std::string unknown;
  const std::optional<Flags> flags = ParseFlags(flag_text, unknown);
  if (!flags) {
    module.refusals.push_back(fmt::format("command '{}': unknown flag '{}'", name, unknown));
    return false;
  }
  auto state =
      std::make_shared<ModuleCommand>(ModuleCommand{*this, module, run, std::string(name)});
  DescribeCommand(*state, *flags, first_key, last_key, key_step);
  auto command = std::make_unique<engine::Command>();
  command->name = state->name;
  command->facts = &state->facts;
  command->module = module.name;
  command->run = [state](engine::CommandCall& call) { return RunCommand(*state, call); };
  if (flags->getkeys_api)
    command->key_positions = [state](std::span<const std::string> args) {
      return AskKeyPositions(*state, args);
    };
  if (!server.commands.Add(std::move(command))) {
    module.refusals.push_back(fmt::format("command '{}' exists already", name));
    return false;
  }
  module.commands.push_back(state->name);
  // A command for when another is busy: so there is one that yields.
  if (flags->bits & engine::kCommandAllowBusy) ExpectYields(module);
  return true;
}

}  // namespace modcert::module
