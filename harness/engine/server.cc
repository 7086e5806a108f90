#include "engine/server.h"

#include <algorithm>

#include "base/escape.h"
#include "base/parse_number.h"
#include "engine/client_info.h"
#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/eviction.h"
#include "engine/memory_usage.h"
#include "engine/persistence.h"
#include "engine/replication.h"
#include "engine/scripting/scripting.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

// An error text is one line of protocol: line ends in what it quotes become spaces.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return text;
}

constexpr size_t kQuotedMax = 128;  // bytes of the command, and of all arguments, that are quoted

// The beginning of what a client sent, as an error text quotes it: a NUL byte ends it.
std::string_view Quotable(std::string_view text, size_t max = kQuotedMax) {
  return text.substr(0, std::min(max, text.find('\0')));
}

Reply UnknownCommand(std::span<const std::string> args) {
  std::string quoted;
  for (size_t i = 1; i < args.size() && quoted.size() < kQuotedMax; ++i)
    quoted += fmt::format("'{}' ", Quotable(args[i], kQuotedMax - quoted.size()));
  return Reply::Error(OneLine(fmt::format("ERR unknown command '{}', with args beginning with: {}",
                                          Quotable(args[0]), quoted)));
}

Reply UnknownSubcommand(const Command& container, std::span<const std::string> args) {
  std::string upper = container.name;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return Reply::Error(
      OneLine(fmt::format("ERR unknown subcommand '{}'. Try {} HELP.", Quotable(args[1]), upper)));
}

bool IsOneOf(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Stats::CommandStat& StatOf(Stats& stats, const Command& command) {
  const auto it = stats.commands.find(command.name);
  return it != stats.commands.end() ? it->second : stats.commands[command.name];
}

// What waits while writes are paused: PUBLISH changes nothing here, but replicas hear of it.
bool MayPropagate(const Command& command) {
  return command.Has(kCommandWrite) ||
         IsOneOf(command.name, {"publish", "spublish", "pfcount", "eval", "evalsha", "fcall"});
}

bool RunsScript(std::string_view name) {
  const auto names = {"eval", "evalsha", "eval_ro", "evalsha_ro", "fcall", "fcall_ro"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view script) { return CommandNameEqual{}(name, script); });
}

// CLIENT REPLY SKIP counts commands.
void NextReplyMode(Client& client) {
  using Mode = Client::ReplyMode;
  if (client.reply_mode == Mode::kSkip) client.reply_mode = Mode::kOn;
  if (client.reply_mode == Mode::kSkipNext) client.reply_mode = Mode::kSkip;
}

// 40 hexadecimal digits.
std::string DrawId(Random& random) {
  std::string id;
  while (id.size() < 40) id += "0123456789abcdef"[random.Below(16)];
  return id;
}

std::string_view ErrorCode(std::string_view text) { return text.substr(0, text.find(' ')); }

// Reasons of the log of the ACL, as the Module API numbers them.
int NumberOf(AclDenial::Reason reason) {
  switch (reason) {
    case AclDenial::Reason::kCommand:
      return 1;
    case AclDenial::Reason::kKey:
      return 2;
    case AclDenial::Reason::kChannel:
      return 3;
  }
  return 0;
}

}  // namespace

// What a real server does between two waits of its event loop.
class Server::Awake {
 public:
  Awake(Server& server, bool begins) : server_(server), begins_(begins && !server.awake_) {
    if (!begins_) return;
    server_.awake_ = true;
    server_.events.Fire(LoopStep{LoopStep::kAfterSleep});
  }
  ~Awake() {
    if (!begins_) return;
    server_.events.Fire(LoopStep{LoopStep::kBeforeSleep});
    server_.awake_ = false;
  }
  Awake(const Awake&) = delete;
  Awake& operator=(const Awake&) = delete;

 private:
  Server& server_;
  const bool begins_;
};

Server::Server(const Clock& clock, uint64_t seed)
    : clock(clock),
      random(seed),
      log(clock),
      notifier(config, pubsub),
      keyspace(clock, config, notifier, events, propagation, stats),
      blocking(clock),
      acl(config, commands),
      tracking([this](uint64_t id) { return FindClient(id); }),
      run_id(DrawId(random)),
      started_at_ms(clock.now_ms()),
      persistence(std::make_unique<Persistence>(*this)),
      replication(std::make_unique<Replication>(*this)) {
  stats.lastsave_s = started_at_ms / 1000;
  cached_us_ = clock.now_us();
  // A server looks at the type only: a key that comes or goes is not even noted while nobody, for
  // whatever key, waits for a value like it.
  keyspace.SetAddListener([this](int db, std::string_view key, const Value& value) {
    if (blocking.AnybodyAwaits(value)) blocking.KeyReady(db, key);
  });
  propagation.SetStreamListener([this](const Args& args) { replication->Feed(args); });
  config.SetListener([this](std::string_view name) {
    if (name == "requirepass") acl.SetDefaultPassword(config.requirepass);
    if (name == "appendonly") persistence->AppendOnlyChanged();
    if (name == "activedefrag" && on_active_defrag_set) on_active_defrag_set();
  });
  keyspace.SetChangeListener([this](std::string_view key, const Client* by) {
    if (tracking.active()) tracking.KeyChanged(current_, by, key);
  });
}

Server::~Server() {
  // Its clients go while there are others, and nobody wants to hear of it any more.
  on_disconnect = nullptr;
  cluster.reset();
  replication.reset();
}

Client& Server::Connect(Client::Origin origin) {
  auto client = std::make_unique<Client>(next_client_id_++, origin);
  client->created_at_ms = client->last_active_ms = clock.now_ms();
  client->deny_blocking = origin == Client::Origin::kInternal;
  if (origin == Client::Origin::kUser) {
    ++stats.total_connections_received;
    client->user = &acl.default_user();
    client->authenticated = !acl.RequiresAuth();
  }
  Client& connected = *client;
  clients_.emplace(connected.id(), std::move(client));
  if (origin == Client::Origin::kUser)
    events.Fire(ClientChange{ClientChange::kConnected, connected});
  return connected;
}

// No part of the server knows the client any more.
void Server::Release(Client& client) {
  client.UserChanged();
  if (client.origin() == Client::Origin::kUser)
    events.Fire(ClientChange{ClientChange::kDisconnected, client});
  if (scripting_) scripting_->Disconnected(client);
  if (on_disconnect) on_disconnect(client);
  blocking.Disconnected(client);
  pubsub.Forget(client);
  keyspace.UnwatchAll(client);
  tracking.Disable(client);
  RemoveMonitor(client);
}

void Server::Disconnect(Client& client) {
  if (client.closed) {
    closed_clients_.erase(client.id());
    return;
  }
  Release(client);
  clients_.erase(client.id());
}

void Server::Kill(Client& client) {
  if (&client == current_) {
    client.close_after_reply = true;
    return;
  }
  Release(client);
  client.closed = true;
  closed_clients_.insert(clients_.extract(client.id()));
}

void Server::KillSoon(Client& client) {
  client.close_after_reply = true;
  if (&client != current_) ending_.push_back(client.id());
}

void Server::EndKilled() {
  for (uint64_t id : std::exchange(ending_, {}))
    if (Client* client = FindClient(id)) Kill(*client);
}

void Server::Deauthenticate(Client& client) {
  client.user = &acl.default_user();
  client.authenticated = false;
  KillSoon(client);
}

void Server::DeauthenticateClientsOf(const AclUser& user) {
  for (const auto& [id, client] : clients_)
    if (client->user == &user) Deauthenticate(*client);
}

Client* Server::FindClient(uint64_t id) {
  const auto it = clients_.find(id);
  return it == clients_.end() ? nullptr : it->second.get();
}

void Server::Execute(Client& client, Args args) {
  if (scripting_ && scripting_->debugger.IsWaitingFor(client))
    return scripting_->debugger.Give(std::move(args));
  if (client.blocked) {
    client.waiting_input.push_back(std::move(args));
    return;
  }
  if (args.empty() || client.close_after_reply || client.closed) return;
  const Awake awake(*this, client.origin() == Client::Origin::kUser && propagation.depth() == 0);
  client.last_active_ms = clock.now_ms();
  if (IsBusy()) {
    ExecuteNow(client, std::move(args));
    scripting_->Continue(1);  // the time that the command took
  } else if (MayTakeLong(client, args)) {
    Client* const outer = current_;
    scripting().RunUnit(client, [this, &client, args = std::move(args)]() mutable {
      ExecuteNow(client, std::move(args));
    });
    current_ = outer;  // the unit may have been suspended
  } else {
    ExecuteNow(client, std::move(args));
  }
}

void Server::ExecuteNow(Client& client, Args args) {
  const uint64_t id = client.id();
  if (!current_) cached_us_ = clock.now_us();
  Client* const outer = std::exchange(current_, &client);
  Dispatch(client, std::move(args));
  current_ = outer;
  if (FindClient(id)) AfterCommand(client);  // a command may end its own connection
  AfterUnit();
  if (!current_) tracking.SendBroadcasts();
}

void Server::AfterCommand(Client& client) {
  NextReplyMode(client);
  if (!client.transaction.open && client.last_command != "asking") client.asking = false;
  tracking.SendPending(client);
  // What CLIENT CACHING says is for one command, or one transaction.
  const bool is_client_command = client.last_command.starts_with("client|");
  if (!client.transaction.open && !is_client_command) client.tracking.caching = false;
}

// Scripts that take long let others have their say, and so do modules that want to, unless they are
// inside of something else.
bool Server::MayTakeLong(const Client& client, std::span<const std::string> args) const {
  if (client.origin() != Client::Origin::kUser || propagation.depth() > 0) return false;
  if (scripting_ && scripting_->in_unit()) return false;
  if (!client.transaction.open) {
    const Command* command = may_yield ? commands.Find(args) : nullptr;
    return RunsScript(args[0]) || (command && may_yield(*command));
  }
  const auto& queue = client.transaction.queue;
  return CommandNameEqual{}(args[0], "exec") &&
         std::any_of(queue.begin(), queue.end(),
                     [](const auto& queued) { return RunsScript(queued.command->name); });
}

bool Server::IsBusy() const { return scripting_ && scripting_->busy(); }

scripting::Scripting& Server::scripting() {
  if (!scripting_) scripting_ = std::make_unique<scripting::Scripting>(*this);
  return *scripting_;
}

void Server::Dispatch(Client& client, Args args) {
  ApplyCommandFilters(client, args);
  const Command* command = commands.Find(args);
  client.last_command = command ? command->name : "";
  if (const std::optional<Reply> refusal = Refusal(client, command, args)) {
    Reject(client, command, args, *refusal);
  } else if (IsPaused(client, *command)) {
    Postpone(client, std::move(args));
  } else if (client.transaction.open &&
             !IsOneOf(command->name, {"exec", "discard", "multi", "watch", "quit", "reset"})) {
    client.transaction.queue.push_back({command, std::move(args)});
    client.Send(resp::Value::Simple("QUEUED"));
  } else {
    if (!command->module.empty()) was_memory_full_ = IsMemoryFull();
    Answer(client, Run(client, *command, args));
  }
}

std::optional<Reply> Server::RefusalOfForm(const Command* command,
                                           std::span<const std::string> args) {
  if (!command) return UnknownCommand(args);
  // A container, whether it can be called by itself or not, knows the subcommands it has.
  if (!command->subcommands.empty() && args.size() >= 2) return UnknownSubcommand(*command, args);
  if (!command->run) return Reply::WrongArity(command->name);
  if (!command->TakesArguments(args.size())) return Reply::WrongArity(command->name);
  return std::nullopt;
}

std::optional<Reply> Server::Refusal(Client& client, const Command* command,
                                     std::span<const std::string> args) {
  const bool is_hidden =
      command && command->is_internal && client.origin() == Client::Origin::kUser;
  if (auto refusal = RefusalOfForm(is_hidden ? nullptr : command, args)) return refusal;
  if (!client.authenticated && !command->Has(kCommandNoAuth) && acl.RequiresAuth())
    return Reply::Error("NOAUTH Authentication required.");
  if (IsBusy() && !command->Has(kCommandAllowBusy)) return scripting_->BusyReply();
  if (client.transaction.open && command->Has(kCommandNoMulti))
    return Reply::Error("ERR Command not allowed inside a transaction");
  if (client.user && !client.user->unrestricted())
    if (auto refusal = PermissionRefusal(client, *command, args)) return refusal;
  if (cluster && client.origin() == Client::Origin::kUser)
    if (auto refusal = cluster->RefusalOf(client, *command, args))
      return Reply::Error(refusal->text);
  if (!HasMemory(client) && command->Has(kCommandDenyOom))
    return Reply::Error("OOM command not allowed when used memory > 'maxmemory'.");
  if (auto refusal = RefusalOfRole(client, *command)) return refusal;
  if (!client.resp3() && client.SubscriptionCount() > 0 &&
      !IsOneOf(command->name, {"ping", "subscribe", "ssubscribe", "sunsubscribe", "psubscribe",
                               "unsubscribe", "punsubscribe", "quit", "reset"}))
    return Reply::Error(fmt::format(
        "ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are "
        "allowed in this context",
        command->name));
  if (client.is_monitor && (command->Has(kCommandReadonly) || MayPropagate(*command)))
    return Reply::Error("ERR Replica can't interact with the keyspace");
  return RefusalOfStaleData(client, *command);
}

bool Server::IsMemoryFull() const {
  return config.maxmemory > 0 && UsedMemory(keyspace) > config.maxmemory;
}

std::optional<Reply> Server::RefusalOfStaleData(const Client& client,
                                                const Command& command) const {
  if (client.origin() != Client::Origin::kUser || !replication->is_replica() ||
      replication->link_is_up() || config.replica_serve_stale_data || command.Has(kCommandStale))
    return std::nullopt;
  return Reply::Error(
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.");
}

// Keys are evicted for a client's command only: what modules and scripts run is a part of one.
bool Server::HasMemory(const Client& client) {
  return client.origin() == Client::Origin::kUser ? EvictToFit(*this) : !IsMemoryFull();
}

std::optional<Reply> Server::RefusalOfRole(const Client& client, const Command& command) const {
  if (client.origin() != Client::Origin::kUser || !command.Has(kCommandWrite)) return std::nullopt;
  if (replication->is_replica()) {
    if (!config.replica_read_only) return std::nullopt;
    return Reply::Error("READONLY You can't write against a read only replica.");
  }
  if (config.min_replicas_to_write > static_cast<int64_t>(replication->replica_count()) &&
      config.min_replicas_max_lag > 0)
    return Reply::Error("NOREPLICAS Not enough good replicas to write.");
  return std::nullopt;
}

std::optional<Reply> Server::PermissionRefusal(Client& client, const Command& command,
                                               std::span<const std::string> args) {
  const std::optional<AclDenial> denial = acl.Check(*client.user, command, args);
  if (!denial) return std::nullopt;
  const bool names_object = denial->reason != AclDenial::Reason::kCommand;
  events.Fire(CommandDone{
      .result = CommandDone::Result::kDenied,
      .client = client,
      .command = command.name,
      .args = args,
      .denial = NumberOf(denial->reason),
      .context =
          names_object ? std::string_view(args[static_cast<size_t>(denial->position)]) : ""});
  acl.LogDenial(client, *denial, command, args, client.transaction.open ? "multi" : "toplevel",
                clock.now_ms());
  return Reply::Error(DenialError(*denial, command));
}

void Server::Reject(Client& client, const Command* command, std::span<const std::string> args,
                    const Reply& error) {
  // One whom the ACL refused was told of as such.
  if (command && events.wants<CommandDone>() && !error.value().text.starts_with("NOPERM"))
    events.Fire(CommandDone{.result = CommandDone::Result::kRejected,
                            .client = client,
                            .command = command->name,
                            .args = args,
                            .context = error.value().text});
  Reply answer = error;
  // EXEC that cannot run ends the transaction, open or not; anything else spoils it.
  if (command && command->name == "exec") {
    client.transaction = {};
    keyspace.UnwatchAll(client);
    const std::string& text = error.value().text;
    const bool names_node =
        IsOneOf(ErrorCode(text), {"MOVED", "ASK", "CROSSSLOT", "TRYAGAIN", "CLUSTERDOWN"});
    if (!names_node)
      answer = Reply::Error("EXECABORT Transaction discarded because of: " +
                            text.substr(text.starts_with("ERR ") ? 4 : 0));
  } else if (client.transaction.open) {
    client.transaction.failed = true;
  }
  if (command && command->run) ++StatOf(stats, *command).rejected_calls;
  CountErrorReply(answer.value().text);
  Answer(client, std::move(answer));
}

Reply Server::Run(Client& client, const Command& command, std::span<const std::string> args,
                  PropagateTo to) {
  const ExecutionUnit unit(propagation);
  CommandCall call(*this, client, command, args);
  const int64_t begin_us = spent_us_;
  // Those who monitor see a script before what it does.
  if (!monitors_.empty() && RunsScript(command.name)) FeedMonitors(client, call.ShownArgs());
  Reply reply = command.run(call);
  ++stats.total_commands_processed;
  Stats::CommandStat& stat = StatOf(stats, command);
  ++stat.calls;
  const int64_t duration_us = spent_us_ - begin_us;
  if (duration_us > 0) {
    stat.usec += duration_us;
    ++stat.durations_us[duration_us];
  }
  const bool is_slow =
      config.slowlog_log_slower_than >= 0 && duration_us >= config.slowlog_log_slower_than;
  if (is_slow || duration_us > 0 || !monitors_.empty() || client.tracking.on || client.runs_script)
    Observe(client, call, duration_us);
  stats.dirty += call.dirty();
  for (Args& propagated : call.TakePropagation())
    propagation.Add(call.propagation_db(), std::move(propagated), to);
  if (const std::optional<bool> failed = call.errors_counted()) {
    if (*failed) ++stat.failed_calls;
  } else if (reply.is_error()) {
    CountErrorReply(client, reply.value().text);
    ++stat.failed_calls;
  }
  if (events.wants<CommandDone>())
    events.Fire(CommandDone{.result = reply.is_error() || call.errors_counted().value_or(false)
                                          ? CommandDone::Result::kFailure
                                          : CommandDone::Result::kSuccess,
                            .client = client,
                            .command = command.name,
                            .args = args,
                            .duration_us = duration_us,
                            .dirty = call.dirty()});
  if (after_call) after_call();
  return reply;
}

void Server::RunAgain(Client& client, const Args& args) {
  const Command* command = commands.Find(args);
  if (!command) return;
  Client* const outer = std::exchange(current_, &client);
  Answer(client, Run(client, *command, args));
  current_ = outer;
}

size_t Server::Empty(int db, FlushStep::Mode mode) {
  events.Fire(FlushStep{FlushStep::kStart, db, mode});
  const size_t count = keyspace.Flush(db);
  events.Fire(FlushStep{FlushStep::kEnd, db, mode});
  return count;
}

size_t Server::Flush(int db, FlushStep::Mode mode) {
  const size_t count = Empty(db, mode);
  std::vector<Client*> clients;
  for (const auto& [id, client] : clients_) clients.push_back(client.get());
  tracking.AllChanged(current_, clients);
  return count;
}

// What only few look at: the slow log, LATENCY, MONITOR and tracking.
void Server::Observe(Client& client, CommandCall& call, int64_t duration_us) {
  const Command& command = call.command;
  // A script reads by its commands only.
  const bool reads =
      command.Has(kCommandReadonly) && !command.Has(kCommandPubSub) && !RunsScript(command.name);
  // What a script reads, its caller has read: of that a server notes the keys that the caller
  // named.
  const scripting::ScriptRun* script = client.runs_script ? scripting_->current() : nullptr;
  if (reads && script && script->caller->tracking.on)
    tracking.Remember(*script->caller, *script->caller_command, script->command);
  else if (reads && !script && client.tracking.on)
    tracking.Remember(client, command, call.args);
  if (!monitors_.empty() && !command.Has(kCommandSkipMonitor | kCommandAdmin))
    FeedMonitors(client, call.ShownArgs());
  if (client.blocked) return;  // not over yet
  const int64_t duration_ms = duration_us / 1000;
  if (config.latency_monitor_threshold > 0 && duration_ms >= config.latency_monitor_threshold)
    latency.Add(command.Has(kCommandFast) ? "fast-command" : "command", clock.now_ms() / 1000,
                duration_ms);
  const int64_t slow_us = config.slowlog_log_slower_than;
  if (slow_us < 0 || duration_us < slow_us || command.Has(kCommandSkipSlowlog)) return;
  const bool is_user = client.origin() == Client::Origin::kUser;
  slowlog.Add({.at_s = clock.now_ms() / 1000,
               .duration_us = duration_us,
               .args = call.ShownArgs(),
               .address = std::string(is_user ? kClientAddress : "?:0"),
               .client_name = client.name},
              config.slowlog_max_len);
}

void Server::ShutDown() {
  events.Fire(ShutdownBegins{});
  is_down_ = true;
  std::vector<Client*> all;
  for (const auto& [id, client] : clients_)
    if (client->origin() == Client::Origin::kUser) all.push_back(client.get());
  for (Client* client : all) Kill(*client);
}

void Server::AddMonitor(Client& client) {
  if (client.is_monitor) return;
  client.is_monitor = true;
  monitors_.push_back(&client);
}

void Server::RemoveMonitor(Client& client) {
  client.is_monitor = false;
  std::erase(monitors_, &client);
}

void Server::FeedMonitors(const Client& client, std::span<const std::string> args) {
  if (monitors_.empty()) return;
  const int64_t now_us = clock.now_us();
  const bool is_user = client.origin() == Client::Origin::kUser;
  std::string line = fmt::format("{}.{:06} [{} {}]", now_us / 1000000, now_us % 1000000, client.db,
                                 is_user              ? kClientAddress
                                 : client.runs_script ? "lua"
                                                      : "?:0");
  for (const std::string& arg : args) line += " " + Quote(arg);
  for (Client* monitor : monitors_) monitor->Send(resp::Value::Simple(line));
}

void Server::Answer(Client& client, Reply reply) {
  if (reply.kind() == Reply::Kind::kValue) client.Send(reply.value());
}

void Server::CountErrorReply(std::string_view text) {
  ++stats.total_error_replies;
  // A text without a code in front counts as ERR.
  constexpr size_t kCodeMax = 31;  // how far a server looks for the space behind the code
  const std::string_view code = ErrorCode(text);
  const bool has_code = code.size() < text.size() && code.size() < kCodeMax;
  ++stats.errors[has_code ? std::string(code) : "ERR"];
}

void Server::CountErrorReply(Client& client, std::string_view text) {
  if (client.defers_errors)
    client.deferred_errors.emplace_back(text);
  else
    CountErrorReply(text);
}

void Server::AfterUnit() {
  if (serving_ || propagation.depth() > 0) return;
  if (!ending_.empty()) EndKilled();
  if (!blocking.HasReadyKeys() && unblocked_.empty()) return;
  serving_ = true;
  const auto look_up = [this](int db, const std::string& key) { keyspace.FindForWrite(db, key); };
  const auto note = [this](Client& client) { unblocked_.push_back(client.id()); };
  do {
    blocking.ServeReadyKeys(look_up, note);  // each client that is served is a unit of its own
    for (uint64_t id : std::exchange(unblocked_, {}))
      if (Client* client = FindClient(id)) Resume(*client);
  } while (blocking.HasReadyKeys() || !unblocked_.empty());
  serving_ = false;
}

void Server::Resume(Client& client) {
  if (client.on_served && !client.blocked)
    std::exchange(client.on_served, nullptr)();  // the client may be gone now
  else
    RunHeldInput(client);
}

void Server::RunHeldInput(Client& client) {
  if (client.blocked || client.waiting_input.empty()) return;
  Args args = std::move(client.waiting_input.front());
  client.waiting_input.pop_front();
  NoteUnblocked(client);  // the next command comes after whoever this one wakes
  Execute(client, std::move(args));
}

void Server::NoteUnblocked(Client& client) { unblocked_.push_back(client.id()); }

void Server::Pause(int64_t until_ms, PauseMode mode) {
  const bool running = clock.now_ms() < paused_until_ms_;
  paused_until_ms_ = running ? std::max(paused_until_ms_, until_ms) : until_ms;
  if (!running || mode == PauseMode::kAll) pause_mode_ = mode;
  keyspace.set_keeps_expired(clock.now_ms() < paused_until_ms_);
}

void Server::Unpause() {
  paused_until_ms_ = 0;
  keyspace.set_keeps_expired(false);
  for (const auto& [id, client] : clients_) {
    if (!client->blocked || !client->blocked->postponed) continue;
    blocking.TimeOut(*client);
    NoteUnblocked(*client);
  }
}

bool Server::IsPaused(const Client& client, const Command& command) const {
  if (!is_paused() || client.origin() != Client::Origin::kUser) return false;
  if (pause_mode_ == PauseMode::kAll || MayPropagate(command)) return true;
  const auto& queue = client.transaction.queue;
  return command.name == "exec" && std::any_of(queue.begin(), queue.end(), [](const auto& queued) {
           return MayPropagate(*queued.command);
         });
}

// The command becomes the first of the client's held-back input, and the wait ends with the pause.
void Server::Postpone(Client& client, Args args) {
  client.waiting_input.push_front(std::move(args));
  BlockedState waiting;
  waiting.deadline_ms = paused_until_ms_;
  waiting.on_timeout = [] { return Reply::Written(); };
  waiting.awaits = [](const Value&) { return false; };  // it waits for no key
  waiting.postponed = true;
  blocking.Block(client, std::move(waiting));
}

// Only who listens to it makes time stop for it.
std::optional<int64_t> Server::NextCronTick() const {
  if (!events.wants<CronTick>() && !events.wants<LoopStep>()) return std::nullopt;
  return last_cron_ms_ + 1000 / ParseInteger(config.Get("hz")).value_or(10);
}

void Server::RunCron() {
  const std::optional<int64_t> due = NextCronTick();
  if (!due || *due > clock.now_ms()) return;
  last_cron_ms_ = clock.now_ms();
  events.Fire(CronTick{});
}

void Server::RunDue() {
  cached_us_ = clock.now_us();
  const Awake awake(*this, propagation.depth() == 0);
  if (IsBusy()) {
    scripting_->Continue(1);
    if (IsBusy()) return;  // nothing else happens meanwhile
  }
  if (clock.now_ms() >= paused_until_ms_) keyspace.set_keeps_expired(false);
  keyspace.ExpireDue();
  timers.RunDue(clock.now_ms());
  RunCron();
  persistence->RunDue();
  blocking.TimeOutDue([this](Client& client) { NoteUnblocked(client); });
  AfterUnit();
}

// When the pause of the clients ends, if there is one.
std::optional<int64_t> Server::PauseEnd() const {
  if (!is_paused()) return std::nullopt;
  return paused_until_ms_;
}

std::optional<int64_t> Server::NextDue() const {
  if (IsBusy()) return clock.now_ms() + 1;
  std::optional<int64_t> next;
  for (const std::optional<int64_t>& due :
       {keyspace.NextExpiry(), timers.NextDue(), blocking.NextDeadline(), persistence->NextDue(),
        PauseEnd(), NextCronTick()})
    if (due && (!next || *due < *next)) next = due;
  return next;
}

int Server::AddCommandFilter(CommandFilter filter) {
  filters_.emplace_back(next_filter_, std::move(filter));
  return next_filter_++;
}

void Server::RemoveCommandFilter(int handle) {
  std::erase_if(filters_, [&](const auto& entry) { return entry.first == handle; });
}

void Server::ApplyCommandFilters(Client& client, Args& args) {
  if (filters_.empty()) return;
  const auto filters = filters_;  // a filter may take itself out
  for (const auto& [handle, filter] : filters) filter(client, args);
}

void AdvanceTo(VirtualClock& clock, Server& server, int64_t at_ms) {
  Server* const servers[] = {&server};
  AdvanceTo(clock, servers, at_ms);
}

void AdvanceTo(VirtualClock& clock, std::span<Server* const> servers, int64_t at_ms) {
  const auto next_due = [&] {
    std::optional<int64_t> next;
    for (const Server* server : servers)
      if (const auto due = server->NextDue(); due && (!next || *due < *next)) next = due;
    return next;
  };
  for (;;) {
    const std::optional<int64_t> due = next_due();
    if (!due || *due > at_ms) break;
    // Something due in the past runs now; at least a millisecond passes between rounds, so that a
    // timer that sets itself again for the same moment cannot hold time.
    clock.AdvanceTo(std::max(*due, clock.now_ms()));
    for (Server* server : servers) server->RunDue();
    if (const auto again = next_due(); again && *again <= clock.now_ms()) clock.Advance(1);
    if (clock.now_ms() > at_ms) return;
  }
  clock.AdvanceTo(at_ms);
}

}  // namespace modcert::engine
