// One run of one command: its arguments, its client, and what it may do.
//
// Commands reach keys through handles. A handle for writing creates nothing by itself on lookup;
// Create() makes the value, and a container that is empty when the handle goes is removed again
// with its `del` event, as every Redis command does.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/client.h"
#include "engine/command.h"
#include "engine/keyspace.h"
#include "engine/notify.h"
#include "engine/propagation.h"
#include "engine/reply.h"

namespace modcert::engine {

class Server;

// The value of a key, or the error to answer with. `if (!found) return found.error();`
template <typename T>
class Found {
 public:
  Found(T value) : value_(std::move(value)) {}      // NOLINT: a value is found
  Found(Reply error) : error_(std::move(error)) {}  // NOLINT: an error is the answer
  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  T* operator->() { return &*value_; }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return &*value_; }
  Reply error() const { return *error_; }

 private:
  std::optional<T> value_;
  std::optional<Reply> error_;
};

// A key opened for a change of a value of type T. Lives within one command.
template <typename T>
class WriteHandle {
 public:
  WriteHandle(CommandCall& call, std::string_view key, Entry* entry)
      : call_(&call), key_(key), entry_(entry) {}
  WriteHandle(WriteHandle&& other) noexcept
      : call_(std::exchange(other.call_, nullptr)), key_(other.key_), entry_(other.entry_) {}
  ~WriteHandle();  // removes an empty container

  bool exists() const { return entry_ != nullptr; }
  // The value; only when exists().
  T& operator*() { return std::get<T>(entry_->value); }
  T* operator->() { return &std::get<T>(entry_->value); }
  Entry& entry() { return *entry_; }
  // The value, created empty when the key does not exist.
  T& Create();
  std::string_view key() const { return key_; }

 private:
  CommandCall* call_;
  std::string_view key_;
  Entry* entry_;
};

class CommandCall {
 public:
  CommandCall(Server& server, Client& client, const Command& command,
              std::span<const std::string> args)
      : server(server), client(client), command(command), args(args), propagation_db_(client.db) {}

  Server& server;
  Client& client;
  const Command& command;
  const std::span<const std::string> args;  // args[0] is the command's name as sent

  int argc() const { return static_cast<int>(args.size()); }
  const std::string& arg(int index) const { return args[index]; }
  // True when the argument is this option word, in any case: `call.ArgIs(3, "NX")`.
  bool ArgIs(int index, std::string_view word) const {
    return CommandNameEqual{}(args[index], word);
  }
  // The argument as a number, or "value is not an integer or out of range" / "not a valid float".
  Found<int64_t> IntegerArg(int index) const;
  Found<double> DoubleArg(int index) const;
  bool resp3() const { return client.resp3(); }
  Keyspace& keyspace();
  int64_t now_ms() const;
  // True inside MULTI/EXEC, a script or a module's Call: a command must not block there.
  bool may_block() const;

  // The value for reading: null pointer when the key is absent, an error when it holds another
  // type.
  template <typename T>
  Found<const T*> Read(std::string_view key) {
    Entry* entry = keyspace().FindForRead(client.db, key);
    if (!entry) return static_cast<const T*>(nullptr);
    const T* value = std::get_if<T>(&entry->value);
    if (!value) return Reply::WrongType();
    return value;
  }
  // The key opened for a change, or the error when it holds another type.
  template <typename T>
  Found<WriteHandle<T>> OpenForWrite(std::string_view key) {
    Entry* entry = keyspace().FindForWrite(client.db, key);
    if (entry && !std::holds_alternative<T>(entry->value)) return Reply::WrongType();
    return WriteHandle<T>(*this, key, entry);
  }

  // A change happened: watchers hear of it, the event fires, and the command counts as dirty by
  // `changes` (a command that is not dirty is not propagated).
  void Changed(EventClass event_class, std::string_view event, std::string_view key,
               int64_t changes = 1);
  // The same for a hash, with the fields that changed.
  void ChangedFields(std::string_view event, std::string_view key,
                     std::span<const std::string> fields, int64_t changes = 1);
  // The parts of Changed, for commands that need another order.
  void Touched(std::string_view key) { keyspace().Touched(client.db, key, &client); }
  void Notify(EventClass event_class, std::string_view event, std::string_view key);
  void AddDirty(int64_t changes) { dirty_ += changes; }
  int64_t dirty() const { return dirty_; }

  // What replicas get in place of the command as it was sent.
  void PropagateAs(Args args) { rewritten_ = std::move(args); }
  // A further command, behind this one's own; with DoNotPropagate() instead of it.
  void PropagateAlso(Args args);
  void DoNotPropagate() { propagate_ = false; }
  // Propagates even when nothing was dirty.
  void ForcePropagation() { force_ = true; }

  // What those who monitor and the slow log see in place of an argument: a password.
  void Redact(int index) { redacted_.push_back(index); }
  // The arguments as they may be seen.
  Args ShownArgs() const;
  // The command has counted the errors in its reply itself; `failed` says whether there are any.
  void CountsItsErrors(bool failed) { errors_counted_ = failed; }
  // Nothing: the dispatcher counts what it sees.
  std::optional<bool> errors_counted() const { return errors_counted_; }

  // The database that the propagated commands are meant for: the client's when the command began.
  int propagation_db() const { return propagation_db_; }
  // The dispatcher's side: what to propagate for this call, in order.
  std::vector<Args> TakePropagation();

 private:
  int propagation_db_;
  int64_t dirty_ = 0;
  bool propagate_ = true;
  bool force_ = false;
  std::optional<bool> errors_counted_;
  std::optional<Args> rewritten_;
  std::vector<Args> also_;
  std::vector<int> redacted_;
};

template <typename T>
T& WriteHandle<T>::Create() {
  if (!entry_) {
    Keyspace& keyspace = call_->keyspace();
    entry_ = &keyspace.Put(call_->client.db, key_, Value(MakeEmpty<T>(keyspace.limits())));
  }
  return std::get<T>(entry_->value);
}

template <typename T>
WriteHandle<T>::~WriteHandle() {
  if (!call_ || !entry_) return;
  Keyspace& keyspace = call_->keyspace();
  // A listener may have removed or replaced the key meanwhile: then the entry is gone.
  if (keyspace.Peek(call_->client.db, key_) != entry_ || !IsEmpty(entry_->value)) return;
  keyspace.Remove(call_->client.db, key_);
  // A container created for nothing was never seen, so nobody hears that it went.
  if (call_->dirty() > 0) call_->Notify(EventClass::kGeneric, "del", key_);
}

}  // namespace modcert::engine
