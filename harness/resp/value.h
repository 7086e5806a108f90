// A RESP value as a tree: what a client received, what the engine answers, what a spec expects.
// Plain data with value semantics; no references to buffers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modcert::resp {

enum class Protocol { kResp2 = 2, kResp3 = 3 };

enum class Type {
  kSimple,     // +OK
  kError,      // -ERR ... (RESP3 blob errors '!' decode to this as well)
  kInteger,    // :1
  kBulk,       // $3 foo
  kNull,       // RESP2 $-1, RESP3 _
  kNullArray,  // RESP2 *-1, RESP3 _
  kArray,      // *
  kDouble,     // , (RESP2: bulk)
  kBool,       // # (RESP2: integer)
  kBigNumber,  // ( (RESP2: bulk)
  kVerbatim,   // = with a three-letter format (RESP2: bulk)
  kMap,        // % children are key, value, key, value ... (RESP2: flat array)
  kSet,        // ~ (RESP2: array)
  kPush,       // > (RESP2: array)
};

// One value. Which members mean something depends on `type`:
//   text      kSimple, kError, kBulk, kBigNumber, kVerbatim; for kDouble the exact text on the wire
//   integer   kInteger; kBool (0 or 1)
//   number    kDouble
//   format    kVerbatim: three letters, such as "txt"
//   children  kArray, kSet, kPush; kMap (twice as many children as pairs)
//   attributes  RESP3 attributes in front of this value: key, value, key, value ...
struct Value {
  Type type = Type::kNull;
  int64_t integer = 0;
  double number = 0;
  std::string text;
  std::string format;
  std::vector<Value> children;
  std::vector<Value> attributes;

  static Value Simple(std::string_view text);
  static Value Error(std::string_view text);  // "ERR syntax error", without the leading '-'
  static Value Integer(int64_t integer);
  static Value Bulk(std::string_view bytes);
  static Value Null();
  static Value NullArray();
  static Value Array(std::vector<Value> children = {});
  static Value Map(std::vector<Value> keys_and_values = {});
  static Value Set(std::vector<Value> children = {});
  static Value Push(std::vector<Value> children = {});
  static Value Double(double number);
  static Value Bool(bool flag);
  static Value BigNumber(std::string_view digits);
  static Value Verbatim(std::string_view format, std::string_view bytes);

  bool is_error() const { return type == Type::kError; }
  bool is_aggregate() const {
    return type == Type::kArray || type == Type::kMap || type == Type::kSet || type == Type::kPush;
  }

  // Compares everything, the text of a double as well; NaN equals NaN.
  bool operator==(const Value& other) const;
};

}  // namespace modcert::resp
