// How API functions write replies: straight into the bytes that the client will get, counting on
// the way, so that a reply that does not add up is seen when its command ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resp/value.h"

namespace modcert::module {

// One per context that may reply. `out` is the client's output, or the buffer that a blocked
// client's replies are gathered in; it may grow by other hands between two calls (a push).
class ReplyWriter {
 public:
  enum class Aggregate : uint8_t { kArray, kMap, kSet, kAttribute };
  static constexpr int64_t kPostponed = -1;  // the length follows with SetLength

  ReplyWriter(std::string& out, resp::Protocol protocol) : out_(&out), protocol_(protocol) {}

  resp::Protocol protocol() const { return protocol_; }

  void Integer(int64_t integer);
  void Simple(std::string_view text);
  void Error(std::string_view text);  // "ERR text", without the leading '-'
  void Bulk(std::string_view bytes);
  void Null();
  void NullArray();
  void Double(double number);
  void DoubleText(std::string_view text);  // a long double, printed by the caller
  void Bool(bool flag);
  void BigNumber(std::string_view digits);
  void Verbatim(std::string_view format, std::string_view bytes);
  void Value(const resp::Value& value);
  // One whole reply that is protocol already.
  void Raw(std::string_view bytes);

  // Opens an aggregate: `length` elements, or pairs in a map or attribute; or kPostponed. False for
  // an attribute in RESP2, where nothing is written.
  bool Begin(Aggregate kind, int64_t length);
  // Gives the innermost postponed aggregate its length, as an aggregate of `kind`: what counts is
  // the kind given here. False when none is open.
  bool SetLength(Aggregate kind, int64_t length);

  // Whole replies so far, at the top level.
  int64_t reply_count() const { return reply_count_; }
  // What is wrong with what was written, in words; empty when every aggregate adds up.
  std::string Problem() const;

 private:
  struct Open {
    Aggregate kind;
    bool postponed;
    size_t offset;     // of the header in `out`
    int64_t expected;  // elements; counts twice for pairs
    int64_t got = 0;
  };

  void CountElement();
  void CloseFinished();
  void AppendHeader(Aggregate kind, int64_t length, std::string& out) const;

  std::string* out_;
  resp::Protocol protocol_;
  std::vector<Open> open_;
  int64_t reply_count_ = 0;
  std::string problem_;
};

}  // namespace modcert::module
