// Writes the primitives of an RDB stream, each in the shortest form, as redis-server 7.0 does.
// `Write...` is for the engine's own data; `Save...` writes the tagged items that a module's value
// is made of, under the names of the Module API.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/rdb/format.h"

namespace modcert::engine::rdb {

// The parameters of redis.conf that the bytes depend on.
struct WriterOptions {
  bool rdbcompression = true;
  int64_t list_max_listpack_size = -2;
};

class Writer {
 public:
  explicit Writer(WriterOptions options = {}) : options_(options) {}

  const WriterOptions& options() const { return options_; }
  const std::string& bytes() const { return bytes_; }
  // Gives the bytes away; the writer starts again.
  std::string Take();

  void WriteByte(uint8_t byte) { bytes_.push_back(static_cast<char>(byte)); }
  void WriteType(Type type) { WriteByte(static_cast<uint8_t>(type)); }
  void WriteOpcode(Opcode opcode) { WriteByte(static_cast<uint8_t>(opcode)); }
  void WriteRaw(std::string_view bytes) { bytes_ += bytes; }
  void WriteLength(uint64_t length);
  // Small integers become numbers, and what compresses well is compressed with LZF: the bytes are
  // those of a server that is linked to the same liblzf, as Debian's is.
  void WriteString(std::string_view string);
  void WriteLittle64(uint64_t number);
  void WriteBinaryDouble(double number);

  // Items of a module's value. A signed number is stored as an unsigned one.
  void SaveUnsigned(uint64_t number);
  void SaveSigned(int64_t number) { SaveUnsigned(static_cast<uint64_t>(number)); }
  void SaveString(std::string_view bytes);
  void SaveDouble(double number);
  void SaveFloat(float number);
  void SaveLongDouble(long double number);
  // After the last item.
  void SaveEnd() { WriteItemOpcode(ItemOpcode::kEof); }

 private:
  void WriteItemOpcode(ItemOpcode opcode) { WriteLength(static_cast<uint64_t>(opcode)); }
  bool WriteAsInteger(std::string_view string);
  bool WriteCompressed(std::string_view string);

  WriterOptions options_;
  std::string bytes_;
};

}  // namespace modcert::engine::rdb
