// Certifies one module: loads it, calls whatever it registers, unloads it, and gives a certificate.
// Every call is made in a fresh world in a process of its own, so that a crash, an exit or a hang
// is a finding and the rest goes on.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "report/certificate.h"
#include "run/isolation.h"
#include "spec/spec.h"

namespace modcert::run {

struct CertifyOptions {
  std::string path;
  std::vector<std::string> args;
  std::string profile;  // empty: redis-7.0
  // A call has ten seconds and two gigabytes: far more than any needs that is not lost. The stacks
  // of a module's threads count, 8 MB each, and an oracle loads the module a second time.
  Limits limits = {.timeout_ms = 10000, .memory_bytes = size_t{2} << 30};
  // Only the probe of this name (oracle::Probe::Name, or "load", "load without arguments",
  // "reload", "memory"); empty: all.
  std::string only;
  // How much is done.
  enum class Depth {
    kAll,
    kCalls,  // it is loaded, and each command called: whether it survives
    kLoad,   // it is loaded
  };
  Depth depth = Depth::kAll;
  std::vector<spec::SpecFile> specs;  // the module is loaded in their worlds
  // Called before each stage, with its name and how many calls it makes.
  std::function<void(const std::string& stage, size_t count)> on_stage = [](const std::string&,
                                                                            size_t) {};
};

// Fails when there is no module to certify: no such file, not for this machine, no such profile. A
// module that cannot be loaded gets a certificate that says why.
Result<report::Certificate> Certify(const CertifyOptions& options);

}  // namespace modcert::run
