// Scanning keyspace and hashes. The names of what is due are taken first and then given to the
// module one by one, each only when it is still there: a callback may change what is scanned.

#include <cerrno>
#include <string>
#include <vector>

#include "api/key_access.h"
#include "api/rows.h"
#include "base/double_to_text.h"

namespace modcert::api {
namespace {

// RedisModuleScanCursor *RedisModule_ScanCursorCreate(void)
RedisModuleScanCursor* ScanCursorCreate() noexcept {
  module::Host* host = module::CurrentHost();
  return host ? host->handles.scan_cursors.New(module::CurrentModule(), *host) : nullptr;
}

// void RedisModule_ScanCursorRestart(RedisModuleScanCursor *cursor)
void ScanCursorRestart(RedisModuleScanCursor* cursor) noexcept {
  cursor->next = 0;
  cursor->done = false;
}

// void RedisModule_ScanCursorDestroy(RedisModuleScanCursor *cursor)
void ScanCursorDestroy(RedisModuleScanCursor* cursor) noexcept {
  cursor->host.handles.scan_cursors.End(cursor);
}

// Remembers how far a step went, and says whether there is more.
int Advance(RedisModuleScanCursor* cursor, uint64_t next) {
  cursor->next = next;
  cursor->done = next == 0;
  errno = 0;
  return !cursor->done;
}

// A string for the time of a callback, which may keep a reference of its own.
class LentString {
 public:
  LentString(module::Host& host, std::string bytes)
      : host_(host), string_(host.NewString(nullptr, std::move(bytes))) {}
  ~LentString() { host_.ReleaseString(string_); }
  LentString(const LentString&) = delete;
  LentString& operator=(const LentString&) = delete;
  RedisModuleString* get() const { return string_; }

 private:
  module::Host& host_;
  RedisModuleString* string_;
};

// Gives a key to the callback, open for reading. The handle is lent (scan.key-is-lent).
void GiveKey(RedisModuleCtx* ctx, const std::string& name, RedisModuleScanCB callback,
             void* private_data) {
  module::Host& host = ctx->host;
  engine::Entry* entry = host.server.keyspace.Peek(ctx->db(), name);
  const LentString key_name(host, name);
  RedisModuleKey* key =
      host.handles.keys.New(ctx->module, ctx, ctx->db(), name, REDISMODULE_READ, entry);
  callback(ctx, key_name.get(), key, private_data);
  const bool is_open = module::HandleSlabs::HeaderOf(key).state == module::HandleState::kLive;
  if (is_open) host.CloseKey(key);
}

// int RedisModule_Scan(RedisModuleCtx *ctx, RedisModuleScanCursor *cursor, RedisModuleScanCB fn,
//                      void *privdata)
int Scan(RedisModuleCtx* ctx, RedisModuleScanCursor* cursor, RedisModuleScanCB callback,
         void* private_data) noexcept {
  if (cursor->done) {  // scan.finished-cursor
    errno = ENOENT;
    return 0;
  }
  const engine::Keys& keys = ctx->host.server.keyspace.db(ctx->db()).keys;
  if (cursor->next == 0) cursor->end = keys.end_cursor();
  std::vector<std::string> names;
  const uint64_t next = keys.Scan(
      cursor->next, 1, [&](const std::string& name, const auto&) { names.push_back(name); });
  for (const std::string& name : names) GiveKey(ctx, name, callback, private_data);
  // scan.ends: a callback that replaces each key would never see the end otherwise.
  return Advance(cursor, next < cursor->end ? next : 0);
}

// The next elements of a set, a hash or a sorted set: all of them where the encoding is compact.
struct TakeNames {
  uint64_t cursor;
  std::vector<std::string>& names;

  uint64_t operator()(const engine::Set& set) const {
    return set.Scan(cursor, 1, [&](std::string_view member) { names.emplace_back(member); });
  }
  uint64_t operator()(const engine::Hash& hash) const {
    return hash.Scan(cursor, 1,
                     [&](const std::string& field, const std::string&) { names.push_back(field); });
  }
  uint64_t operator()(const engine::ZSet& zset) const {
    return zset.Scan(cursor, 1, [&](const auto& item) { names.push_back(item.member); });
  }
  template <typename T>
  uint64_t operator()(const T&) const {
    return 0;
  }
};

// scan.key-types
bool HasNames(const engine::Value& value) {
  return std::holds_alternative<engine::Set>(value) ||
         std::holds_alternative<engine::Hash>(value) || std::holds_alternative<engine::ZSet>(value);
}

// What an element is given with; `is_there` goes down when it has left meanwhile.
std::optional<std::string> ValueOf(const RedisModuleKey* key, const std::string& name,
                                   bool& is_there) {
  const engine::Value& value = key->entry->value;
  if (const auto* set = std::get_if<engine::Set>(&value)) {
    is_there = set->Contains(name);
    return std::nullopt;  // scan.set-has-no-values
  }
  if (const auto* hash = std::get_if<engine::Hash>(&value)) {
    const std::string* text = hash->Get(name);
    const int64_t now_ms = key->ctx->host.server.clock.now_ms();
    // scan.expired-fields
    is_there = text && (SeesExpired(key) || !hash->IsExpired(name, now_ms));
    return is_there ? std::optional(*text) : std::nullopt;
  }
  // The callback may have put a value of any type in place of the scanned one.
  const auto* zset = std::get_if<engine::ZSet>(&value);
  const std::optional<double> score = zset ? zset->Score(name) : std::nullopt;
  is_there = score.has_value();
  if (!is_there) return std::nullopt;
  // A listpack holds the score as text; a skip list as a number that is printed for the callback.
  return zset->encoding() == "listpack" ? DoubleToText(*score) : LongDoubleToText(*score);
}

void GiveElement(RedisModuleKey* key, const std::string& name, RedisModuleScanKeyCB callback,
                 void* private_data) {
  bool is_there = false;
  std::optional<std::string> value = ValueOf(key, name, is_there);
  if (!is_there) return;
  module::Host& host = key->ctx->host;
  const LentString field(host, name);
  if (!value) return callback(key, field.get(), nullptr, private_data);
  const LentString lent_value(host, *std::move(value));
  callback(key, field.get(), lent_value.get(), private_data);
}

// int RedisModule_ScanKey(RedisModuleKey *key, RedisModuleScanCursor *cursor, RedisModuleScanKeyCB
//                         fn, void *privdata)
int ScanKey(RedisModuleKey* key, RedisModuleScanCursor* cursor, RedisModuleScanKeyCB callback,
            void* private_data) noexcept {
  if (!key || !key->entry || !HasNames(key->entry->value)) {
    errno = EINVAL;
    return 0;
  }
  if (cursor->done) {
    errno = ENOENT;
    return 0;
  }
  std::vector<std::string> names;
  const uint64_t next = std::visit(TakeNames{cursor->next, names}, key->entry->value);
  for (const std::string& name : names) {
    if (!key->entry || KeyspaceOf(key).Peek(key->db, key->name) != key->entry) break;
    GiveElement(key, name, callback, private_data);
  }
  return Advance(cursor, next);
}

const abi::ApiRow kRows[] = {
    API_ROW(ScanCursorCreate),  API_ROW(ScanCursorRestart),
    API_ROW(ScanCursorDestroy), API_ROW(Scan),
    API_ROW(ScanKey),
};

}  // namespace

std::span<const abi::ApiRow> ScanRows() { return kRows; }

}  // namespace modcert::api
