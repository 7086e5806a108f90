// Work on a world with one module, each piece in a process of its own: what certify tries, call
// after call.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/isolation.h"
#include "target/in_process.h"
#include "validate/finding.h"

namespace modcert::run {

// What a child says when it comes back: the findings, and one text whose meaning the caller knows.
struct Said {
  std::vector<validate::Finding> findings;
  std::string text;
};

// What came of one piece of work. A death is a finding like those of the child itself.
struct Tried {
  End end = End::kNormal;
  Said said;
  bool came_back() const { return end == End::kNormal; }
};

class ModuleTrial {
 public:
  using Work = std::function<Said(module::Host&)>;

  // For the module of that file. The profile is one that exists; empty: the default.
  static Result<ModuleTrial> Create(std::string path, std::string profile, const Limits& limits);

  // Loads the module in a child, does the work there, and adds what the host noted. A module that
  // does not load is the finding module.loads. `name` says in words what was tried. Fails only when
  // there can be no child.
  Result<Tried> Run(const std::vector<std::string>& args, const std::string& name,
                    const Work& work);

 private:
  ModuleTrial(std::string path, std::string profile, Isolation isolation);
  Said RunHere(const std::vector<std::string>& args, const Work& work);

  std::string path_;
  Isolation isolation_;
  std::unique_ptr<target::InProcessTarget> target_;  // its host is ready before each fork
};

}  // namespace modcert::run
