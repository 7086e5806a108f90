#include "engine/scripting/scripting.h"

#include <limits>
#include <utility>

#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/memory_usage.h"
#include "engine/replication.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine::scripting {
namespace {

int64_t BusyThresholdMs(const Config& config) {
  return std::stoll(config.Get("busy-reply-threshold"));
}

}  // namespace

Scripting::Scripting(Server& server)
    : eval(server, engines), functions(server, engines), server_(server) {}

Scripting::~Scripting() {
  if (busy()) End();
}

// What the flags of a script need that is not there. In the order of a real server, for which a
// script with flags is a command with flags: one that writes, unless it says otherwise.
std::optional<Reply> Scripting::Refusal(const Client& caller, const ScriptCall& script,
                                        bool memory_full) const {
  const bool has_flags = (script.flags & kCompatibility) == 0;
  const bool writes = has_flags && (script.flags & kNoWrites) == 0;
  if (writes && memory_full && (script.flags & kAllowOom) == 0)
    return Reply::Error("OOM command not allowed when used memory > 'maxmemory'.");
  if (writes)
    if (auto refusal = server_.RefusalOfRole(caller, *server_.commands.FindByName("set")))
      return refusal;
  const Replication& replication = *server_.replication;
  const bool is_stale = caller.origin() == Client::Origin::kUser && replication.is_replica() &&
                        !replication.link_is_up() && !server_.config.replica_serve_stale_data;
  if (is_stale && (script.flags & kAllowStale) == 0)
    return Reply::Error(
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.");
  if (server_.cluster && (script.flags & kNoCluster))
    return Reply::Error("ERR Can not run script on cluster, 'no-cluster' flag is set.");
  if (writes && script.by_read_only_command)
    return Reply::Error("ERR Can not execute a script with write flag using *_ro command.");
  return std::nullopt;
}

ScriptReply Scripting::Call(ScriptRun& run, const ScriptCall& script) {
  if (script.interpreter)
    return script.interpreter->Call(run, script.function, script.passing, script.keys,
                                    script.arguments);
  ScriptReply reply{CallEngine(run, script)};
  reply.failed = reply.value.type == resp::Type::kError;
  if (reply.failed) reply.to_be_counted.push_back(reply.value.text);
  return reply;
}

// engine.debugger: the client may have asked for it.
resp::Value Scripting::CallEngine(ScriptRun& run, const ScriptCall& script) {
  ScriptEngine& engine = *script.engine;
  const auto call = [&] {
    return engine.Call(run, kind_, script.engine_function, script.keys, script.arguments);
  };
  if (kind_ != ScriptKind::kEval || !debugger.IsWanted(*run.caller)) return call();
  debugger.Begin(*run.caller, fiber_ && run.caller == unit_of_ ? fiber_.get() : nullptr);
  const auto refused = engine.BeginDebug(kind_, eval.Find(run.name)->text);
  resp::Value reply = refused ? resp::Value::Error(*refused) : call();
  if (!refused) engine.EndDebug(kind_);
  debugger.End();
  return reply;
}

void Scripting::RemoveEngine(const ScriptEngine& engine) {
  eval.ForgetOf(&engine);
  functions.ForgetOf(engine);
  engines.Remove(engine);
}

Reply Scripting::Run(CommandCall& call, const ScriptCall& script) {
  const int64_t maxmemory = server_.config.maxmemory;
  const bool memory_full = maxmemory > 0 && UsedMemory(server_.keyspace) > maxmemory;
  if (auto refusal = Refusal(call.client, script, memory_full)) return *std::move(refusal);

  Client client(0, Client::Origin::kInternal);
  client.db = call.client.db;
  client.deny_blocking = true;
  client.collects_output = true;
  client.runs_script = true;
  ScriptRun run{
      .name = script.name,
      .caller = &call.client,
      .caller_command = &call.command,
      .client = &client,
      .flags = script.flags,
      .read_only = script.by_read_only_command || (script.flags & kNoWrites) != 0,
      .memory_was_full = memory_full,
      .slot = server_.cluster ? Cluster::SlotOfCall(call.command, call.args) : std::nullopt,
      .command = {call.args.begin(), call.args.end()}};
  ScriptRun* const outer = std::exchange(run_, &run);
  const bool is_function = script.passing == Interpreter::Passing::kParameters;
  const Kind outer_kind = std::exchange(kind_, is_function ? Kind::kFunction : Kind::kEval);
  allowed_ms_ = std::max<int64_t>(BusyThresholdMs(server_.config), 1);
  ScriptReply reply = Call(run, script);
  run_ = outer;
  kind_ = outer_kind;
  call.CountsItsErrors(reply.failed);
  for (const std::string& error : reply.to_be_counted) server_.CountErrorReply(error);
  return std::move(reply.value);
}

void Scripting::RunUnit(Client& client, std::function<void()> unit) {
  if (!fiber_) fiber_ = std::make_unique<Fiber>();
  unit_of_ = &client;
  allowed_ms_ = std::max<int64_t>(BusyThresholdMs(server_.config), 1);
  fiber_->Start(std::move(unit));
}

void Scripting::SliceOver(ScriptRun& run) {
  if (--allowed_ms_ > 0) return;
  allowed_ms_ = 1;
  // What a module calls cannot be left alone in its middle.
  const bool can_wait = fiber_ && fiber_->running() && run.caller == unit_of_;
  if (!can_wait) return;
  server_.log.Write(ServerLog::Level::kWarning,
                    fmt::format("Slow script detected: still in execution after {} milliseconds. "
                                "You can try killing the script using the {} command. Script name "
                                "is: {}.",
                                run.elapsed_ms,
                                kind_ == Kind::kEval ? "SCRIPT KILL" : "FUNCTION KILL", run.name));
  Suspend(*run.caller);
}

void Scripting::Yield(std::string_view words) {
  const bool can_wait = fiber_ && fiber_->running() && !run_;
  if (!can_wait || --allowed_ms_ > 0) return;
  allowed_ms_ = 1;
  busy_words_ = words;
  Suspend(*unit_of_);
}

void Scripting::Suspend(Client& client) {
  // The client waits for no key, and for no time: for the unit.
  client.blocked = BlockedState{.keys = {""}, .deadline_ms = server_.clock.now_ms() + 1};
  fiber_->Suspend();
  client.blocked.reset();
}

void Scripting::Continue(int64_t ms) {
  if (!busy() || debugger.is_waiting()) return;
  allowed_ms_ = std::max<int64_t>(ms, 1);
  fiber_->Resume();
}

Reply Scripting::BusyReply() const {
  if (!run_) return Reply::Error("BUSY " + busy_words_);
  return Reply::Error(
      fmt::format("BUSY Redis is busy running a script. You can only call {} or SHUTDOWN NOSAVE.",
                  kind_ == Kind::kEval ? "SCRIPT KILL" : "FUNCTION KILL"));
}

Reply Scripting::Kill(Kind kind) {
  if (!run_) return Reply::Error("NOTBUSY No scripts in execution right now.");
  if (kind != kind_) return BusyReply();
  if (run_->wrote)
    return Reply::Error(
        "UNKILLABLE Sorry the script already executed write commands against the dataset. You can "
        "either wait the script termination or kill the server in a hard way using the SHUTDOWN "
        "NOSAVE command.");
  run_->kill_requested = true;
  return Reply::Ok();
}

void Scripting::Disconnected(Client& client) {
  debugger.SetWanted(client, false);
  if (!busy() || unit_of_ != &client) return;
  debugger.Disconnected();
  End();
}

// Ends a busy script whatever it has done. A module cannot be told: it goes on to its end.
void Scripting::End() {
  if (run_) run_->kill_requested = true;
  allowed_ms_ = std::numeric_limits<int64_t>::max();
  fiber_->Resume();
}

}  // namespace modcert::engine::scripting
