// Reads the primitives of an RDB stream. `Read...` is for the engine's own data; `Load...` reads
// the tagged items that a module's value is made of, under the names of the Module API.
//
// The one idea: the first failure sticks. From then on every function returns zero or nothing, and
// whoever reads asks failed() once, at the end, and in loops whose length came from the stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/rdb/format.h"

namespace modcert::engine::rdb {

// Any bytes may be given: nothing is read past their end, and no more memory is asked for than what
// the bytes at hand can stand for (LZF: 264 times their size).
class Reader {
 public:
  // `bytes` outlive the reader.
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool failed() const { return failed_; }
  // The first failure: its offset as the place, and the reason. Only after failed().
  const Error& error() const { return error_; }
  // Notes that what was read makes no sense; a failure before this one stays.
  void Fail(std::string problem);

  size_t offset() const { return offset_; }
  size_t remaining() const { return failed_ ? 0 : bytes_.size() - offset_; }

  uint8_t ReadByte();
  uint64_t ReadLength();
  // Any encoding: plain, integer, LZF.
  std::string ReadString();
  // Points into the bytes given.
  std::string_view ReadRaw(uint64_t size);
  uint64_t ReadLittle64();
  uint32_t ReadLittle32();
  double ReadBinaryDouble();
  // The score of an old sorted set: a length and digits, or a mark for infinity or NaN.
  double ReadTextDouble();

  // Items of a module's value. Another kind of item than the one asked for is a failure; the server
  // stores signed numbers as unsigned ones and reads them back only so.
  uint64_t LoadUnsigned();
  int64_t LoadSigned() { return static_cast<int64_t>(LoadUnsigned()); }
  std::string LoadString();
  double LoadDouble();
  float LoadFloat();
  long double LoadLongDouble();
  // Expects the mark after the last item.
  void LoadEnd();
  // Reads whatever items are left, and the mark.
  void SkipItems();

 private:
  struct Length {
    uint64_t value = 0;
    bool is_string_encoding = false;  // then `value` is which
  };
  Length ReadLengthOrEncoding();
  std::string ReadCompressed();
  void ExpectItem(ItemOpcode opcode, std::string_view name);

  std::string_view bytes_;
  size_t offset_ = 0;
  bool failed_ = false;
  Error error_;
};

}  // namespace modcert::engine::rdb
