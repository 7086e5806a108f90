// A Redis string: bytes, and whether they were ever edited in place.
#pragma once

#include <string>
#include <string_view>

namespace modcert::engine {

class String {
 public:
  String() = default;
  explicit String(std::string_view bytes) : bytes_(bytes) {}

  const std::string& bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }

  // Replaces the whole value, as SET does: a number gets the encoding `int` again.
  void Assign(std::string_view bytes) {
    bytes_ = bytes;
    made_by_ = MadeBy::kAssign;
  }
  // Access for a change in place (APPEND, SETRANGE, DMA): the encoding is `raw` from now on.
  std::string& Edit() {
    made_by_ = MadeBy::kEdit;
    return bytes_;
  }

  // Replaces the whole value by text that never counts as a number, as INCRBYFLOAT does: "3" has
  // the encoding `embstr`.
  void AssignText(std::string_view bytes) {
    bytes_ = bytes;
    made_by_ = MadeBy::kText;
  }

  // What OBJECT ENCODING says: "int", "embstr" or "raw".
  std::string_view encoding() const;

 private:
  enum class MadeBy : char { kAssign, kText, kEdit };

  std::string bytes_;
  MadeBy made_by_ = MadeBy::kAssign;
};

}  // namespace modcert::engine
