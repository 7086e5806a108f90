#include "module/authentication.h"

#include <utility>

#include "engine/command_call.h"
#include "module/host.h"

namespace modcert::module {

using engine::Client;
using Verdict = engine::Server::Verdict;

void Authentication::Register(Module& module, RedisModuleAuthCallback callback) {
  registrations_.push_back({&module, callback});
  host_.server.authenticate = [this](engine::CommandCall& call, std::string_view user,
                                     std::string_view password) {
    return Ask(call, user, password);
  };
}

void Authentication::Forget(const Module& module) {
  const auto is_of_module = [&](const Registration& registration) {
    return registration.module == &module;
  };
  std::erase_if(registrations_, is_of_module);
  for (auto& [id, attempt] : attempts_) std::erase_if(attempt.left, is_of_module);
}

engine::Server::Authentication Authentication::Ask(engine::CommandCall& call, std::string_view user,
                                                   std::string_view password) {
  Client& client = call.client;
  auto [found, is_new] = attempts_.try_emplace(client.id());
  Attempt& attempt = found->second;
  if (is_new) {
    attempt.left = registrations_;
    attempt.args.assign(call.args.begin(), call.args.end());
    client.authenticated_by_module = false;
  }
  std::string error;
  int answer = REDISMODULE_AUTH_NOT_HANDLED;
  // auth.newest-first: until one has an answer, or blocks the client.
  while (answer == REDISMODULE_AUTH_NOT_HANDLED && (attempt.handle || !attempt.left.empty()))
    answer = AskNext(client, attempt, user, password, error);
  if (client.blocked) return {.verdict = Verdict::kWaits};
  const std::string module = attempt.module ? attempt.module->name : "";
  attempts_.erase(client.id());
  if (answer == REDISMODULE_AUTH_NOT_HANDLED) return {.verdict = Verdict::kOpen};
  // auth.handled: the client is in if the module has authenticated it; if not, it is refused.
  const bool granted = std::exchange(client.authenticated_by_module, false);
  return {.verdict = granted ? Verdict::kGranted : Verdict::kDenied,
          .error = std::move(error),
          .module = module};
}

int Authentication::AskNext(Client& client, Attempt& attempt, std::string_view user,
                            std::string_view password, std::string& error) {
  if (RedisModuleBlockedClient* handle = std::exchange(attempt.handle, nullptr)) {
    attempt.module = &handle->module;
    const RedisModuleAuthCallback callback = *handle->request.auth_callback;
    const int answer = callback
                           ? Call(client, handle->module, callback, handle, user, password, error)
                           : REDISMODULE_AUTH_NOT_HANDLED;
    host_.blocked_clients.End(*handle);
    return answer;
  }
  const Registration next = attempt.left.back();
  attempt.left.pop_back();
  attempt.module = next.module;
  return Call(client, *next.module, next.callback, nullptr, user, password, error);
}

int Authentication::Call(Client& client, Module& module, RedisModuleAuthCallback callback,
                         RedisModuleBlockedClient* handle, std::string_view user,
                         std::string_view password, std::string& error) {
  const engine::ExecutionUnit unit(host_.server.propagation);
  const ModuleScope scope(host_, &module);
  RedisModuleCtx* ctx = host_.NewContext(
      &module, handle ? ContextKind::kBlockedReply : ContextKind::kAuthentication, &client);
  ReplyWriter reply(client.output, client.protocol);
  ctx->reply = &reply;
  if (handle) {
    ctx->blocked_client = handle;
    ctx->private_data = handle->private_data;
  }
  RedisModuleString* name = host_.NewString(nullptr, std::string(user));
  RedisModuleString* secret = host_.NewString(nullptr, std::string(password));
  RedisModuleString* reason = nullptr;
  const int answer = callback(ctx, name, secret, &reason);
  host_.EndContext(ctx);
  host_.ReleaseString(name);
  host_.ReleaseString(secret);
  // auth.error-freed: the text is the host's now.
  if (reason) {
    error = reason->bytes;
    host_.ReleaseString(reason);
  }
  return answer;
}

bool Authentication::Resume(RedisModuleBlockedClient& handle) {
  Client* client = host_.server.FindClient(handle.client_id);
  const auto found = attempts_.find(handle.client_id);
  if (!client || found == attempts_.end()) return false;
  found->second.handle = &handle;
  host_.server.blocking.Unblock(*client);
  const engine::Args args = found->second.args;
  host_.server.RunAgain(*client, args);
  if (!client->blocked) host_.server.NoteUnblocked(*client);
  return true;
}

}  // namespace modcert::module
