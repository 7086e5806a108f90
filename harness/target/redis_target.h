// A real redis-server as a target: one of our own on a unix socket, or one at an address.
//
// A fresh world on a server of our own is a new process (about 10 ms), unless neither the last
// scenario nor the next has modules or config, the next does not ask for counters, and no command
// was sent that changes the server for good (the table in redis_target.cc): then FLUSHALL, CONFIG
// RESETSTAT and new connections will do.
//
// A fresh world on a server at an address is: all our connections closed, FLUSHALL, SCRIPT FLUSH,
// FUNCTION FLUSH, CONFIG RESETSTAT, changed config values set back, modules loaded with MODULE LOAD
// and afterwards unloaded. ACL users, and what modules keep outside of the keyspace, stay.
//
// Next to the clients of the scenario there is always one control connection.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "target/connection.h"
#include "target/propagation_tap.h"
#include "target/server_process.h"
#include "target/target.h"

namespace modcert::target {

struct RedisOptions {
  std::string program = "redis-server";
  std::string address;         // HOST:PORT or a socket; empty: a server of our own
  int reply_limit_ms = 10000;  // for a reply that should come
};

class RedisTarget final : public Target {
 public:
  explicit RedisTarget(RedisOptions options);
  ~RedisTarget() override;

  std::string_view name() const override { return "redis"; }
  std::string_view profile() const override { return profile_; }
  Status Start(const World& world) override;
  Result<Outcome> Send(int client, std::span<const std::string> argv, Wait wait) override;
  Result<Outcome> Receive(int client) override;
  Result<std::vector<std::string>> TakeArrived(int client) override;
  Status AdvanceMs(int64_t ms) override;
  Result<std::vector<Command>> TakePropagated() override;
  std::vector<validate::Finding> TakeFindings() override { return {}; }
  bool has_validation() const override { return false; }
  void Disconnect(int client) override;
  std::string PortOf(int server) const override;
  std::string BusPortOf(int server) const override;
  Status SetLink(int server, bool up) override;
  bool IsAlive() override;
  std::vector<std::string> LogTail() override;

 private:
  // A further server of a world with several; the first is server_.
  struct Peer {
    int port = 0;
    int bus_port = 0;                        // of a node of a cluster
    std::unique_ptr<ServerProcess> process;  // of the first: empty
    std::unique_ptr<Connection> control;
  };
  struct Client {
    int server = 0;
    std::unique_ptr<Connection> connection;
    std::string id;  // as CLIENT LIST names it
    bool owes_reply = false;
  };
  enum class ClientState { kBusy, kBlocked, kIdle };

  Status AskProfile();
  Status StartOwnServer(const World& world);
  Status ResetAddressedServer(const World& world);
  Status RestoreConfig();
  Status FlushEverything();
  Status StartSeveral(const World& world);
  Status StartPeer(const World& world, size_t index);
  bool CanReuseCluster(const World& world);
  Status FlushCluster();
  Status AwaitCluster(const World& world);
  Result<std::string> ControlOf(int server, std::vector<std::string> argv);
  Status FollowEachOther(const World& world);
  Status AwaitLink(int server, int primary);
  Status AwaitInfo(int server, const std::string& field, std::string_view value);
  Status OpenControl(const Address& address);
  Result<resp::Value> Control(std::vector<std::string> argv);
  Status MustSucceed(std::vector<std::string> argv, const std::string& place);
  Result<Client*> Connected(int client);
  Result<ClientState> StateOf(const Client& client);
  Result<Outcome> AwaitReply(Client& client, Wait wait);
  Result<Outcome> WithoutReply(Client& client, Wait wait, int& idle_count);
  bool IsDying();
  Outcome Reply(std::string raw);

  RedisOptions options_;
  std::string profile_;
  std::unique_ptr<ServerProcess> server_;
  std::vector<Peer> peers_;  // by server; empty in a world of one
  Address address_;
  std::unique_ptr<Connection> control_;
  std::unique_ptr<PropagationTap> tap_;
  std::map<int, Client> clients_;
  World world_;
  bool is_dirty_ = true;  // a command was sent after which only a new process is fresh
  std::map<std::string, std::string> initial_config_;  // of a server at an address
  std::vector<std::string> initial_modules_;
  std::string raw_;  // of the last Outcome
};

}  // namespace modcert::target
