// Property: HashSet and HashGet do what a map does, with the documented counts and errno.
//
// An input is a list of operations on one key. An unsigned number is HashSet with these flags, and
// a signed one HashGet; bit 6 asks for a handle without REDISMODULE_WRITE. Behind it stand the
// fields (texts) with their values (texts, or a float for REDISMODULE_HASH_DELETE), up to the next
// number. A double makes the key a string, EOF deletes it.

#include <cerrno>
#include <cstring>
#include <map>

#include "fuzz_host.h"
#include "module/current_host.h"
#include "variable_arguments.h"

namespace modcert::fuzz {
namespace {

using abi::published::CloseKey;
using abi::published::HashGet;
using abi::published::HashSet;
using abi::published::OpenKey;

constexpr uint64_t kReadOnly = 64;
constexpr int kSetFlags = REDISMODULE_HASH_NX | REDISMODULE_HASH_XX | REDISMODULE_HASH_CFIELDS |
                          REDISMODULE_HASH_COUNT_ALL;

struct Outcome {
  int count = 0;
  int number = 0;  // errno
};

// The key as the documentation describes it.
struct Model {
  std::map<std::string, std::string> fields;
  bool is_string = false;
  bool exists() const { return is_string || !fields.empty(); }
};

struct Pair {
  std::string field;
  std::optional<std::string> value;  // nothing: REDISMODULE_HASH_DELETE
};

// How much it counts.
int ModelSetField(Model& model, int flags, const Pair& pair) {
  const bool existed = model.fields.contains(pair.field);
  if (flags & REDISMODULE_HASH_NX && existed) return 0;
  if (flags & REDISMODULE_HASH_XX && !existed) return 0;
  if (!pair.value) return static_cast<int>(model.fields.erase(pair.field));
  model.fields[pair.field] = *pair.value;
  return existed || flags & REDISMODULE_HASH_COUNT_ALL ? 1 : 0;
}

Outcome ModelSet(Model& model, int flags, bool writable, const std::vector<Pair>& pairs) {
  // Without a key to read there is no handle.
  if (!writable && !model.exists()) return {0, EINVAL};
  if (flags & ~kSetFlags) return {0, EINVAL};
  if (model.is_string) return {0, ENOTSUP};
  if (!writable) return {0, EBADF};
  int count = 0;
  for (const Pair& pair : pairs) count += ModelSetField(model, flags, pair);
  return {count, count == 0 ? ENOENT : 0};
}

class HashRun {
 public:
  HashRun(FuzzHost& fuzz, std::vector<Item> items)
      : fuzz_(fuzz),
        items_(std::move(items)),
        ctx_(fuzz.host().NewContextWithClient(nullptr, module::ContextKind::kThreadSafe)),
        name_(fuzz.host().NewString(nullptr, "h")) {}
  ~HashRun() {
    fuzz_.host().ReleaseString(name_);
    fuzz_.host().EndContext(ctx_);
  }
  HashRun(const HashRun&) = delete;
  HashRun& operator=(const HashRun&) = delete;

  void RunAll() {
    while (next_ < items_.size()) {
      RunOne(items_[next_++]);
      ExpectSameHash();
    }
  }

 private:
  void RunOne(const Item& item) {
    const bool writable = !(item.number & kReadOnly);
    const int flags = static_cast<int>(item.number & ~kReadOnly);
    if (item.kind == Item::Kind::kUnsigned) return Set(flags, writable);
    if (item.kind == Item::Kind::kSigned) return Get(flags, writable);
    if (item.kind != Item::Kind::kDouble && item.kind != Item::Kind::kEof) return;
    model_ = {.fields = {}, .is_string = item.kind == Item::Kind::kDouble};
    fuzz_.Ask({"DEL", "h"});
    if (model_.is_string) fuzz_.Ask({"SET", "h", "text"});
  }

  RedisModuleKey* Open(bool writable) {
    return static_cast<RedisModuleKey*>(fuzz_.Api<OpenKey>()(
        ctx_, name_, writable ? REDISMODULE_READ | REDISMODULE_WRITE : REDISMODULE_READ));
  }

  void Set(int flags, bool writable) {
    VariableArguments arguments(fuzz_.host());
    std::vector<Pair> pairs;
    while (arguments.HasRoomFor(2) && next_ < items_.size() && !items_[next_].is_number()) {
      const Pair& pair = pairs.emplace_back(NextPair(flags));
      AddField(pair.field, flags, arguments);
      if (pair.value)
        arguments.AddString(*pair.value);
      else
        arguments.Add(REDISMODULE_HASH_DELETE);
    }
    const Outcome wanted = ModelSet(model_, flags, writable, pairs);
    RedisModuleKey* key = Open(writable);
    errno = 0;
    const int count = arguments.Call(fuzz_.Api<HashSet>(), key, flags);
    const int number = errno;
    fuzz_.Api<CloseKey>()(key);
    Expect(count == wanted.count, "HashSet counts " + std::to_string(wanted.count) + ", not " +
                                      std::to_string(count) + ", with flags " +
                                      std::to_string(flags));
    Expect(number == wanted.number, "errno of HashSet is " + std::to_string(wanted.number) +
                                        ", not " + std::to_string(number) + ", with flags " +
                                        std::to_string(flags));
  }

  Pair NextPair(int flags) {
    std::string field = ItemReader({items_[next_++]}).NextText();
    if (flags & REDISMODULE_HASH_CFIELDS) field.resize(std::strlen(field.c_str()));
    if (next_ >= items_.size() || items_[next_].is_number()) return {std::move(field), ""};
    const Item& value = items_[next_++];
    if (value.kind == Item::Kind::kFloat) return {std::move(field), std::nullopt};
    return {std::move(field), ItemReader({value}).NextText()};
  }

  static void AddField(const std::string& field, int flags, VariableArguments& arguments) {
    if (flags & REDISMODULE_HASH_CFIELDS)
      arguments.AddCText(field);
    else
      arguments.AddString(field);
  }

  void Get(int flags, bool writable) {
    // HashGet knows these two flags, and is only defined with a handle.
    flags &= REDISMODULE_HASH_CFIELDS | REDISMODULE_HASH_EXISTS;
    RedisModuleKey* key = Open(writable);
    if (!key) return Expect(!writable && !model_.exists(), "what exists can be opened");
    VariableArguments arguments(fuzz_.host());
    std::vector<std::string> fields;
    // Room for what HashGet writes; it must not move.
    std::array<RedisModuleString*, VariableArguments::kCapacity> strings = {};
    std::array<int, VariableArguments::kCapacity> exists = {};
    while (arguments.HasRoomFor(2) && next_ < items_.size() && !items_[next_].is_number()) {
      const size_t index = fields.size();
      AddField(fields.emplace_back(NextPair(flags).field), flags, arguments);
      if (flags & REDISMODULE_HASH_EXISTS)
        arguments.Add(&exists[index]);
      else
        arguments.Add(&strings[index]);
    }
    const int status = arguments.Call(fuzz_.Api<HashGet>(), key, flags);
    fuzz_.Api<CloseKey>()(key);
    Expect(status == (model_.is_string ? REDISMODULE_ERR : REDISMODULE_OK), "status of HashGet");
    if (model_.is_string) return;
    for (size_t i = 0; i < fields.size(); ++i)
      ExpectGot(fields[i], flags & REDISMODULE_HASH_EXISTS ? &exists[i] : nullptr, strings[i]);
  }

  void ExpectGot(const std::string& field, const int* exists, RedisModuleString* value) {
    const auto wanted = model_.fields.find(field);
    if (exists)
      return Expect(*exists == (wanted != model_.fields.end()), "HashGet knows whether it exists");
    if (wanted == model_.fields.end())
      return Expect(value == nullptr, "HashGet gives NULL for a field that is missing");
    Expect(value && value->bytes == wanted->second, "HashGet gives the value");
    fuzz_.host().ReleaseString(value);
  }

  void ExpectSameHash() {
    if (model_.is_string) return;
    const resp::Value all = fuzz_.Ask({"HGETALL", "h"});
    std::map<std::string, std::string> found;
    for (size_t i = 0; i + 1 < all.children.size(); i += 2)
      found[all.children[i].text] = all.children[i + 1].text;
    Expect(found == model_.fields, "the hash holds what the model holds");
    Expect(fuzz_.Ask({"EXISTS", "h"}) == resp::Value::Integer(model_.exists()),
           "the key exists while it has fields");
  }

  FuzzHost& fuzz_;
  std::vector<Item> items_;
  size_t next_ = 0;
  RedisModuleCtx* ctx_;
  RedisModuleString* name_;
  Model model_;
};

int Run(std::vector<Item> items) {
  static const std::vector<abi::ApiRow> rows = AllRows();
  static FuzzHost& fuzz = *new FuzzHost(rows, abi::CallMode::kBare);
  {
    const module::ModuleScope scope(fuzz.host(), nullptr);
    HashRun(fuzz, std::move(items)).RunAll();
  }
  fuzz.Reset();
  fuzz.ExpectNothingLeft();
  return 0;
}

}  // namespace
}  // namespace modcert::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return modcert::fuzz::Run(
      modcert::fuzz::DecodeItems({reinterpret_cast<const char*>(data), size}));
}
