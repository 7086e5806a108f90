// What a step expects of a reply: a tree compiled once from JSON and compared many times. Comparing
// allocates nothing on success; only a failed match is explained, in a second pass.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "resp/value.h"

namespace re2 {
class RE2;
}

namespace modcert::spec {

// What `$capture` has stored so far in a scenario; the index is the slot the reader gave to the
// name.
using Captures = std::vector<std::string>;

// One node of an expectation. Which members mean something depends on `kind`.
struct Matcher {
  enum class Kind {
    kText,       // plain string: bulk, simple, verbatim or big number with `text`
    kInteger,    // plain integer: `integer`
    kDouble,     // plain number with a fraction or an exponent: RESP3 double equal to `number`
    kNull,       // plain null: any of the nulls
    kBool,       // plain boolean: RESP3 boolean, `integer` is 0 or 1
    kArray,      // plain list: array or push, `children` in order
    kError,      // $error: the error's text begins with `text`
    kSimple,     // $simple
    kBulk,       // $bulk, $hex
    kRegex,      // $regex: `regex` is found in the text of a string or error
    kAny,        // $any: everything, or the types set in `type_mask`
    kUnordered,  // $unordered: an array or set with `children` in any order
    kMap,        // $map: `children` are key, value, ...; pairs in any order; RESP2 flat arrays too
    kSet,        // $set: like $unordered
    kLen,        // $len: elements (pairs of a map) or bytes: from `integer` to `integer_max`
    kApprox,     // $approx: integer, double or numeric text within `within` of `number`
    kHandle,     // $handle: what the probe module prints for a pointer, of type `text` unless empty
    kCapture,    // $capture: stores the text in slot `slot`; `children[0]`, when there, must match
    kRef,        // $ref: the text equals what slot `slot` holds
    kBlocked,    // $blocked: no reply yet; only at the top of an expectation
    kClosed,     // $closed: the server has closed the connection; only at the top
    kNothing,    // $nothing: no reply, and none to come; only at the top
    kRaw,        // $raw: exactly these protocol bytes; only at the top of an expectation
  };

  Kind kind = Kind::kAny;
  int slot = -1;
  int64_t integer = 0;
  int64_t integer_max = 0;
  uint32_t type_mask = 0;  // kAny: bit (1 << resp::Type); 0 is everything
  double number = 0;
  double within = 0;
  // What stands at `offset` of `text` when the scenario runs: "${port.a}", or a capture.
  struct Insert {
    size_t offset = 0;
    int slot = 0;
  };

  std::string text = {};
  std::vector<Insert> inserts = {};  // in order of offset; of kText, kError, kSimple, kBulk, kRegex
  std::shared_ptr<const re2::RE2> regex = {};
  std::vector<Matcher> children = {};

  // Whole replies that match without being decoded: the fast path of a literal expectation. Only
  // filled at the top of an expectation, by FillEncodings.
  std::vector<std::string> encodings = {};
};

// Whether the matcher is plain JSON all the way down, so that two targets must agree to the byte.
bool IsLiteral(const Matcher& matcher);

// Computes `encodings` of an expectation that is literal enough; otherwise leaves them empty.
void FillEncodings(Matcher& matcher);

// Whether the raw bytes of a reply match without being decoded. False means "decode and ask Match".
bool MatchesEncoding(const Matcher& matcher, std::string_view raw);

// Whether the reply is what was expected. Stores captures of the parts that matched.
bool Match(const Matcher& matcher, const resp::Value& value, Captures& captures);

// Why Match said no, with the path of the first difference:
// `at [2].name: expected "x", got (integer) 3`.
std::string Explain(const Matcher& matcher, const resp::Value& value, Captures& captures);

// The expectation in one line, as it would stand in a spec: `{"$error": "ERR"}`.
std::string Describe(const Matcher& matcher);

// A value in one line: `(integer) 3`, `"x"`, `[1, (nil)]`. Long ones are cut.
std::string Describe(const resp::Value& value);

}  // namespace modcert::spec
