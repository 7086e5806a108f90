// Values for the tests of this folder: random ones of every type, the commands that make them on a
// real server, and a module's data type.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "engine/rdb/value_codec.h"
#include "engine/value/value.h"

namespace modcert::engine::rdb {

// Bytes of every kind that the codec treats differently: numbers at the limits of their encodings,
// text that compresses, text that does not, sizes around the limits of listpack elements.
std::string RandomBytes(Random& random);
double RandomScore(Random& random);

// Few or many elements, so that every encoding occurs. Never empty.
Value RandomValue(Random& random, const EncodingLimits* limits);

// What to send to a real server so that `key` holds the value.
std::vector<std::vector<std::string>> CommandsFor(const std::string& key, const Value& value);

// The type of the module values among the pinned dumps: an unsigned and a signed number, a double,
// a float, two strings and a long double.
class SampleType : public OpaqueType {
 public:
  struct Content {
    uint64_t unsigned_number = 5;
    int64_t signed_number = -1;
    double number = 1.5;
    float small_number = 1.5f;
    std::string first = "12";
    std::string second = "ab";
    long double large_number = 1.5L;
    bool operator==(const Content&) const = default;
  };

  std::string_view name() const override { return "umodtype0"; }
  uint64_t id() const override { return 0xba6a1db72a5ed003; }
  void Save(Writer& out, const KeyPlace&, const void* value) const override;
  Result<void*> Load(Reader& in, int encver, const KeyPlace&) const override;
  void Free(void* value) const override { delete static_cast<Content*>(value); }
  void AddToDigest(Digest&, const KeyPlace&, const void*) const override {}
  size_t MemoryUsage(const KeyPlace&, const void*, size_t) const override { return 0; }
  Status RewriteAof(const KeyPlace&, const void*,
                    const std::function<void(std::vector<std::string>)>&) const override {
    return {};
  }
  void* Copy(const KeyPlace&, const KeyPlace&, const void*) const override { return nullptr; }
  size_t FreeEffort(const KeyPlace&, const void*) const override { return 1; }
  void Unlink(const KeyPlace&, const void*) const override {}
};

// A context that knows the type, if given.
LoadContext ContextWith(const EncodingLimits* limits, const OpaqueType* type = nullptr);

}  // namespace modcert::engine::rdb
