// Active defragmentation: values and other data of modules are moved to other addresses.
//
// The host's memory is never fragmented, so a cycle starts whenever `activedefrag` is on, and moves
// everything: a pointer that a module forgets to replace is one to memory that was freed. Every
// other cycle finds all of it well placed, and moves nothing: modules have to live with that, too.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/timers.h"
#include "engine/value/opaque.h"
#include "redismodule_types.h"

namespace modcert::module {

class Host;
class Module;

// Owned by Host. A cycle goes over the keys of each database, then over what modules have outside
// of keys; it is cut into steps, one each tenth of a second of the clock.
class Defrag {
 public:
  explicit Defrag(Host& host) : host_(host) {}

  // `activedefrag` was set. A cycle that it ends starts afresh when it is on again.
  void Switched();
  bool is_running() const { return is_running_; }

  // For the API functions: whether a block, a string or a dictionary is to be moved now. Counts.
  bool MayMove();
  // A call with a time limit stops when the step has looked at enough.
  bool ShouldStop() const { return moves_ + misses_ >= kMovesPerStep; }

 private:
  // A real server looks at the clock, which stands still here.
  static constexpr int64_t kMovesPerStep = 100;
  static constexpr int64_t kStepMs = 100;
  static constexpr int64_t kCycleMs = 1000;  // until the next one begins

  struct Key {
    int db;
    std::string name;
    unsigned long cursor = 0;  // of a late call
  };
  enum class More { kNo, kYes };

  void Schedule(int64_t after_ms);
  void Step();
  void Begin();
  void End();
  // The next piece of work: false when the step is over, because there is none or it takes longer.
  bool DoNext();
  void DoKey(const Key& key);
  More DoLate(Key& key);
  More DoModule(Module& module);
  More CallType(const Key& key, unsigned long* cursor);
  void CallMetadata(const Key& key);

  Host& host_;
  std::optional<engine::Timers::Id> timer_;
  bool is_running_ = false;
  bool moves_things_ = false;     // this cycle does
  int64_t moves_ = 0;             // in this step, of what was looked at
  int64_t misses_ = 0;            // the rest of it
  std::deque<Key> keys_;          // that the cycle has not seen yet
  std::deque<Key> late_;          // whose values take long
  std::deque<std::string> rest_;  // modules whose other data come last
  unsigned long module_cursor_ = 0;
  bool module_has_begun_ = false;
};

}  // namespace modcert::module

// Lives for one callback.
struct RedisModuleDefragCtx {
  modcert::module::Host* host;
  modcert::module::Module* module;
  bool has_limit = false;           // a call that may be continued later
  unsigned long* cursor = nullptr;  // where to; null: there is no later call
  RedisModuleString* key = nullptr;
  int db = -1;
};
