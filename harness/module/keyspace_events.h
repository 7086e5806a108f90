// Modules that subscribe to keyspace events, and the jobs that they put off until they may write.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/notify.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

using PostNotificationJob = void (*)(RedisModuleCtx* ctx, void* data);
using PostNotificationKeyJob = void (*)(RedisModuleCtx* ctx, RedisModuleString* key, void* data);
using FreeJobData = void (*)(void* data);

// Owned by Host. Subscribers hear of an event in the order in which they came.
class KeyspaceSubscriptions {
 public:
  // With or without the parts of the value that an event is about; exactly one callback is set.
  struct Wish {
    uint32_t types = 0;
    RedisModuleNotificationFunc callback = nullptr;
    RedisModuleNotificationWithSubkeysFunc subkeys_callback = nullptr;
    int flags = 0;
    bool operator==(const Wish&) const = default;
  };

  explicit KeyspaceSubscriptions(Host& host);

  void Subscribe(Module& module, const Wish& wish);
  // Every subscription that is exactly this one; false when there was none.
  bool Unsubscribe(const Module& module, const Wish& wish);
  void Forget(const Module& module);

  // Runs when the unit of execution ends, in the same unit.
  void AddJob(Module* module, int db, PostNotificationJob job, void* data, FreeJobData free_data);
  // Runs when the command that caused the event is over, or the unit without one.
  void AddKeyJob(Module* module, int db, std::string key, PostNotificationKeyJob job, void* data,
                 FreeJobData free_data);
  bool in_notification() const { return depth_ > 0; }
  // A job for a key runs, which must touch nothing that is replicated.
  bool in_key_job() const { return in_key_job_; }

 private:
  struct Subscription {
    Module* module;
    Wish wish;
    bool active = false;  // its callback runs right now
    bool gone = false;
  };
  struct Job {
    Module* module;
    int db;
    std::string key;
    PostNotificationJob run = nullptr;
    PostNotificationKeyJob run_for_key = nullptr;
    void* data = nullptr;
    FreeJobData free_data = nullptr;
  };

  void Deliver(const engine::KeyspaceEvent& event);
  bool Wants(const Subscription& subscription, const engine::KeyspaceEvent& event) const;
  void Call(Subscription& subscription, const engine::KeyspaceEvent& event);
  void WaitForEnds();
  void Run(const Job& job);
  void RunJobs();
  void RunKeyJobs();

  Host& host_;
  const uint32_t missing_classes_;  // of the server that the host imitates
  std::vector<std::shared_ptr<Subscription>> subscriptions_;
  std::deque<Job> jobs_;
  std::deque<Job> key_jobs_;
  int depth_ = 0;
  bool waits_for_ends_ = false;
  bool running_jobs_ = false;
  bool in_key_job_ = false;
};

}  // namespace modcert::module
