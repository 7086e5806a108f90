// The 20 bytes that DEBUG DIGEST and DEBUG DIGEST-VALUE print: equal for equal data, whatever its
// encoding and whatever the order of members, fields and keys. The same digits as a real server's.
#pragma once

#include <string>
#include <string_view>

#include "base/sha1.h"
#include "engine/value/value.h"

namespace modcert::engine {

// A digest that grows. Starts as zeros.
//
// It has two halves. What is added goes into the sequence, where order matters; EndSequence puts
// the sequence into the sum, where it does not. So a module (and a hash) adds a field and its
// value, ends the sequence, and goes on with the next field. What is in a sequence that never ended
// is lost.
class Digest {
 public:
  void AddStringBuffer(std::string_view bytes) { Mix(sequence_, bytes); }
  void AddLongLong(int64_t number) { AddStringBuffer(std::to_string(number)); }
  void EndSequence();

  // Puts bytes directly into the sum: as one element among others, or as the next of a series.
  void AddUnordered(std::string_view bytes) { Xor(sum_, bytes); }
  void AddOrdered(std::string_view bytes) { Mix(sum_, bytes); }

  // The bytes of the sum.
  std::string_view bytes() const { return BytesOf(sum_); }
  // The sum as 40 hexadecimal digits.
  std::string ToHex() const;
  bool operator==(const Digest& other) const { return sum_ == other.sum_; }

 private:
  static std::string_view BytesOf(const Sha1Bytes& state) {
    return {reinterpret_cast<const char*>(state.data()), state.size()};
  }
  static void Xor(Sha1Bytes& state, std::string_view bytes);
  static void Mix(Sha1Bytes& state, std::string_view bytes);

  Sha1Bytes sum_{};
  Sha1Bytes sequence_{};
};

// Whether a key has a time to live; the digest does not say when it ends.
enum class Expires : bool { kNo, kYes };

// DEBUG DIGEST-VALUE: what the key holds, without its name.
Digest DigestOfValue(const Value& value, const KeyPlace& place, Expires expires);

// The same with the name in `place`.
Digest DigestOfKey(const Value& value, const KeyPlace& place, Expires expires);

// DEBUG DIGEST: all keys of all databases. Databases come in ascending order, without the empty
// ones; the keys of one database in any order.
class DatasetDigest {
 public:
  void StartDatabase(int index);
  void AddKey(const Value& value, const KeyPlace& place, Expires expires) {
    digest_.AddUnordered(DigestOfKey(value, place, expires).bytes());
  }
  const Digest& digest() const { return digest_; }

 private:
  Digest digest_;
};

}  // namespace modcert::engine
