// Pub/sub: subscriptions of clients, messages, and what PUBSUB tells about them.

#include <algorithm>

#include "base/glob_match.h"
#include "engine/cluster.h"
#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using Kind = PubSub::Kind;
using resp::Value;

// Shard channels are counted apart from channels and patterns.
int64_t CountLike(const Client& client, Kind kind) {
  const bool shard = kind == Kind::kShardChannel;
  return std::count_if(client.subscriptions.begin(), client.subscriptions.end(),
                       [&](const auto& subscription) {
                         return (subscription.first == Kind::kShardChannel) == shard;
                       });
}

// One push for each name: what happened, to which name, and how many subscriptions there are now.
void Confirm(Client& client, Kind kind, std::string_view event, Value name) {
  client.Send(
      Value::Push({Value::Bulk(event), std::move(name), Value::Integer(CountLike(client, kind))}));
}

// SUBSCRIBE, PSUBSCRIBE and SSUBSCRIBE
Reply SubscribeAll(CommandCall& call, Kind kind, std::string_view event) {
  for (int i = 1; i < call.argc(); ++i) {
    call.server.pubsub.Subscribe(call.client, kind, call.arg(i));
    Confirm(call.client, kind, event, Value::Bulk(call.arg(i)));
  }
  return Reply::Written();
}

// SUBSCRIBE channel [channel ...]
Reply Subscribe(CommandCall& call) { return SubscribeAll(call, Kind::kChannel, "subscribe"); }

// PSUBSCRIBE pattern [pattern ...]
Reply PSubscribe(CommandCall& call) { return SubscribeAll(call, Kind::kPattern, "psubscribe"); }

// SSUBSCRIBE shardchannel [shardchannel ...]
// Unlike the other two, it is not allowed within MULTI.
Reply SSubscribe(CommandCall& call) {
  if (!call.may_block())
    return Reply::Error("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
  return SubscribeAll(call, Kind::kShardChannel, "ssubscribe");
}

std::vector<std::string> SubscribedNames(const Client& client, Kind kind) {
  std::vector<std::string> names;
  for (const auto& [subscribed_kind, name] : client.subscriptions)
    if (subscribed_kind == kind) names.push_back(name);
  return names;
}

// UNSUBSCRIBE, PUNSUBSCRIBE and SUNSUBSCRIBE: without names, from all of that kind.
Reply UnsubscribeAll(CommandCall& call, Kind kind, std::string_view event) {
  const std::vector<std::string> names =
      call.argc() > 1 ? std::vector<std::string>(call.args.begin() + 1, call.args.end())
                      : SubscribedNames(call.client, kind);
  for (const std::string& name : names) {
    call.server.pubsub.Unsubscribe(call.client, kind, name);
    Confirm(call.client, kind, event, Value::Bulk(name));
  }
  if (names.empty()) Confirm(call.client, kind, event, Value::Null());
  return Reply::Written();
}

// UNSUBSCRIBE [channel ...]
Reply Unsubscribe(CommandCall& call) { return UnsubscribeAll(call, Kind::kChannel, "unsubscribe"); }

// PUNSUBSCRIBE [pattern ...]
Reply PUnsubscribe(CommandCall& call) {
  return UnsubscribeAll(call, Kind::kPattern, "punsubscribe");
}

// SUNSUBSCRIBE [shardchannel ...]
Reply SUnsubscribe(CommandCall& call) {
  return UnsubscribeAll(call, Kind::kShardChannel, "sunsubscribe");
}

// PUBLISH channel message: replicas have subscribers too, so it is propagated in any case.
Reply Publish(CommandCall& call) {
  const int64_t receivers = call.server.pubsub.Publish(call.arg(1), call.arg(2));
  if (!call.server.cluster) {
    call.ForcePropagation();
  } else {
    call.DoNotPropagate();  // replicas are nodes as well
    call.server.cluster->Broadcast(call.arg(1), call.arg(2), Cluster::Audience::kAll);
  }
  return Reply::Integer(receivers);
}

// SPUBLISH shardchannel message
Reply SPublish(CommandCall& call) {
  const int64_t receivers = call.server.pubsub.PublishShard(call.arg(1), call.arg(2));
  if (!call.server.cluster) {
    call.ForcePropagation();
  } else {
    call.DoNotPropagate();
    call.server.cluster->Broadcast(call.arg(1), call.arg(2), Cluster::Audience::kShard);
  }
  return Reply::Integer(receivers);
}

// PUBSUB CHANNELS [pattern] and PUBSUB SHARDCHANNELS [pattern]
Reply ActiveNames(CommandCall& call, Kind kind) {
  if (call.argc() > 3)
    return Reply::Error(fmt::format(
        "ERR unknown subcommand or wrong number of arguments for '{}'. Try PUBSUB HELP.",
        call.arg(1)));
  std::vector<Value> names;
  for (const std::string& name : call.server.pubsub.ActiveNames(kind))
    if (call.argc() < 3 || GlobMatch(call.arg(2), name)) names.push_back(Value::Bulk(name));
  return Reply::Array(std::move(names));
}

// PUBSUB CHANNELS [pattern]
Reply PubSubChannels(CommandCall& call) { return ActiveNames(call, Kind::kChannel); }

// PUBSUB SHARDCHANNELS [pattern]
Reply PubSubShardChannels(CommandCall& call) { return ActiveNames(call, Kind::kShardChannel); }

Reply SubscriberCounts(CommandCall& call, Kind kind) {
  std::vector<Value> counts;
  for (int i = 2; i < call.argc(); ++i) {
    counts.push_back(Value::Bulk(call.arg(i)));
    counts.push_back(Value::Integer(call.server.pubsub.SubscriberCount(kind, call.arg(i))));
  }
  return Reply::Array(std::move(counts));
}

// PUBSUB NUMSUB [channel ...]
Reply PubSubNumSub(CommandCall& call) { return SubscriberCounts(call, Kind::kChannel); }

// PUBSUB SHARDNUMSUB [shardchannel ...]
Reply PubSubShardNumSub(CommandCall& call) { return SubscriberCounts(call, Kind::kShardChannel); }

// PUBSUB NUMPAT
Reply PubSubNumPat(CommandCall& call) { return Reply::Integer(call.server.pubsub.PatternCount()); }

constexpr CommandRow kTable[] = {
    {.name = "subscribe", .run = Subscribe},
    {.name = "psubscribe", .run = PSubscribe},
    {.name = "ssubscribe", .run = SSubscribe},
    {.name = "unsubscribe", .run = Unsubscribe},
    {.name = "punsubscribe", .run = PUnsubscribe},
    {.name = "sunsubscribe", .run = SUnsubscribe},
    {.name = "publish", .run = Publish},
    {.name = "spublish", .run = SPublish},
    {.name = "pubsub|channels", .run = PubSubChannels},
    {.name = "pubsub|shardchannels", .run = PubSubShardChannels},
    {.name = "pubsub|numsub", .run = PubSubNumSub},
    {.name = "pubsub|shardnumsub", .run = PubSubShardNumSub},
    {.name = "pubsub|numpat", .run = PubSubNumPat},
};

}  // namespace

std::span<const CommandRow> PubSubCommands() { return kTable; }

}  // namespace modcert::engine
