// Runs scenarios one after the other on a target of its own: in this process, or each in a child.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "report/result.h"
#include "run/isolation.h"
#include "run/scenario_run.h"
#include "run/selection.h"
#include "target/target.h"

namespace modcert::run {

// Makes a target. Called once for each process that needs one.
using TargetFactory = std::function<std::unique_ptr<target::Target>()>;

enum class Isolate {
  kNone,  // everything in this process: for debuggers, and for a real server
  kFork,  // each scenario in a child, with a watchdog and limits
};

// One way to run scenarios: which target, and how far from us.
struct Side {
  TargetFactory make_target;
  std::string target_text = "inprocess";  // as --target names it
  Isolate isolate = Isolate::kFork;
  Limits limits;
  bool checks_what_is_left = false;  // see Observers
};

// What a runner makes ready in its own process, once, for the children that it forks. Each child
// still has a world of its own that no other scenario has touched: its copy of what was ready.
enum class Prepares {
  kHostOnly,  // nothing foreign runs in this process
  // Modules too are mapped, and loaded when several scenarios in a row start alike, once a child
  // has done so and left nothing there that children would share. Only for a process that can be
  // spared and that ends by _exit, which runs no destructors of modules.
  kModules,
};

// How much of a start is known to be fit for being done once, for all children.
enum class Fit : char {
  kNothing = '-',
  kFiles = 'f',  // target::Ahead::kFiles
  kStart = 's',  // target::Ahead::kStart
};

class ScenarioRunner {
 public:
  // `side` outlives the runner.
  explicit ScenarioRunner(const Side& side, Prepares prepares = Prepares::kHostOnly)
      : side_(side), prepares_(prepares) {}
  // What modules have in this process stays as it is.
  ~ScenarioRunner();
  ScenarioRunner(const ScenarioRunner&) = delete;
  ScenarioRunner& operator=(const ScenarioRunner&) = delete;

  // False when modules of earlier scenarios are ready here, and the pick has others, or gives them
  // another start than they have had: then it needs another process.
  bool CanRun(const Pick& pick) const;

  // The result, whatever happens to the module. A child that dies gives one finding: run.crash,
  // run.exit, run.hang or run.out-of-memory; a scenario may expect it. `records` gets the replies.
  report::ScenarioResult Run(const Pick& pick, std::vector<StepRecord>* records = nullptr);

 private:
  report::ScenarioResult RunHere(const Pick& pick, const Observers& observers);
  report::ScenarioResult RunInChild(const Pick& pick, std::vector<StepRecord>* records);
  void PrepareFor(const target::World& world);
  Fit WantedNow() const;
  bool IsReady(Fit fit) const;
  void KeepPages(Fit fit);
  Fit Try(const target::World& world);

  // The latest scenarios, all of which start alike.
  struct Latest {
    target::World world;
    int count = 0;
    std::optional<Fit> fit = {};  // what a child found
  };
  // What this process has ready.
  struct Ready {
    target::World world;
    Fit fit = Fit::kNothing;
  };

  const Side& side_;
  Prepares prepares_;
  std::optional<Latest> latest_;
  std::optional<Ready> ready_;
  std::optional<Fit> kept_for_;  // children get the pages that they need for so much
  std::unique_ptr<target::Target> target_;
  std::unique_ptr<target::Target> rehearsed_;
  std::optional<Isolation> isolation_;
  int run_count_ = 0;
};

// The result of a scenario that could not be carried out.
report::ScenarioResult ErrorResult(const Pick& pick, const Error& error);

}  // namespace modcert::run
