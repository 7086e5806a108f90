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
    edited_ = false;
  }
  // Access for a change in place (APPEND, SETRANGE, DMA): the encoding is `raw` from now on.
  std::string& Edit() {
    edited_ = true;
    return bytes_;
  }

  // What OBJECT ENCODING says: "int", "embstr" or "raw".
  std::string_view encoding() const;

 private:
  std::string bytes_;
  bool edited_ = false;
};

}  // namespace modcert::engine
