// The databases: keys with their values and their time to live, and who watches them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "engine/config.h"
#include "engine/notify.h"
#include "engine/propagation.h"
#include "engine/server_events.h"
#include "engine/stats.h"
#include "engine/value/key_metadata.h"
#include "engine/value/ordered_dict.h"
#include "engine/value/value.h"

namespace modcert::engine {

class Client;

inline constexpr int64_t kNoExpiry = -1;

// A key's value and what is known about the key. Entries do not move while the key exists.
struct Entry {
  Value value;
  int64_t expire_at_ms = kNoExpiry;
  int64_t accessed_at_ms = 0;                  // for OBJECT IDLETIME
  uint8_t frequency = 5;                       // for OBJECT FREQ
  std::unique_ptr<KeyMetadata> metadata = {};  // of modules; null when there is none
  // Keyspace::removals() when another value took the place of one.
  uint64_t replaced_at = 0;
};

// On whose behalf a value goes: what lazyfree-lazy-... say of it decides whether its type is asked
// for the effort, and whether it is freed in the background.
enum class Freeing { kUnlink, kUser, kServer, kExpired, kEvicted };

// How a key is looked up.
struct LookupMode {
  bool touch = true;        // counts as an access
  bool count_stats = true;  // keyspace_hits and keyspace_misses
  bool notify = true;       // the keymiss event
  // What becomes of a key, or of the fields of a hash, whose time has passed.
  bool delete_expired = true;  // where they are met; else they are absent and stay
  bool show_expired = false;   // they are as good as any other
};

using Keys = OrderedDict<std::unique_ptr<Entry>>;

// One numbered database. Lookups are pure here; expiry is the Keyspace's business.
struct Db {
  int index = 0;
  Keys keys;
  std::set<std::pair<int64_t, std::string>> expiries;  // (when, key), for the active expiry
  // The same for fields of the hash behind a key. What is no longer so is found when it is due.
  std::set<std::pair<int64_t, std::string>> field_expiries;
  // Clients that WATCH a key here.
  std::unordered_map<std::string, std::unordered_set<Client*>> watchers;
};

// Owned by Server. Every function looks at expiry first: an expired key is deleted (lazy expiry),
// propagated as DEL and told to listeners, then treated as absent.
class Keyspace {
 public:
  Keyspace(const Clock& clock, const Config& config, Notifier& notifier, const ServerEvents& events,
           Propagation& propagation, Stats& stats);

  // What becomes of a key whose time has passed.
  enum class Expiry {
    kDelete,  // deleted where it is met or when it is due, and propagated: a primary
    kHide,    // absent for who asks, but it stays until the primary deletes it: a replica
    kIgnore,  // as if no time had passed: commands out of files and from the primary
  };
  Expiry expiry() const { return expiry_; }
  void set_expiry(Expiry expiry) { expiry_ = expiry; }
  // A time to live that ends at such a moment deletes the key at once.
  bool DeletesAtOnce(int64_t expire_at_ms) const {
    return expiry_ == Expiry::kDelete && expire_at_ms <= clock_.now_ms();
  }

  const EncodingLimits& limits() const { return config_.encoding; }
  int db_count() const { return static_cast<int>(dbs_.size()); }
  Db& db(int index) { return *dbs_[index]; }
  const Db& db(int index) const { return *dbs_[index]; }

  // The entry for reading, or null. Counts hit or miss and fires keymiss, as `mode` says.
  Entry* FindForRead(int db, std::string_view key, LookupMode mode = {});
  // The entry for a change, or null. No statistics.
  Entry* FindForWrite(int db, std::string_view key);
  // The entry as it stands, expired or not, with no side effect.
  Entry* Peek(int db, std::string_view key);
  bool IsExpired(const Entry& entry) const;

  // Puts a value in place of whatever is there. The time to live goes unless `keep_ttl`.
  // Fires "new" for a key that did not exist; the caller fires its own event and calls Touched().
  Entry& Put(int db, std::string_view key, Value value, bool keep_ttl = false);
  // The same for an entry that was found before, as if it had been removed first: the value that
  // comes is that of a new key.
  void Replace(int db, std::string_view key, Entry& entry, Value value);
  // Takes a key out; false when there is none. No event, no propagation: the caller's business.
  bool Remove(int db, std::string_view key, Freeing freeing = Freeing::kServer);
  // Takes the entry itself out, for RENAME and MOVE; its type hears of it.
  std::unique_ptr<Entry> Detach(int db, std::string_view key);
  Entry& Attach(int db, std::string_view key, std::unique_ptr<Entry> entry);

  // A key that comes out of a file: listeners hear "loaded" instead of "new".
  void AttachLoaded(int db, std::string_view key, std::unique_ptr<Entry> entry);

  // kNoExpiry removes the time to live.
  void SetExpiry(int db, std::string_view key, int64_t at_ms);

  // Fields of the hash behind the key may have got a time to live.
  void NoteFieldExpiry(int db, std::string_view key, const Value& value);

  // Tells watchers that the key changed (what Redis calls signalModifiedKey). `by` is the client
  // that changed it, which is none when its time has passed.
  void Touched(int db, std::string_view key, const Client* by);
  // Hears of every key that changes, whatever the database.
  using ChangeListener = std::function<void(std::string_view key, const Client* by)>;
  void SetChangeListener(ChangeListener listener) { change_listener_ = std::move(listener); }
  // The blocking commands hear of each key that is added and that somebody can wait for, and of
  // each stream that goes: readers of its groups wait in vain then. `value` is what came or went.
  using AddListener = std::function<void(int db, std::string_view key, const Value& value)>;
  void SetAddListener(AddListener listener) { add_listener_ = std::move(listener); }

  // Counts the values that have gone, with their keys or for others: while it stays the same, all
  // that there were are still there.
  uint64_t removals() const { return removals_; }

  size_t size(int db) const { return dbs_[db]->keys.size(); }
  // A key that is not expired, at random; deletes the expired ones it meets.
  std::optional<std::string> RandomKey(int db, modcert::Random& random);
  // Empties one database, or all with -1. Returns the number of keys.
  size_t Flush(int db);
  void Swap(int a, int b);
  // All keys of all databases, taken out and put back: a replica keeps its own until it has those
  // of its primary. Nobody hears of it.
  struct Contents {
    std::vector<Keys> keys;
    std::vector<std::set<std::pair<int64_t, std::string>>> expiries;
  };
  Contents TakeContents();
  void PutContents(Contents contents);

  // Active expiry: deletes what is due. Off under DEBUG SET-ACTIVE-EXPIRE 0.
  void ExpireDue();
  // When the next key is due; nothing when none has a time to live.
  std::optional<int64_t> NextExpiry() const;
  void set_active_expire(bool on) { active_expire_ = on; }
  // While clients are paused the data stands still: an expired key counts as absent and stays.
  void set_keeps_expired(bool on) { keeps_expired_ = on; }
  bool deletes_expired() const { return expiry_ == Expiry::kDelete && !keeps_expired_; }

  void Watch(Client& client, int db, std::string_view key);
  void UnwatchAll(Client& client);
  // True when the time of a key has passed since the client watched it.
  bool WatchedKeyExpired(const Client& client);

 private:
  Entry& Add(int db, std::string_view key, std::unique_ptr<Entry> entry);
  std::unique_ptr<Entry> Take(int db, std::string_view key, KeyGone::Step why);
  void NoteEffort(const KeyPlace& place, const Entry& entry, Freeing freeing);
  void Overwrite(int db, std::string_view key, Entry& entry, Value value);
  void TellGoing(int db, std::string_view key, Entry& entry, KeyGone::Step why);
  void NoteGone(int db, std::string_view key, const Entry& entry);
  void DeleteExpired(int db, std::string_view key);
  bool IsGone(int db, std::string_view key, Entry& entry, LookupMode mode);
  bool ExpireIfNeeded(int db, std::string_view key, Entry& entry);
  bool DeleteExpiredFields(int db, std::string_view key, Hash& hash);
  void DeleteDueFields(Db& db);
  void TouchReplaced(Db& db, const Keys& before, const Keys* now);

  const Clock& clock_;
  const Config& config_;
  Notifier& notifier_;
  const ServerEvents& events_;
  Propagation& propagation_;
  Stats& stats_;
  modcert::Random use_random_{1};  // for NoteUse
  std::vector<std::unique_ptr<Db>> dbs_;
  AddListener add_listener_;
  ChangeListener change_listener_;
  uint64_t removals_ = 0;
  bool active_expire_ = true;
  bool keeps_expired_ = false;
  Expiry expiry_ = Expiry::kDelete;
};

}  // namespace modcert::engine
