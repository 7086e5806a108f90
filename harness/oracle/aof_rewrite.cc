#include "oracle/aof_rewrite.h"

#include "base/escape.h"
#include "engine/aof_rewrite.h"
#include "engine/command_replay.h"
#include "fmt/format.h"
#include "module/data_type.h"
#include "oracle/compare_data.h"
#include "oracle/dataset.h"
#include "oracle/owner.h"

namespace modcert::oracle {
namespace {

using validate::Severity;

std::string OwnerOf(const engine::Opaque& value, const module::Host& host) {
  const auto* type = dynamic_cast<const RedisModuleType*>(value.type());
  return type ? type->module.name : std::string(OwnerOfTypes(host));
}

// What came of the rewrite of one key, and of running it. Each contract is reported once.
class Rewrite {
 public:
  Rewrite(const module::Host& host, module::Host& fresh, Findings& findings)
      : host_(host), replay_(fresh.server, engine::ReplayedFrom::kFile), findings_(findings) {}

  void Key(int db, const std::string& key, const engine::Entry& entry) {
    if (db != db_) replay_.Run({"SELECT", std::to_string(db)});
    db_ = db;
    const auto* opaque = std::get_if<engine::Opaque>(&entry.value);
    const std::string owner = opaque ? OwnerOf(*opaque, host_) : std::string(OwnerOfTypes(host_));
    if (opaque && LacksRewrite(*opaque)) {
      // aof.type-rewrites: a server with aof-use-rdb-preamble no would call a null pointer.
      Add(MakeFinding("aof.type-rewrites",
                      fmt::format("the type {} has no aof_rewrite", opaque->type()->name()), owner,
                      Severity::kWarning));
    }
    const Status rewritten = engine::RewriteKey(db, key, entry, [&](engine::Args args) {
      const std::string command = args.empty() ? "" : args[0];
      if (const auto error = replay_.Run(std::move(args)))
        // aof.replays: what is written can be read.
        Add(MakeFinding("aof.replays",
                        fmt::format("{}, emitted for key {}, was answered with: {}", command,
                                    Quote(key), *error),
                        owner));
    });
    if (!rewritten && !(opaque && LacksRewrite(*opaque)))
      Add(MakeFinding("aof.replays", rewritten.error().ToString(), owner));
  }

 private:
  static bool LacksRewrite(const engine::Opaque& value) {
    const auto* type = dynamic_cast<const RedisModuleType*>(value.type());
    return type && !type->methods.aof_rewrite;
  }
  void Add(validate::Finding finding) {
    for (const validate::Finding& known : findings_)
      if (known.contract == finding.contract && known.module == finding.module) return;
    findings_.push_back(std::move(finding));
  }

  const module::Host& host_;
  engine::CommandReplay replay_;
  Findings& findings_;
  int db_ = 0;
};

void RewriteAll(module::Host& host, module::Host& fresh, Findings& findings) {
  Rewrite rewrite(host, fresh, findings);
  for (int i = 0; i < host.server.keyspace.db_count(); ++i)
    host.server.keyspace.db(i).keys.ForEach(
        [&](const std::string& key, const std::unique_ptr<engine::Entry>& entry) {
          rewrite.Key(i, key, *entry);
        });
}

}  // namespace

Findings AofRewrite(module::Host& host) {
  Findings findings;
  if (CountModuleValues(host) == 0) return findings;
  auto fresh = LikeHost(host);
  if (!fresh) {
    // module.loads-again: what loads once loads again, in the same process.
    findings.push_back(
        MakeFinding("module.loads-again", fresh.error().ToString(), OwnerOfTypes(host)));
    return findings;
  }
  RewriteAll(host, **fresh, findings);
  // A rewrite that failed explains what is missing.
  if (findings.empty()) {
    if (const auto difference = CompareData(host, **fresh)) {
      // aof.keeps-the-data: the same data is there when the commands have run.
      findings.push_back(
          MakeFinding("aof.keeps-the-data", difference->text,
                      difference->module.empty() ? OwnerOfTypes(host) : difference->module,
                      difference->is_certain ? Severity::kError : Severity::kWarning));
    }
  }
  TakeFrom(**fresh, findings);
  return findings;
}

}  // namespace modcert::oracle
