#include "module/keyspace_events.h"

#include <algorithm>
#include <utility>

#include "abi/constants.h"
#include "module/host.h"

namespace modcert::module {
namespace {

using abi::Profile;

// The classes that came after the first ones. A server without one has no such event.
constexpr const abi::Constant* kLaterClasses[] = {
    &abi::constant::kNotifyStream,      &abi::constant::kNotifyKeyMiss,
    &abi::constant::kNotifyLoaded,      &abi::constant::kNotifyModule,
    &abi::constant::kNotifyNew,         &abi::constant::kNotifyOverwritten,
    &abi::constant::kNotifyTypeChanged, &abi::constant::kNotifyKeyTrimmed,
};

// Bits of classes that this server's events never have.
uint32_t MissingClasses(const Profile& profile) {
  uint32_t missing = 0;
  for (const abi::Constant* later : kLaterClasses)
    if (abi::FlagIn(*later, profile) == 0)
      missing |= static_cast<uint32_t>(later->redis.front().value);
  return missing;
}

// SetModuleOptions may ask for it since 7.2.
bool MayNest(const Profile& profile, const Module& module) {
  return abi::AtLeast(profile, {7, 2, 0}) &&
         (module.options & REDISMODULE_OPTIONS_ALLOW_NESTED_KEYSPACE_NOTIFICATIONS) != 0;
}

}  // namespace

KeyspaceSubscriptions::KeyspaceSubscriptions(Host& host)
    : host_(host), missing_classes_(MissingClasses(host.api.profile())) {}

void KeyspaceSubscriptions::Subscribe(Module& module, const Wish& wish) {
  // Nobody is asked before somebody wants to hear.
  if (subscriptions_.empty())
    host_.server.notifier.SetListener(
        [this](const engine::KeyspaceEvent& event) { Deliver(event); });
  if (wish.subkeys_callback) host_.server.notifier.wants_subkeys = true;
  subscriptions_.push_back(std::make_shared<Subscription>(Subscription{&module, wish}));
}

bool KeyspaceSubscriptions::Unsubscribe(const Module& module, const Wish& wish) {
  // notify.unsubscribe-all: as often as it was asked for.
  return std::erase_if(subscriptions_, [&](const auto& subscription) {
           if (subscription->module != &module || subscription->wish != wish) return false;
           subscription->gone = true;
           return true;
         }) > 0;
}

void KeyspaceSubscriptions::Forget(const Module& module) {
  std::erase_if(subscriptions_, [&](const auto& subscription) {
    if (subscription->module != &module) return false;
    subscription->gone = true;
    return true;
  });
  std::erase_if(jobs_, [&](const Job& job) { return job.module == &module; });
  std::erase_if(key_jobs_, [&](const Job& job) { return job.module == &module; });
}

void KeyspaceSubscriptions::Deliver(const engine::KeyspaceEvent& event) {
  if (missing_classes_ & static_cast<uint32_t>(event.event_class)) return;
  // A copy: a callback may subscribe.
  const std::vector<std::shared_ptr<Subscription>> subscriptions = subscriptions_;
  for (const auto& subscription : subscriptions)
    if (!subscription->gone && Wants(*subscription, event)) Call(*subscription, event);
}

bool KeyspaceSubscriptions::Wants(const Subscription& subscription,
                                  const engine::KeyspaceEvent& event) const {
  if (!(subscription.wish.types & static_cast<uint32_t>(event.event_class))) return false;
  // notify.subkeys-required: events without subkeys are left out.
  if ((subscription.wish.flags & REDISMODULE_NOTIFY_FLAG_SUBKEYS_REQUIRED) && event.subkeys.empty())
    return false;
  // notify.not-nested: a subscriber does not hear of what it does in its callback.
  return !subscription.active || MayNest(host_.api.profile(), *subscription.module);
}

void KeyspaceSubscriptions::Call(Subscription& subscription, const engine::KeyspaceEvent& event) {
  const bool was_active = std::exchange(subscription.active, true);
  ++depth_;
  const engine::ExecutionUnit unit(host_.server.propagation);
  const ModuleScope scope(host_, subscription.module);
  RedisModuleCtx* ctx =
      host_.NewContextWithClient(subscription.module, ContextKind::kKeyspaceEvent, event.db);
  RedisModuleString* key = host_.NewString(nullptr, std::string(event.key));
  const std::string name(event.name);
  const auto type = static_cast<int>(event.event_class);
  if (subscription.wish.callback) {
    subscription.wish.callback(ctx, type, name.c_str(), key);
  } else {
    std::vector<RedisModuleString*> subkeys;
    for (const std::string& subkey : event.subkeys)
      subkeys.push_back(host_.NewString(nullptr, subkey));
    subscription.wish.subkeys_callback(ctx, type, name.c_str(), key,
                                       subkeys.empty() ? nullptr : subkeys.data(),
                                       static_cast<int>(subkeys.size()));
    for (RedisModuleString* subkey : subkeys) host_.ReleaseString(subkey);
  }
  host_.ReleaseString(key);
  host_.EndContext(ctx);
  --depth_;
  subscription.active = was_active;
}

// ---- Jobs.

void KeyspaceSubscriptions::WaitForEnds() {
  if (std::exchange(waits_for_ends_, true)) return;
  host_.server.propagation.SetBeforeEnd([this] { RunJobs(); });
  host_.server.after_call = [this] { RunKeyJobs(); };
}

void KeyspaceSubscriptions::AddJob(Module* module, int db, PostNotificationJob job, void* data,
                                   FreeJobData free_data) {
  WaitForEnds();
  jobs_.push_back(
      {.module = module, .db = db, .key = {}, .run = job, .data = data, .free_data = free_data});
}

void KeyspaceSubscriptions::AddKeyJob(Module* module, int db, std::string key,
                                      PostNotificationKeyJob job, void* data,
                                      FreeJobData free_data) {
  WaitForEnds();
  key_jobs_.push_back({.module = module,
                       .db = db,
                       .key = std::move(key),
                       .run_for_key = job,
                       .data = data,
                       .free_data = free_data});
}

void KeyspaceSubscriptions::Run(const Job& job) {
  const ModuleScope scope(host_, job.module);
  RedisModuleCtx* ctx =
      host_.NewContextWithClient(job.module, ContextKind::kPostNotification, job.db);
  if (job.run) {
    job.run(ctx, job.data);
  } else {
    RedisModuleString* key = host_.NewString(nullptr, job.key);
    const bool was_in_key_job = std::exchange(in_key_job_, true);
    job.run_for_key(ctx, key, job.data);
    in_key_job_ = was_in_key_job;
    host_.ReleaseString(key);
  }
  // notify.job-data-freed: after the job, when there is a function for it.
  if (job.free_data) job.free_data(job.data);
  host_.EndContext(ctx);
}

// notify.job-one-unit: what jobs do, and the jobs that they add, belongs to the unit of the event.
void KeyspaceSubscriptions::RunJobs() {
  if (running_jobs_) return;
  running_jobs_ = true;
  RunKeyJobs();
  while (!jobs_.empty()) {
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    Run(job);
    RunKeyJobs();
  }
  running_jobs_ = false;
}

void KeyspaceSubscriptions::RunKeyJobs() {
  if (in_key_job_ || depth_ > 0) return;
  while (!key_jobs_.empty()) {
    const Job job = std::move(key_jobs_.front());
    key_jobs_.pop_front();
    Run(job);
  }
}

}  // namespace modcert::module
