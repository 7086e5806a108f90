#include "module/call.h"

#include <cerrno>
#include <utility>

#include "engine/command_call.h"
#include "module/call_refusal.h"
#include "module/host.h"
#include "resp/decode.h"

namespace modcert::module {
namespace {

using engine::Client;

resp::Protocol ProtocolFor(const RedisModuleCtx& ctx, const CallModifiers& modifiers) {
  if (modifiers.resp3) return resp::Protocol::kResp3;
  return modifiers.protocol_of_client && ctx.client ? ctx.client->protocol : resp::Protocol::kResp2;
}

// Until 6.2.2 a Call without '!' left alone what the command itself replicates.
bool SilencesCommands(const abi::Profile& profile) { return abi::AtLeast(profile, {6, 2, 2}); }

// Until 6.2 a bad format left errno alone, and so does success in all but the newest Valkey.
bool SetsErrnoOfFormats(const abi::Profile& profile) { return abi::AtLeast(profile, {6, 0, 0}); }
bool ResetsErrno(const abi::Profile& profile) { return abi::ValkeyAtLeast(profile, {9, 1, 0}); }

// Since 7.0 an error that a module gets is counted only if a user gets it as well.
bool DefersErrors(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 0, 0}); }

// Until 6.2 what Call replicates stands in a transaction, even alone.
bool WrapsWhatIsReplicated(const abi::Profile& profile) {
  return !abi::AtLeast(profile, {7, 0, 0});
}

// The reply as a client of that protocol would have got it, as a tree.
resp::Value TakeReply(Client& client) {
  auto decoded = resp::DecodeOne(client.output);
  // A command that sends nothing, or something that is no reply, answers a module with null.
  return decoded ? std::move(*decoded) : resp::Value::Null();
}

RedisModuleCallReply* NewReply(Host& host, Module* module, RedisModuleCtx* ctx, resp::Value value,
                               resp::Protocol protocol) {
  auto tree = std::make_unique<resp::Value>(std::move(value));
  const resp::Value* root = tree.get();
  // A context without automatic memory has nothing to do with its replies: they may outlive it.
  RedisModuleCtx* tracks = ctx && ctx->auto_memory ? ctx : nullptr;
  RedisModuleCallReply* reply =
      host.handles.replies.New(module, host, tracks, nullptr, std::move(tree), root, protocol);
  if (tracks) tracks->Track(abi::HandleKind::kCallReply, reply);
  return reply;
}

// What the command of `client` has answered.
RedisModuleCallReply* ReplyOf(Host& host, Module* module, RedisModuleCtx* ctx, Client& client) {
  RedisModuleCallReply* reply = NewReply(host, module, ctx, TakeReply(client), client.protocol);
  reply->errors = std::exchange(client.deferred_errors, {});
  return reply;
}

// The client that one Call runs as: unrestricted unless C says otherwise, in the context's
// database.
Client& ConnectFor(RedisModuleCtx* ctx, const CallModifiers& modifiers) {
  Client& client = ctx->host.server.Connect(Client::Origin::kInternal);
  client.db = ctx->db();
  client.protocol = ProtocolFor(*ctx, modifiers);
  client.user = UserOf(*ctx, modifiers);
  client.collects_output = true;
  client.defers_errors = DefersErrors(ctx->host.api.profile());
  client.deny_blocking = !modifiers.allow_blocking;
  return client;
}

// The promise is kept: the handler gets the reply, which is its own, in a context of its own.
void Fulfill(CallPromise& promise) {
  Host& host = promise.host;
  Client& client = promise.End();
  if (const RedisModuleOnUnblocked handler = promise.on_unblocked) {
    const engine::ExecutionUnit unit(host.server.propagation);
    const ModuleScope scope(host, &promise.module);
    RedisModuleCtx* ctx =
        host.NewContextWithClient(&promise.module, ContextKind::kPromise, client.db);
    handler(ctx, ReplyOf(host, &promise.module, nullptr, client), promise.private_data);
    host.EndContext(ctx);
  }
  host.server.Disconnect(client);
}

RedisModuleCallReply* NewPromise(RedisModuleCtx* ctx, Client& client, engine::PropagateTo to) {
  auto promise = std::make_shared<CallPromise>(CallPromise{ctx->host, *ctx->module, client.id()});
  ctx->module->promises.push_back(promise);
  client.propagates_to = to;
  client.on_served = [promise] { Fulfill(*promise); };
  RedisModuleCallReply* reply =
      NewReply(ctx->host, ctx->module, ctx, resp::Value::Null(), client.protocol);
  reply->promise = std::move(promise);
  return reply;
}

RedisModuleCallReply* Refuse(RedisModuleCtx* ctx, const Client& client,
                             const CallModifiers& modifiers, const CallRefusal& refusal) {
  if (refusal.number != EBADF || SetsErrnoOfFormats(ctx->host.api.profile()))
    errno = refusal.number;
  // call.errors-as-replies
  if (!modifiers.errors_as_replies || refusal.text.empty()) return nullptr;
  return NewReply(ctx->host, ctx->module, ctx, resp::Value::Error(refusal.text), client.protocol);
}

engine::PropagateTo ReceiversFor(Host& host, const CallModifiers& modifiers) {
  if (!modifiers.replicate) return engine::PropagateTo::kNone;
  if (WrapsWhatIsReplicated(host.api.profile())) host.server.propagation.WrapUnit();
  return ReceiversOf(modifiers);
}

// Runs what nothing speaks against; the reply of what has blocked is a promise.
RedisModuleCallReply* Run(RedisModuleCtx* ctx, Client& client, const engine::Command& command,
                          const CallRequest& request) {
  Host& host = ctx->host;
  const engine::PropagateTo to = ReceiversFor(host, request.modifiers);
  const bool silences = request.modifiers.replicate || SilencesCommands(host.api.profile());
  // call.silent: without '!' nothing goes out, nor what the command itself would replicate.
  const Host::PropagationLimit limit(host, silences ? to : engine::PropagateTo::kAll);
  const engine::PropagateTo allowed = silences ? limit.to() : to;
  client.last_command = command.name;
  const engine::Reply reply = host.server.Run(client, command, request.args, allowed);
  if (client.blocked) return NewPromise(ctx, client, allowed);
  if (reply.kind() == engine::Reply::Kind::kValue) client.Send(reply.value());
  RedisModuleCallReply* result = ReplyOf(host, ctx->module, ctx, client);
  result->exact_kinds = request.modifiers.exact_kinds;
  return result;
}

RedisModuleCallReply* RunOrRefuse(RedisModuleCtx* ctx, Client& client, CallRequest& request) {
  engine::Server& server = ctx->host.server;
  if (const auto refusal = RefusalOfRequest(*ctx, request))
    return Refuse(ctx, client, request.modifiers, *refusal);
  server.ApplyCommandFilters(client, request.args);
  const engine::Command* command = server.commands.Find(request.args);
  if (const auto refusal = RefusalOfCommand(*ctx, client, command, request))
    return Refuse(ctx, client, request.modifiers, *refusal);
  if (ResetsErrno(ctx->host.api.profile())) errno = 0;
  if (request.modifiers.dry_run) return nullptr;  // call.dry-run
  return Run(ctx, client, *command, request);
}

}  // namespace

engine::PropagateTo ReceiversOf(const CallModifiers& modifiers) {
  if (modifiers.not_to_aof && modifiers.not_to_replicas) return engine::PropagateTo::kNone;
  if (modifiers.not_to_aof) return engine::PropagateTo::kReplicas;
  return modifiers.not_to_replicas ? engine::PropagateTo::kAof : engine::PropagateTo::kAll;
}

RedisModuleCallReply* RunCall(RedisModuleCtx* ctx, CallRequest request) {
  Client& client = ConnectFor(ctx, request.modifiers);
  RedisModuleCallReply* reply = RunOrRefuse(ctx, client, request);
  // One that blocked stays until its promise is kept.
  if (!client.on_served) ctx->host.server.Disconnect(client);
  return reply;
}

Client& CallPromise::End() {
  std::erase_if(module.promises, [&](const auto& other) { return other.get() == this; });
  return *host.server.FindClient(std::exchange(client_id, 0));
}

bool CallPromise::Abort() {
  const Client* waiting = client_id == 0 ? nullptr : host.server.FindClient(client_id);
  if (!waiting || !waiting->blocked) return false;
  Client& client = End();
  client.on_served = nullptr;
  host.server.Disconnect(client);
  return true;
}

}  // namespace modcert::module
