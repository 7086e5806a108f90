// A value whose inside the engine does not know: a module's data type.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace modcert::engine {

namespace rdb {
class Writer;
class Reader;
enum class AuxWhen : uint64_t;
}  // namespace rdb
class Digest;

// Where a value stands, for the callbacks that want to know.
struct KeyPlace {
  std::string_view key;  // empty when unknown
  int db = -1;
};

// What the engine asks of a data type it does not know. The module host implements it; tests have
// one of their own. Values are the module's; the engine passes them around and frees them through
// Free. Called with the host's lock held.
class OpaqueType {
 public:
  virtual ~OpaqueType() = default;

  virtual std::string_view name() const = 0;  // nine characters
  virtual uint64_t id() const = 0;            // as RDB files carry it: name and encver

  virtual void Save(rdb::Writer& out, const KeyPlace& place, const void* value) const = 0;
  // The value, or why the stream does not hold one.
  virtual Result<void*> Load(rdb::Reader& in, int encver, const KeyPlace& place) const = 0;
  virtual void Free(void* value) const = 0;
  // What the type keeps beside its keys, for a record before or after all of them. The items go to
  // a writer that has nothing else; false: there is no such record.
  virtual bool SaveAux(rdb::Writer& /*items*/, rdb::AuxWhen /*when*/) const { return false; }
  virtual Status LoadAux(rdb::Reader& in, int encver, rdb::AuxWhen when) const;
  // A type without a digest of its own leaves no trace in the digest of its keys.
  virtual bool has_digest() const { return true; }
  virtual void AddToDigest(Digest& digest, const KeyPlace& place, const void* value) const = 0;
  // Bytes, or 0 when the type does not tell.
  virtual size_t MemoryUsage(const KeyPlace& place, const void* value, size_t samples) const = 0;
  // Emits the commands that recreate the value, or says why it cannot.
  virtual Status RewriteAof(const KeyPlace& place, const void* value,
                            const std::function<void(std::vector<std::string>)>& emit) const = 0;
  // A deep copy, or null when the type cannot copy.
  virtual void* Copy(const KeyPlace& from, const KeyPlace& to, const void* value) const = 0;
  // How much work it is to free the value, and the notice before it leaves the keyspace. An effort
  // of 0 is without bounds.
  virtual size_t FreeEffort(const KeyPlace& place, const void* value) const = 0;
  virtual void Unlink(const KeyPlace& place, const void* value) const = 0;
};

// Owns a module's value.
class Opaque {
 public:
  Opaque(const OpaqueType* type, void* value) : type_(type), value_(value) {}
  ~Opaque() {
    if (value_) type_->Free(value_);
  }
  Opaque(Opaque&& other) noexcept : type_(other.type_), value_(other.Release()) {}
  Opaque& operator=(Opaque&& other) noexcept {
    std::swap(type_, other.type_);
    std::swap(value_, other.value_);
    return *this;
  }

  const OpaqueType* type() const { return type_; }
  void* value() const { return value_; }
  // The value is the same, and stands at another address: its type has moved it.
  void set_value(void* moved) { value_ = moved; }
  // Gives the value away without freeing it.
  void* Release() { return std::exchange(value_, nullptr); }

 private:
  const OpaqueType* type_;
  void* value_;
};

}  // namespace modcert::engine
