// Calling Redis commands from modules: Call itself. What it answers is walked in call_reply.cc.

#include <cerrno>
#include <cstdarg>

#include "api/call_format.h"
#include "api/rows.h"
#include "base/require.h"
#include "engine/cluster.h"
#include "engine/command_call.h"
#include "module/host.h"
#include "resp/decode.h"
#include "resp/encode.h"

namespace modcert::api {
namespace {

using engine::Client;

// Why a call is not run: errno, and the error reply that the modifier E asks for.
struct Refused {
  int number;
  std::string text;
};

resp::Protocol ProtocolFor(const RedisModuleCtx& ctx, const CallModifiers& modifiers) {
  if (modifiers.resp3) return resp::Protocol::kResp3;
  return modifiers.protocol_of_client && ctx.client ? ctx.client->protocol : resp::Protocol::kResp2;
}

std::optional<Refused> RefusalInCluster(const RedisModuleCtx& ctx, Client& client,
                                        const engine::Command& command, const ParsedCall& parsed) {
  using Reason = engine::ClusterRefusal::Reason;
  const engine::Server& server = ctx.host.server;
  if (!server.cluster) return std::nullopt;
  const auto refusal = server.cluster->RefusalOf(client, command, parsed.args);
  if (!refusal) return std::nullopt;
  if (refusal->reason == Reason::kDownForWrites)
    return Refused{EROFS, "ERR Can not execute a write command '" + command.name +
                              "' while the cluster is down and readonly"};
  if (refusal->reason == Reason::kDown)
    return Refused{
        ENETDOWN, "ERR Can not execute a command '" + command.name + "' while the cluster is down"};
  return Refused{EPERM, "ERR Attempted to access a non local key in a cluster node"};
}

// In the order in which a real server looks: existence, arity, script rules, writes.
std::optional<Refused> RefusalOf(const RedisModuleCtx& ctx, Client& client,
                                 const engine::Command* command, const ParsedCall& parsed) {
  const std::optional<engine::Reply> refusal =
      ctx.host.server.Refusal(client, command, parsed.args);
  if (refusal) {
    const bool unknown = !command || !command->run;
    return Refused{unknown ? ENOENT : EINVAL, refusal->value().text};
  }
  if (const auto elsewhere = RefusalInCluster(ctx, client, *command, parsed)) return elsewhere;
  if (parsed.modifiers.script_rules && command->Has(engine::kCommandNoScript))
    return Refused{ESPIPE, "ERR command '" + parsed.args[0] + "' is not allowed on script mode"};
  if (parsed.modifiers.refuse_writes && command->Has(engine::kCommandWrite))
    return Refused{ENOSPC, "ERR Write command '" + parsed.args[0] +
                               "' was called while write is not allowed."};
  return std::nullopt;
}

RedisModuleCallReply* NewReply(RedisModuleCtx* ctx, resp::Value value, resp::Protocol protocol) {
  auto tree = std::make_unique<resp::Value>(std::move(value));
  const resp::Value* root = tree.get();
  RedisModuleCallReply* reply =
      ctx->host.handles.replies.New(ctx->module, ctx, nullptr, std::move(tree), root, protocol);
  ctx->Track(abi::HandleKind::kCallReply, reply);
  return reply;
}

// The reply as a client of that protocol would have got it, as a tree.
resp::Value ReplyOf(Client& client, const engine::Reply& reply) {
  if (reply.kind() == engine::Reply::Kind::kValue) client.Send(reply.value());
  auto decoded = resp::DecodeOne(client.output);
  // A command that sends nothing, or something that is no reply, answers a module with null.
  return decoded ? std::move(*decoded) : resp::Value::Null();
}

// The client that one Call runs as: unrestricted, in the context's database.
class CallClient {
 public:
  CallClient(RedisModuleCtx* ctx, resp::Protocol protocol)
      : server_(ctx->host.server), client_(server_.Connect(Client::Origin::kInternal)) {
    client_.db = ctx->db();
    client_.protocol = protocol;
    client_.collects_output = true;
  }
  ~CallClient() { server_.Disconnect(client_); }
  CallClient(const CallClient&) = delete;
  CallClient& operator=(const CallClient&) = delete;
  Client& operator*() { return client_; }

 private:
  engine::Server& server_;
  Client& client_;
};

RedisModuleCallReply* CallFrom(RedisModuleCtx* ctx, const char* name, const char* format,
                               va_list arguments) {
  std::optional<ParsedCall> parsed = ParseCall(ctx->host.api.profile(), name, format, arguments);
  if (!parsed) {
    errno = EBADF;  // never an error reply, whatever the modifiers
    return nullptr;
  }
  const CallModifiers& modifiers = parsed->modifiers;
  const resp::Protocol protocol = ProtocolFor(*ctx, modifiers);
  CallClient client(ctx, protocol);
  ctx->host.server.ApplyCommandFilters(*client, parsed->args);
  const engine::Command* command = ctx->host.server.commands.Find(parsed->args);
  if (const auto refused = RefusalOf(*ctx, *client, command, *parsed)) {
    errno = refused->number;
    if (!modifiers.errors_as_replies) return nullptr;
    return NewReply(ctx, resp::Value::Error(refused->text), protocol);
  }
  if (modifiers.dry_run) return nullptr;
  const module::Host::PropagationLimit limit(
      ctx->host, modifiers.replicate ? ReceiversOf(modifiers) : engine::PropagateTo::kNone);
  const engine::Reply reply = ctx->host.server.Run(*client, *command, parsed->args, limit.to());
  return NewReply(ctx, ReplyOf(*client, reply), protocol);
}

// RedisModuleCallReply *RedisModule_Call(RedisModuleCtx *ctx, const char *cmdname, const char *fmt,
//                                        ...)
RedisModuleCallReply* Call(RedisModuleCtx* ctx, const char* name, const char* format,
                           ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  RedisModuleCallReply* reply = CallFrom(ctx, name, format, arguments);
  va_end(arguments);
  return reply;
}

RedisModuleCallReply* CheckedCall(RedisModuleCtx* ctx, const char* name, const char* format,
                                  ...) noexcept {
  auto call = abi::Begin<abi::published::Call>(ctx, name, format);
  if (!call.proceed()) return abi::published::Call::Failure();
  va_list arguments;
  va_start(arguments, format);
  RedisModuleCallReply* reply = CallFrom(ctx, name, format, arguments);
  va_end(arguments);
  return call.End(reply);
}

const abi::ApiRow kRows[] = {
    API_ROW(Call, CheckedCall)
        .Partial("no promises (K), no users (C), no memory limit (M); S only knows noscript"),
};

}  // namespace

std::span<const abi::ApiRow> CallRows() { return kRows; }

}  // namespace modcert::api
