#include "engine/keyspace.h"

#include <algorithm>
#include <limits>

#include "base/require.h"
#include "engine/client.h"
#include "engine/key_usage.h"
#include "engine/lazy_free.h"

namespace modcert::engine {
namespace {

// A string, a set or a hash wakes nobody, not even when the key becomes something else later.
bool CanBeAwaited(const Value& value) {
  return std::holds_alternative<List>(value) || std::holds_alternative<ZSet>(value) ||
         std::holds_alternative<Stream>(value) || std::holds_alternative<Opaque>(value);
}

Client::WatchedKey& Watched(Client& client, int db, std::string_view key) {
  const auto it =
      std::find_if(client.watched.begin(), client.watched.end(),
                   [&](const auto& watched) { return watched.db == db && watched.key == key; });
  Require(it != client.watched.end(), "a watcher without a watched key");
  return *it;
}

// As what modules hear of a value that goes.
KeyGone::Step StepOf(Freeing freeing) {
  if (freeing == Freeing::kExpired) return KeyGone::kExpired;
  return freeing == Freeing::kEvicted ? KeyGone::kEvicted : KeyGone::kDeleted;
}

}  // namespace

Keyspace::Keyspace(const Clock& clock, const Config& config, Notifier& notifier,
                   const ServerEvents& events, Propagation& propagation, Stats& stats)
    : clock_(clock),
      config_(config),
      notifier_(notifier),
      events_(events),
      propagation_(propagation),
      stats_(stats) {
  for (int i = 0; i < config.databases; ++i) {
    dbs_.push_back(std::make_unique<Db>());
    dbs_.back()->index = i;
  }
}

Entry* Keyspace::FindForRead(int db, std::string_view key, LookupMode mode) {
  Entry* entry = Peek(db, key);
  if (entry && !mode.show_expired && IsGone(db, key, *entry, mode)) entry = nullptr;
  if (mode.count_stats) ++(entry ? stats_.keyspace_hits : stats_.keyspace_misses);
  if (!entry && mode.notify) notifier_.Notify({EventClass::kKeyMiss, "keymiss", key, db});
  if (entry && mode.touch) NoteUse(*entry, clock_.now_ms(), config_, use_random_);
  return entry;
}

// Whether the time of the key, or of all of its fields, has passed.
bool Keyspace::IsGone(int db, std::string_view key, Entry& entry, LookupMode mode) {
  if (!mode.delete_expired) return IsExpired(entry);
  if (ExpireIfNeeded(db, key, entry)) return true;
  Hash* hash = std::get_if<Hash>(&entry.value);
  return hash && DeleteExpiredFields(db, key, *hash);
}

Entry* Keyspace::FindForWrite(int db, std::string_view key) {
  return FindForRead(db, key, {.count_stats = false, .notify = false});
}

Entry* Keyspace::Peek(int db, std::string_view key) {
  std::unique_ptr<Entry>* slot = dbs_[db]->keys.Find(key);
  return slot ? slot->get() : nullptr;
}

bool Keyspace::IsExpired(const Entry& entry) const {
  return expiry_ != Expiry::kIgnore && entry.expire_at_ms != kNoExpiry &&
         clock_.now_ms() > entry.expire_at_ms;
}

bool Keyspace::ExpireIfNeeded(int db, std::string_view key, Entry& entry) {
  if (!IsExpired(entry)) return false;
  if (deletes_expired()) DeleteExpired(db, key);
  return true;
}

void Keyspace::DeleteExpired(int db, std::string_view key) {
  const std::string name(key);  // the key's own bytes go with the entry
  ++stats_.expired_keys;
  // Open while the listeners run, so that what they propagate goes out with the DEL.
  const ExecutionUnit unit(propagation_);
  Remove(db, name, Freeing::kExpired);
  notifier_.Notify({EventClass::kExpired, "expired", name, db});
  Touched(db, name, nullptr);
  propagation_.Add(db, {"DEL", name});
}

Entry& Keyspace::Put(int db, std::string_view key, Value value, bool keep_ttl) {
  if (Entry* entry = Peek(db, key)) {
    TellGoing(db, key, *entry, KeyGone::kOverwritten);
    const bool same_type = entry->value.index() == value.index();
    Overwrite(db, key, *entry, std::move(value));
    if (!keep_ttl) SetExpiry(db, key, kNoExpiry);
    NoteFieldExpiry(db, key, entry->value);
    notifier_.Notify({EventClass::kOverwritten, "overwritten", key, db});
    if (!same_type) notifier_.Notify({EventClass::kTypeChanged, "type_changed", key, db});
    return *entry;
  }
  auto entry = std::make_unique<Entry>(Entry{.value = std::move(value)});
  return Attach(db, key, std::move(entry));
}

void Keyspace::Overwrite(int db, std::string_view key, Entry& entry, Value value) {
  if (const Opaque* opaque = std::get_if<Opaque>(&entry.value))
    opaque->type()->Unlink({key, db}, opaque->value());
  if (entry.metadata) entry.metadata->Unlink(db);
  NoteGone(db, key, entry);
  NoteEffort({key, db}, entry, Freeing::kServer);
  entry.metadata.reset();
  entry.value = std::move(value);
  entry.accessed_at_ms = clock_.now_ms();
  entry.replaced_at = ++removals_;
}

void Keyspace::Replace(int db, std::string_view key, Entry& entry, Value value) {
  Overwrite(db, key, entry, std::move(value));
  if (entry.expire_at_ms != kNoExpiry) SetExpiry(db, key, kNoExpiry);
  if (add_listener_ && CanBeAwaited(entry.value)) add_listener_(db, key, entry.value);
  notifier_.Notify({EventClass::kNew, "new", key, db});
}

Entry& Keyspace::Add(int db, std::string_view key, std::unique_ptr<Entry> entry) {
  Entry& added = *entry;
  added.accessed_at_ms = clock_.now_ms();
  dbs_[db]->keys.Insert(key, std::move(entry));
  if (added.expire_at_ms != kNoExpiry)
    dbs_[db]->expiries.emplace(added.expire_at_ms, std::string(key));
  NoteFieldExpiry(db, key, added.value);
  if (add_listener_ && CanBeAwaited(added.value)) add_listener_(db, key, added.value);
  return added;
}

Entry& Keyspace::Attach(int db, std::string_view key, std::unique_ptr<Entry> entry) {
  Entry& added = Add(db, key, std::move(entry));
  notifier_.Notify({EventClass::kNew, "new", key, db});
  return added;
}

void Keyspace::AttachLoaded(int db, std::string_view key, std::unique_ptr<Entry> entry) {
  Add(db, key, std::move(entry));
  notifier_.Notify({EventClass::kLoaded, "loaded", key, db});
}

void Keyspace::NoteGone(int db, std::string_view key, const Entry& entry) {
  if (add_listener_ && std::holds_alternative<Stream>(entry.value))
    add_listener_(db, key, entry.value);
}

// hook.key-before-unlink: modules hear of a value that goes while it is still there, before its
// type does. Who looks meanwhile finds an expired key as well.
void Keyspace::TellGoing(int db, std::string_view key, Entry& entry, KeyGone::Step why) {
  if (!events_.wants<KeyGone>()) return;
  const Expiry before = std::exchange(expiry_, Expiry::kIgnore);
  events_.Fire(KeyGone{why, db, key, entry});
  expiry_ = before;
}

std::unique_ptr<Entry> Keyspace::Take(int db, std::string_view key, KeyGone::Step why) {
  std::unique_ptr<Entry>* slot = dbs_[db]->keys.Find(key);
  if (!slot) return nullptr;
  TellGoing(db, key, **slot, why);
  ++removals_;
  std::unique_ptr<Entry> entry = std::move(*slot);
  NoteGone(db, key, *entry);
  if (const Opaque* opaque = std::get_if<Opaque>(&entry->value))
    opaque->type()->Unlink({key, db}, opaque->value());
  if (entry->expire_at_ms != kNoExpiry)
    dbs_[db]->expiries.erase({entry->expire_at_ms, std::string(key)});
  dbs_[db]->keys.Erase(key);
  return entry;
}

std::unique_ptr<Entry> Keyspace::Detach(int db, std::string_view key) {
  std::unique_ptr<Entry> entry = Take(db, key, KeyGone::kDeleted);
  // A server asks here as well, and frees nothing.
  if (entry && config_.lazy_free.server_del) (void)IsFreedLazily(*entry, {key, db});
  return entry;
}

bool Keyspace::Remove(int db, std::string_view key, Freeing freeing) {
  const std::unique_ptr<Entry> gone = Take(db, key, StepOf(freeing));
  if (!gone) return false;
  if (gone->metadata) gone->metadata->Unlink(db);  // keymeta.unlink-and-free
  NoteEffort({key, db}, *gone, freeing);           // type.free-effort-order
  return true;
}

// type.free-effort, keymeta.free-effort: the type is asked only where its value may be freed in the
// background. DEVIATION: what a server frees in a thread of its own, and soon, is freed at once.
void Keyspace::NoteEffort(const KeyPlace& place, const Entry& entry, Freeing freeing) {
  const Config::LazyFree& lazy = config_.lazy_free;
  const bool may_be_lazy = freeing == Freeing::kUnlink ||
                           (freeing == Freeing::kUser && lazy.user_del) ||
                           (freeing == Freeing::kServer && lazy.server_del) ||
                           (freeing == Freeing::kExpired && lazy.expire) ||
                           (freeing == Freeing::kEvicted && lazy.eviction);
  if (may_be_lazy && IsFreedLazily(entry, place)) ++stats_.lazyfreed_objects;
}

void Keyspace::SetExpiry(int db, std::string_view key, int64_t at_ms) {
  Entry* entry = Peek(db, key);
  if (!entry || entry->expire_at_ms == at_ms) return;
  auto& expiries = dbs_[db]->expiries;
  if (entry->expire_at_ms != kNoExpiry) expiries.erase({entry->expire_at_ms, std::string(key)});
  entry->expire_at_ms = at_ms;
  if (at_ms != kNoExpiry) expiries.emplace(at_ms, std::string(key));
}

void Keyspace::NoteFieldExpiry(int db, std::string_view key, const Value& value) {
  const Hash* hash = std::get_if<Hash>(&value);
  if (const auto at_ms = hash ? hash->MinExpiry() : std::nullopt)
    dbs_[db]->field_expiries.emplace(*at_ms, std::string(key));
}

// True when no field is left, and so no key.
// DEVIATION: a replica shows such a field until the HDEL of its primary comes.
bool Keyspace::DeleteExpiredFields(int db, std::string_view key, Hash& hash) {
  if (!deletes_expired()) return false;
  const std::vector<std::string> expired = hash.RemoveExpired(clock_.now_ms());
  if (expired.empty()) return false;
  const std::string name(key);
  const bool is_empty = hash.empty();
  const ExecutionUnit unit(propagation_);
  if (is_empty) Remove(db, name);
  notifier_.Notify({EventClass::kHash, "hexpired", name, db});
  if (is_empty) notifier_.Notify({EventClass::kGeneric, "del", name, db});
  Touched(db, name, nullptr);
  for (const std::string& field : expired) propagation_.Add(db, {"HDEL", name, field});
  return is_empty;
}

void Keyspace::DeleteDueFields(Db& db) {
  while (!db.field_expiries.empty() && db.field_expiries.begin()->first < clock_.now_ms()) {
    const std::string key = db.field_expiries.extract(db.field_expiries.begin()).value().second;
    Entry* entry = Peek(db.index, key);
    Hash* hash = entry ? std::get_if<Hash>(&entry->value) : nullptr;
    if (hash && !DeleteExpiredFields(db.index, key, *hash))
      NoteFieldExpiry(db.index, key, entry->value);
  }
}

void Keyspace::Touched(int db, std::string_view key, const Client* by) {
  if (change_listener_) change_listener_(key, by);
  auto& watchers = dbs_[db]->watchers;
  if (!watchers.empty()) {
    if (const auto it = watchers.find(std::string(key)); it != watchers.end()) {
      const bool exists = dbs_[db]->keys.Contains(key);
      for (Client* client : it->second) {
        Client::WatchedKey& watched = Watched(*client, db, key);
        if (watched.was_expired && !exists)
          watched.was_expired = false;
        else
          client->transaction.dirty = true;
      }
    }
  }
}

std::optional<std::string> Keyspace::RandomKey(int db, modcert::Random& random) {
  // Where expired keys stay, perhaps there are no others: a server gives up and shows one.
  constexpr int kTriesMax = 100;
  for (int tries = 1; const auto* entry = dbs_[db]->keys.RandomEntry(random); ++tries) {
    const std::string key = entry->key;
    if (!ExpireIfNeeded(db, key, *entry->value)) return key;
    if (!deletes_expired() && tries == kTriesMax) return key;
  }
  return std::nullopt;
}

size_t Keyspace::Flush(int db) {
  size_t count = 0;
  ++removals_;
  for (const auto& database : dbs_) {
    if (db != -1 && database->index != db) continue;
    count += database->keys.size();
    TouchReplaced(*database, database->keys, nullptr);
    // Values are freed one by one below, after the keyspace no longer shows them.
    Keys dropped = std::move(database->keys);
    database->keys = {};
    database->expiries.clear();
    database->field_expiries.clear();
    dropped.ForEach(
        [&](const std::string& key, const auto& entry) { NoteGone(database->index, key, *entry); });
  }
  return count;
}

Keyspace::Contents Keyspace::TakeContents() {
  ++removals_;
  Contents contents;
  for (const auto& database : dbs_) {
    contents.keys.push_back(std::exchange(database->keys, {}));
    contents.expiries.push_back(std::exchange(database->expiries, {}));
  }
  return contents;
}

void Keyspace::PutContents(Contents contents) {
  ++removals_;
  for (size_t i = 0; i < dbs_.size(); ++i) {
    dbs_[i]->keys = std::move(contents.keys[i]);
    dbs_[i]->expiries = std::move(contents.expiries[i]);
  }
}

void Keyspace::Swap(int a, int b) {
  ++removals_;
  std::swap(dbs_[a]->keys, dbs_[b]->keys);
  std::swap(dbs_[a]->expiries, dbs_[b]->expiries);
  std::swap(dbs_[a]->field_expiries, dbs_[b]->field_expiries);
  // Watchers stay with the number of the database.
  TouchReplaced(*dbs_[a], dbs_[b]->keys, &dbs_[a]->keys);
  TouchReplaced(*dbs_[b], dbs_[a]->keys, &dbs_[b]->keys);
}

// The keys of a database were replaced by others, or by none: for those who watch a key that is or
// was there, this is a change. A key whose time has passed counts as absent, though.
void Keyspace::TouchReplaced(Db& db, const Keys& before, const Keys* now) {
  for (const auto& [key, clients] : db.watchers) {
    const std::unique_ptr<Entry>* entry = now ? now->Find(key) : nullptr;
    const bool existed = before.Contains(key);
    if (!existed && !entry) continue;
    const bool is_expired = entry && IsExpired(**entry);
    for (Client* client : clients) {
      Client::WatchedKey& watched = Watched(*client, db.index, key);
      const bool absent_before = watched.was_expired || !existed;
      if (absent_before && (!entry || is_expired))
        watched.was_expired = is_expired;
      else
        client->transaction.dirty = true;
    }
  }
}

void Keyspace::ExpireDue() {
  if (!active_expire_ || !deletes_expired()) return;
  for (const auto& database : dbs_) {
    while (!database->expiries.empty()) {
      const auto [at_ms, key] = *database->expiries.begin();
      if (clock_.now_ms() <= at_ms) break;
      DeleteExpired(database->index, key);
    }
    DeleteDueFields(*database);
  }
}

std::optional<int64_t> Keyspace::NextExpiry() const {
  if (!active_expire_ || !deletes_expired()) return std::nullopt;
  std::optional<int64_t> next;
  for (const auto& database : dbs_) {
    for (const auto* expiries : {&database->expiries, &database->field_expiries}) {
      if (expiries->empty()) continue;
      // A key is expired once its moment has passed, hence the one.
      const int64_t at_ms = expiries->begin()->first;
      if (at_ms == std::numeric_limits<int64_t>::max()) continue;  // never
      const int64_t due = at_ms + 1;
      if (!next || due < *next) next = due;
    }
  }
  return next;
}

void Keyspace::Watch(Client& client, int db, std::string_view key) {
  const Entry* entry = Peek(db, key);
  if (!dbs_[db]->watchers[std::string(key)].insert(&client).second) return;
  client.watched.push_back({db, std::string(key), entry && IsExpired(*entry)});
}

bool Keyspace::WatchedKeyExpired(const Client& client) {
  return std::any_of(client.watched.begin(), client.watched.end(), [&](const auto& watched) {
    const Entry* entry = Peek(watched.db, watched.key);
    return !watched.was_expired && entry && IsExpired(*entry);
  });
}

void Keyspace::UnwatchAll(Client& client) {
  for (const auto& watched : client.watched) {
    auto& watchers = dbs_[watched.db]->watchers;
    const auto it = watchers.find(watched.key);
    it->second.erase(&client);
    if (it->second.empty()) watchers.erase(it);
  }
  client.watched.clear();
}

}  // namespace modcert::engine
