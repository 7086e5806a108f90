// JSON as a tree that remembers where everything stood: a wrong spec file is answered with line and
// column, and `run --record` rewrites an expectation in place. A small reader of our own, because
// the JSON libraries at hand forget positions; numbers keep their text, so that 1.50 is sent
// as 1.50.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace modcert::spec {

// One JSON value. Which members mean something depends on `kind`:
//   text      kString: the bytes; kNumber: the literal as written
//   boolean   kBool
//   elements  kArray; kObject: the values, in the order of `keys`
struct JsonNode {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

  // The name of an object's member and where it stands.
  struct Key {
    std::string name;
    int line = 0;
    int column = 0;
  };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;
  std::vector<JsonNode> elements;
  std::vector<Key> keys;
  int line = 1;
  int column = 1;
  size_t begin = 0;  // offsets in the source: [begin, end)
  size_t end = 0;

  bool is_null() const { return kind == Kind::kNull; }
  bool is_bool() const { return kind == Kind::kBool; }
  bool is_number() const { return kind == Kind::kNumber; }
  bool is_string() const { return kind == Kind::kString; }
  bool is_array() const { return kind == Kind::kArray; }
  bool is_object() const { return kind == Kind::kObject; }

  // Whether a number is written without fraction and exponent.
  bool is_integer() const;
  // The member of that name, or null. Only for objects; linear, as spec objects are small.
  const JsonNode* Find(std::string_view name) const;
  // "an object", "a string" ...: what the value is, for messages.
  std::string_view KindName() const;
};

// Parses a whole document. `file` is only used in the place of an error: "file:line:column".
// Members named twice, text after the end and nesting deeper than 200 levels are errors.
Result<JsonNode> ParseJson(std::string_view source, std::string_view file);

// Reads a file and parses it.
Result<JsonNode> ParseJsonFile(const std::string& path);

// The bytes of a file.
Result<std::string> ReadFile(const std::string& path);

}  // namespace modcert::spec
