// The stream of commands that replicas and the append-only file would get.
//
// Commands collect in the current execution unit (a command, a transaction, a timer, an event of
// the cron). When the outermost unit ends they go out: one as it is, several inside MULTI and EXEC.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace modcert::engine {

// Which of the two consumers a command is for. A real server keeps them apart, and modules choose.
enum class PropagateTo { kNone = 0, kAof = 1, kReplicas = 2, kAll = 3 };

// Owned by Server. The log is a first-class observation: specs and oracles read it.
class Propagation {
 public:
  using Args = std::vector<std::string>;

  // Adds a command to the current unit.
  void Add(int db, Args args, PropagateTo to = PropagateTo::kAll);
  // The same, behind all that Add adds to the unit, whenever it does.
  void AddBehind(int db, Args args, PropagateTo to = PropagateTo::kAll);
  // The current unit goes out as a transaction, even with one command; nothing outside of a unit.
  void WrapUnit() { wraps_unit_ = depth_ > 0; }

  // Units nest; only the end of the outermost sends. Use ExecutionUnit below.
  void BeginUnit() { ++depth_; }
  void EndUnit();
  int depth() const { return depth_; }

  // What replicas got since the last call, with the SELECT, MULTI and EXEC a replica would see.
  std::vector<Args> Take();
  // All of that since the beginning, taken or not. Valid until the next command.
  std::span<const Args> stream() const { return stream_; }

  // A command as it was added. A unit of several is one transaction for whoever gets it.
  struct Item {
    int db;
    Args args;
    PropagateTo to;
  };
  // Runs when the outermost unit is about to end; what it adds is part of the unit.
  void SetBeforeEnd(std::function<void()> hook) { before_end_ = std::move(hook); }
  // Hears of each unit at its end: the append-only file.
  using Listener = std::function<void(std::span<const Item> unit)>;
  void SetListener(Listener listener) { listener_ = std::move(listener); }
  // Hears of each command of the stream as it goes out: the replicas.
  using StreamListener = std::function<void(const Args& args)>;
  void SetStreamListener(StreamListener listener) { stream_listener_ = std::move(listener); }
  // While files are read nothing goes out: what they hold was propagated when they were written.
  void set_muted(bool muted) { muted_ = muted; }

  // The next command is preceded by SELECT, as after a new replica attached.
  void ForgetSelectedDb() { selected_db_ = -1; }

 private:
  void Emit(int db, Args args);
  void EmitRaw(Args args);

  std::vector<Item> pending_;
  std::vector<Item> behind_;  // goes behind `pending_`
  bool wraps_unit_ = false;
  std::vector<Args> stream_;
  size_t taken_ = 0;  // how much of the stream Take gave away
  std::function<void()> before_end_;
  Listener listener_;
  StreamListener stream_listener_;
  int depth_ = 0;
  int selected_db_ = -1;
  bool muted_ = false;
};

// Keeps a unit open for a scope.
class ExecutionUnit {
 public:
  explicit ExecutionUnit(Propagation& propagation) : propagation_(propagation) {
    propagation_.BeginUnit();
  }
  ~ExecutionUnit() { propagation_.EndUnit(); }
  ExecutionUnit(const ExecutionUnit&) = delete;
  ExecutionUnit& operator=(const ExecutionUnit&) = delete;

 private:
  Propagation& propagation_;
};

}  // namespace modcert::engine
