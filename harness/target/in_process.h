// The host in this process as a target: no sockets, a virtual clock, and the validation layer.
//
// The thread that uses the target holds the host's lock, and lets go of it only where it waits: so
// threads of modules run while a reply of theirs is waited for, and between two steps when they ask
// for the lock.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/cluster.h"
#include "engine/replication.h"
#include "module/host.h"
#include "module/shared_object.h"
#include "target/reply_stream.h"
#include "target/target.h"

namespace modcert::target {

struct InProcessOptions {
  std::string profile;  // for all worlds; empty: what each world asks for, or redis-7.0
  abi::CallMode mode = abi::CallMode::kChecked;
  int thread_limit_ms = 10000;  // real time that a thread of a module has to unblock a client
  uint64_t seed = 1;
};

class InProcessTarget final : public Target {
 public:
  explicit InProcessTarget(InProcessOptions options);

  // Builds what all worlds of the process share: the tables of commands and of API functions.
  // Whoever forks a process for each world calls it before, so that no child has to do it again.
  static void BuildSharedTables();

  ~InProcessTarget() override;

  std::string_view name() const override { return "inprocess"; }
  std::string_view profile() const override;
  std::string_view ProfileOf(const World& world) const override;
  Status Prepare(const World& world, Ahead ahead) override;
  Status Start(const World& world) override;
  Result<Outcome> Send(int client, std::span<const std::string> argv, Wait wait) override;
  Result<Outcome> Receive(int client) override;
  Result<std::vector<std::string>> TakeArrived(int client) override;
  Status AdvanceMs(int64_t ms) override;
  Result<std::vector<Command>> TakePropagated() override;
  std::vector<validate::Finding> TakeFindings() override;
  bool has_validation() const override { return options_.mode == abi::CallMode::kChecked; }
  void Disconnect(int client) override;
  bool IsAlive() override { return !host() || !host()->server.is_down(); }
  std::vector<std::string> LogTail() override;
  std::vector<std::string> LastCalls() override;

  std::string PortOf(int server) const override;
  std::string BusPortOf(int server) const override;
  Status SetLink(int server, bool up) override;

  // The world itself, for oracles, fuzzers and benchmarks: its first server. Null before Start.
  module::Host* host() override { return hosts_.empty() ? nullptr : hosts_.front().get(); }
  VirtualClock& clock() { return *clock_; }

 private:
  // One connection of the scenario.
  struct Slot {
    module::Host* host = nullptr;
    engine::Client* client = nullptr;
    // Set up when the output may hold more than the reply to the last command: pub/sub messages,
    // or what a module wrote too much.
    std::unique_ptr<ReplyStream> stream;
    bool owes_reply = false;
  };

  // What is there of a world before the first OnLoad: an empty host, and the files of the modules.
  struct Bare {
    const abi::Profile* profile;
    std::vector<std::string> paths;
    std::unique_ptr<VirtualClock> clock;
    std::unique_ptr<module::Host> host;
    std::vector<std::unique_ptr<module::SharedObject>> objects;
  };
  // A start that was done ahead.
  struct Started {
    World world;
    Status status;
  };

  Status StartNow(const World& world);
  Result<Bare> MakeBare(const World& world) const;
  Result<Bare> TakeBare(const World& world);

  Slot& Connected(int client);
  static bool IsSentMessages(const Slot& slot);
  ReplyStream& StreamOf(Slot& slot);
  Status FeedOutput(Slot& slot);
  Result<Outcome> Reply(Slot& slot);
  Outcome Close(Slot& slot);
  bool AwaitUnblocked(Slot& slot);
  Status StartServer(int index, std::vector<std::unique_ptr<module::SharedObject>> objects);
  void JoinCluster(int index);
  void AdvanceTo(int64_t at_ms);
  void RunWhatIsDue();

  InProcessOptions options_;
  const abi::Profile* profile_;
  std::optional<Bare> prepared_;
  std::optional<Started> started_;
  std::unique_ptr<VirtualClock> clock_;
  engine::ServerDirectory directory_;
  engine::ClusterNetwork network_;
  std::vector<std::unique_ptr<module::Host>> hosts_;
  World world_;
  std::vector<Slot> slots_;
  std::string raw_;  // of the last Outcome
};

}  // namespace modcert::target
