// Commands of modules: registration, and the run of one.

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <memory>
#include <optional>

#include "fmt/format.h"
#include "module/host.h"

namespace modcert::module {
namespace {

using engine::CommandFlag;

using abi::Version;

// A word of the flag string that CreateCommand takes, what it means for the command, and the first
// releases that know it. Words whose effect needs more of a server than there is have no flag.
struct FlagWord {
  std::string_view word;
  uint64_t flag = 0;
  enum class Meaning { kFlag, kGetKeys, kGetChannels, kNoCluster, kInternal };
  Meaning meaning = Meaning::kFlag;
  std::optional<Version> redis = Version{4, 0, 0};
  std::optional<Version> valkey = Version{7, 2, 5};
};

using Meaning = FlagWord::Meaning;

constexpr FlagWord kFlagWords[] = {
    {.word = "write", .flag = engine::kCommandWrite},
    {.word = "readonly", .flag = engine::kCommandReadonly},
    {.word = "admin", .flag = engine::kCommandAdmin},
    {.word = "deny-oom", .flag = engine::kCommandDenyOom},
    {.word = "deny-script", .flag = engine::kCommandNoScript},
    {.word = "allow-loading", .flag = engine::kCommandLoading},
    {.word = "pubsub", .flag = engine::kCommandPubSub},
    {.word = "random"},
    {.word = "allow-stale", .flag = engine::kCommandStale},
    {.word = "no-monitor", .flag = engine::kCommandSkipMonitor},
    {.word = "fast", .flag = engine::kCommandFast},
    {.word = "getkeys-api", .flag = engine::kCommandMovableKeys, .meaning = Meaning::kGetKeys},
    {.word = "no-cluster", .meaning = Meaning::kNoCluster},
    {.word = "no-auth", .flag = engine::kCommandNoAuth, .redis = Version{6, 0, 0}},
    {.word = "no-slowlog", .flag = engine::kCommandSkipSlowlog, .redis = Version{6, 0, 0}},
    {.word = "may-replicate", .redis = Version{6, 2, 0}},
    {.word = "blocking", .flag = engine::kCommandBlocking, .redis = Version{7, 0, 0}},
    {.word = "allow-busy", .flag = engine::kCommandAllowBusy, .redis = Version{7, 0, 0}},
    {.word = "no-mandatory-keys",
     .flag = engine::kCommandNoMandatoryKeys,
     .redis = Version{7, 0, 0}},
    {.word = "getchannels-api", .meaning = Meaning::kGetChannels, .redis = Version{7, 0, 0}},
    {.word = "internal",
     .flag = engine::kCommandNoScript,
     .meaning = Meaning::kInternal,
     .redis = Version{8, 0, 0},
     .valkey = std::nullopt},
    {.word = "touches-arbitrary-keys", .redis = Version{8, 4, 0}, .valkey = std::nullopt},
    {.word = "no-commandlog",
     .flag = engine::kCommandSkipSlowlog,
     .redis = std::nullopt,
     .valkey = Version{8, 1, 0}},
    {.word = "all-dbs", .redis = std::nullopt, .valkey = Version{9, 1, 0}},
};

bool IsKnown(const FlagWord& word, const abi::Profile& profile) {
  const auto& since = IsValkey(profile) ? word.valkey : word.redis;
  return since && profile.version >= *since;
}

struct Flags {
  uint64_t bits = engine::kCommandModule;
  bool getkeys_api = false;
  bool getchannels_api = false;
  bool no_cluster = false;
  bool internal = false;
};

void Apply(const FlagWord& word, Flags& flags) {
  flags.bits |= word.flag;
  flags.getkeys_api |= word.meaning == Meaning::kGetKeys;
  flags.getchannels_api |= word.meaning == Meaning::kGetChannels;
  flags.no_cluster |= word.meaning == Meaning::kNoCluster;
  flags.internal |= word.meaning == Meaning::kInternal;
}

// command.flag-words, command.flag-case: words separated by single spaces, without regard to case.
// Null for an unknown word, which `unknown` names.
std::optional<Flags> ParseFlags(std::string_view text, const abi::Profile& profile,
                                std::string& unknown) {
  Flags flags;
  if (text.empty()) return flags;
  for (;;) {
    const size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    const auto* row = std::find_if(
        std::begin(kFlagWords), std::end(kFlagWords),
        [&](const FlagWord& known) { return engine::CommandNameEqual{}(known.word, word); });
    if (row == std::end(kFlagWords) || !IsKnown(*row, profile)) {
      unknown = word;
      return std::nullopt;
    }
    Apply(*row, flags);
    if (space == std::string_view::npos) return flags;
    text.remove_prefix(space + 1);
  }
}

// Since Redis 7.2 commands are registered in OnLoad only, and some characters have no place in
// their names.
bool IsStrict(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 2, 0}); }

bool IsValidName(std::string_view name) {
  return name.find_first_of(" \r\n|@=,;") == std::string_view::npos;
}

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
void CallFunction(const RedisModuleCommand& command, RedisModuleCtx* ctx,
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

void CheckReply(const RedisModuleCommand& command, const ReplyWriter& reply,
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

engine::Reply RunCommand(const RedisModuleCommand& command, engine::CommandCall& call) {
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

// Runs the function to hear from it where its keys are, or its channels.
std::vector<RedisModuleCtx::Position> AskPositions(const RedisModuleCommand& command,
                                                   ContextKind kind,
                                                   std::span<const std::string> args) {
  RedisModuleCtx* ctx = command.host.NewContext(&command.module, kind, nullptr);
  std::vector<RedisModuleCtx::Position> positions;
  ctx->positions = &positions;
  CallFunction(command, ctx, args);
  return positions;
}

std::vector<engine::KeyPosition> AskKeyPositions(const RedisModuleCommand& command,
                                                 std::span<const std::string> args) {
  std::vector<engine::KeyPosition> keys;
  for (const auto& [position, flags] : AskPositions(command, ContextKind::kKeyPositions, args))
    keys.push_back({position, static_cast<uint64_t>(flags)});
  return keys;
}

std::vector<engine::ChannelPosition> AskChannelPositions(const RedisModuleCommand& command,
                                                         std::span<const std::string> args) {
  std::vector<engine::ChannelPosition> channels;
  constexpr int kNeedsPermission =
      REDISMODULE_CMD_CHANNEL_PUBLISH | REDISMODULE_CMD_CHANNEL_SUBSCRIBE;
  for (const auto& [position, flags] : AskPositions(command, ContextKind::kChannelPositions, args))
    if ((flags & kNeedsPermission) != 0)
      channels.push_back({position, (flags & REDISMODULE_CMD_CHANNEL_PATTERN) != 0});
  return channels;
}

// Why a registration is refused, or nothing.
std::optional<std::string> RefusalOf(const Host& host, const Module& module,
                                     const NewCommand& command, const std::optional<Flags>& flags,
                                     std::string_view unknown_flag) {
  // command.only-in-on-load
  if (IsStrict(host.api.profile()) && !module.in_on_load)
    return fmt::format("command '{}': OnLoad is over", command.name);
  if (!flags) return fmt::format("command '{}': unknown flag '{}'", command.name, unknown_flag);
  if (flags->no_cluster && host.server.cluster)
    return fmt::format("command '{}' is not for a cluster", command.name);
  if (IsStrict(host.api.profile()) && !IsValidName(command.name))
    return fmt::format("command '{}': a character that no name may have", command.name);
  return std::nullopt;
}

// The command as the engine knows it, with the handle behind it.
std::unique_ptr<engine::Command> MakeCommand(RedisModuleCommand& handle, const NewCommand& command,
                                             const Flags& flags, std::string name) {
  engine::CommandFacts& facts = handle.description.facts;
  handle.description.SetName(name);
  // command.default-arity: a container has at least the name of a subcommand behind its own.
  facts.arity = command.run && !handle.parent ? -1 : -2;
  facts.flags = flags.bits;
  facts.group = "module";
  handle.description.SetLegacyRange(command.first_key, command.last_key, command.key_step);
  auto made = std::make_unique<engine::Command>();
  made->name = std::move(name);
  made->facts = &facts;
  made->module = handle.module.name;
  made->is_internal = flags.internal;
  if (command.run)
    made->run = [&handle](engine::CommandCall& call) { return RunCommand(handle, call); };
  if (flags.getkeys_api)
    made->key_positions = [&handle](std::span<const std::string> args) {
      return AskKeyPositions(handle, args);
    };
  if (flags.getchannels_api)
    made->channel_positions = [&handle](std::span<const std::string> args) {
      return AskChannelPositions(handle, args);
    };
  handle.command = made.get();
  return made;
}

bool Refuse(Module& module, std::string why) {
  module.refusals.push_back(std::move(why));
  return false;
}

}  // namespace

bool Host::AddCommand(Module& module, const NewCommand& command) {
  std::string unknown;
  const auto flags = ParseFlags(command.flags, api.profile(), unknown);
  if (auto why = RefusalOf(*this, module, command, flags, unknown))
    return Refuse(module, *std::move(why));
  RedisModuleCommand* handle = handles.commands.New(&module, *this, module, command.run);
  if (!server.commands.Add(MakeCommand(*handle, command, *flags, std::string(command.name)))) {
    handles.commands.End(handle);
    return Refuse(module, fmt::format("command '{}' exists already", command.name));
  }
  module.commands.emplace_back(command.name);
  module.command_handles.push_back(handle);
  // A command for when another is busy: so there is one that yields.
  if (flags->bits & engine::kCommandAllowBusy) ExpectYields(module);
  return true;
}

bool Host::AddSubcommand(RedisModuleCommand& parent, const NewCommand& command) {
  Module& module = parent.module;
  std::string unknown;
  const auto flags = ParseFlags(command.flags, api.profile(), unknown);
  if (auto why = RefusalOf(*this, module, command, flags, unknown))
    return Refuse(module, *std::move(why));
  // command.parent-is-container
  if (parent.parent || parent.run)
    return Refuse(module,
                  fmt::format("command '{}' can have no subcommands", parent.command->name));
  auto& siblings = parent.command->subcommands;
  const std::string name = fmt::format("{}|{}", parent.command->name, command.name);
  const auto place = std::lower_bound(siblings.begin(), siblings.end(), name,
                                      [](const auto& a, const auto& b) { return a->name < b; });
  const bool exists = std::any_of(siblings.begin(), siblings.end(), [&](const auto& sibling) {
    return engine::CommandNameEqual{}(sibling->name, name);
  });
  if (exists) return Refuse(module, fmt::format("command '{}' exists already", name));
  RedisModuleCommand* handle = handles.commands.New(&module, *this, module, command.run, &parent);
  siblings.insert(place, MakeCommand(*handle, command, *flags, name));
  module.command_handles.push_back(handle);
  return true;
}

int Host::AddAclCategory(Module& module, std::string_view name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
  if (!module.in_on_load || name.empty() || !std::all_of(name.begin(), name.end(), fits))
    return EINVAL;
  engine::AclCommandIndex& commands = server.acl.commands();
  if (commands.CategoryIndex(name)) return EBUSY;
  if (!commands.HasRoomForCategory()) return ENOMEM;
  commands.AddCategory(std::string(name));
  ++module.acl_category_count;
  return 0;
}

}  // namespace modcert::module
