// Property: whatever a file holds for a type, loading it does no harm; and what loads survives use:
// digest, memory usage, AOF rewrite, saving, loading again to the same, and freeing.
//
// The first number of an input chooses the type, and the version of its data; the rest is the
// value. The module is that of the environment variable MODCERT_FUZZ_MODULE, else hellotype.

#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cstdlib>

#include "engine/rdb/dump.h"
#include "engine/rdb/value_codec.h"
#include "fuzz_host.h"
#include "module/loader.h"

namespace modcert::fuzz {
namespace {

using engine::rdb::Writer;
using resp::Value;

// ---- Modules that do not handle errors of reading.
//
// A server ends when such a module reads what is not there, so whatever the module would do next
// never happens. A child process takes the trial: it ends at that read.

constexpr int kServerEnds = 77;
bool in_trial = false;

template <typename Published, typename Type = typename Published::Type>
struct EndAtFailedRead;

template <typename Published, typename R, typename... Args>
struct EndAtFailedRead<Published, R(RedisModuleIO*, Args...)> {
  using Function = R (*)(RedisModuleIO*, Args...) noexcept;
  static inline Function checked = nullptr;

  static R Load(RedisModuleIO* io, Args... args) noexcept {
    const R item = checked(io, args...);
    if (in_trial && io->error) _exit(kServerEnds);
    return item;
  }
  static void Wrap(std::vector<abi::ApiRow>& rows) {
    for (abi::ApiRow& row : rows) {
      if (row.function != Published::kIndex) continue;
      checked = reinterpret_cast<Function>(row.checked);
      row.checked = reinterpret_cast<void*>(&Load);
    }
  }
};

std::span<const abi::ApiRow> Rows() {
  static const std::vector<abi::ApiRow> rows = [] {
    std::vector<abi::ApiRow> all = AllRows();
    EndAtFailedRead<abi::published::LoadUnsigned>::Wrap(all);
    EndAtFailedRead<abi::published::LoadSigned>::Wrap(all);
    EndAtFailedRead<abi::published::LoadString>::Wrap(all);
    EndAtFailedRead<abi::published::LoadStringBuffer>::Wrap(all);
    EndAtFailedRead<abi::published::LoadDouble>::Wrap(all);
    EndAtFailedRead<abi::published::LoadFloat>::Wrap(all);
    EndAtFailedRead<abi::published::LoadLongDouble>::Wrap(all);
    return all;
  }();
  return rows;
}

// True when a real server would end while it restores this.
bool EndsServer(FuzzHost& fuzz, const module::Module& module, const std::string& payload) {
  if (module.options & REDISMODULE_OPTIONS_HANDLE_IO_ERRORS) return false;
  const pid_t child = fork();
  if (child == 0) {
    in_trial = true;
    fuzz.Ask({"RESTORE", "k", "0", payload});
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == kServerEnds;
}

// ---- The module, and values of its types.

FuzzHost& World() {
  static FuzzHost& fuzz = *new FuzzHost(Rows(), abi::CallMode::kChecked);
  return fuzz;
}

module::Module& TheModule() {
  static module::Module& module = []() -> module::Module& {
    const char* wanted = std::getenv("MODCERT_FUZZ_MODULE");
    auto loaded = module::LoadModule(World().host(), wanted ? wanted : MODCERT_FUZZ_DEFAULT, {});
    Expect(loaded.has_value(), loaded ? "" : loaded.error().ToString());
    Expect(!(*loaded)->types.empty(), "the module has a data type");
    return **loaded;
  }();
  return module;
}

void WriteItem(const Item& item, Writer& out) {
  switch (item.kind) {
    case Item::Kind::kSigned:
      // As an old server may have tagged it, which none reads back.
      out.WriteLength(static_cast<uint64_t>(engine::rdb::ItemOpcode::kSigned));
      return out.WriteLength(item.number);
    case Item::Kind::kUnsigned:
      return out.SaveUnsigned(item.number);
    case Item::Kind::kFloat:
      return out.SaveFloat(std::bit_cast<float>(static_cast<uint32_t>(item.number)));
    case Item::Kind::kDouble:
      return out.SaveDouble(std::bit_cast<double>(item.number));
    case Item::Kind::kString:
      return out.SaveString(item.text);
    case Item::Kind::kEof:
      return out.SaveEnd();
  }
}

std::string PayloadOf(ItemReader& items, const module::Module& module) {
  const uint64_t choice = items.NextNumber();
  const RedisModuleType& type = *module.types[choice % module.types.size()];
  // 0 keeps the version that the type has.
  const uint64_t version = choice / module.types.size() % 1024;
  Writer out;
  out.WriteType(engine::rdb::Type::kModule2);
  out.WriteLength(type.id() ^ version);
  while (!items.at_end()) WriteItem(items.Next(), out);
  return engine::rdb::WithFooter(out.bytes());
}

// ---- Use of what was loaded.

void RewriteAof(FuzzHost& fuzz, const std::string& key) {
  engine::Entry* entry = fuzz.host().server.keyspace.Peek(0, key);
  Expect(entry != nullptr, "the key is there");
  const auto* value = std::get_if<engine::Opaque>(&entry->value);
  Expect(value != nullptr, "the key holds a module's value");
  // A type need not have a rewrite; what it emits has to be commands.
  const Status rewritten =
      value->type()->RewriteAof({key, 0}, value->value(), [](const std::vector<std::string>& args) {
        Expect(!args.empty(), "an emitted command has a name");
      });
  if (!rewritten) Expect(!rewritten.error().problem.empty(), "a rewrite that fails says why");
}

void Use(FuzzHost& fuzz) {
  const Value digest = fuzz.Ask({"DEBUG", "DIGEST-VALUE", "k"});
  Expect(fuzz.Ask({"MEMORY", "USAGE", "k"}).type == resp::Type::kInteger, "MEMORY USAGE counts");
  RewriteAof(fuzz, "k");
  const Value dump = fuzz.Ask({"DUMP", "k"});
  Expect(dump.type == resp::Type::kBulk, "DUMP saves what was loaded");
  Expect(fuzz.Ask({"RESTORE", "again", "0", dump.text}) == Value::Simple("OK"),
         "what the type saved loads");
  Expect(fuzz.Ask({"DUMP", "again"}) == dump, "saved again, the value is the same");
  Expect(fuzz.Ask({"DEBUG", "DIGEST-VALUE", "again"}) == digest,
         "loaded again, the digest is the same");
  Expect(fuzz.Ask({"DEL", "k"}) == Value::Integer(1), "DEL removes the value");
  Expect(fuzz.Ask({"DEL", "again"}) == Value::Integer(1), "DEL removes the second value");
}

void ExpectNoFinding(FuzzHost& fuzz) {
  for (const validate::Finding& finding : fuzz.host().TakeFindings())
    Expect(false, finding.contract + " in " + finding.function + ": " + finding.message);
}

int Run(ItemReader items) {
  FuzzHost& fuzz = World();
  module::Module& module = TheModule();
  const int64_t blocks = module.heap.live_blocks();
  const std::string payload = PayloadOf(items, module);
  if (EndsServer(fuzz, module, payload)) return 0;
  if (!fuzz.Ask({"RESTORE", "k", "0", payload}).is_error()) Use(fuzz);
  ExpectNoFinding(fuzz);
  fuzz.ExpectNothingLeft();
  Expect(module.heap.live_blocks() == blocks, "the module freed all that it allocated");
  fuzz.Reset();
  return 0;
}

}  // namespace
}  // namespace modcert::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return modcert::fuzz::Run({data, size});
}
