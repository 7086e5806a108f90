// The numbers of the RDB format: version, type bytes, opcodes. Everything else in this folder reads
// or writes them, and names none of them twice.
#pragma once

#include <cstdint>

namespace modcert::engine::rdb {

// What redis-server 7.0 writes, and the newest it reads.
inline constexpr int kRdbVersion = 10;

// The byte in front of a value.
enum class Type : uint8_t {
  kString = 0,
  kList = 1,
  kSet = 2,
  kZSet = 3,  // scores as text
  kHash = 4,
  kZSet2 = 5,  // scores as eight bytes
  kModulePreGa = 6,
  kModule2 = 7,
  kHashZipmap = 9,
  kListZiplist = 10,
  kSetIntset = 11,
  kZSetZiplist = 12,
  kHashZiplist = 13,
  kListQuicklist = 14,    // nodes are ziplists
  kStreamListpacks = 15,  // without counters
  kHashListpack = 16,
  kZSetListpack = 17,
  kListQuicklist2 = 18,  // nodes are listpacks, or one plain item
  kStreamListpacks2 = 19,
  kSetListpack = 20,       // since RDB version 11; read, never written
  kStreamListpacks3 = 21,  // since RDB version 11; read, never written
};

// The byte in front of anything in a file that is not a key.
enum class Opcode : uint8_t {
  kKeyMeta = 243,  // since Redis 8.6
  kFunction2 = 245,
  kFunctionPreGa = 246,
  kModuleAux = 247,
  kIdle = 248,
  kFreq = 249,
  kAux = 250,
  kResizeDb = 251,
  kExpireTimeMs = 252,
  kExpireTime = 253,
  kSelectDb = 254,
  kEof = 255,
};

// The length in front of each item of a module's value.
enum class ItemOpcode : uint64_t {
  kEof = 0,
  kSigned = 1,  // never written by a released server
  kUnsigned = 2,
  kFloat = 3,
  kDouble = 4,
  kString = 5,
};

// When the data of a module as a whole stands in a file: before or after all keys.
enum class AuxWhen : uint64_t { kBefore = 1, kAfter = 2 };

}  // namespace modcert::engine::rdb
