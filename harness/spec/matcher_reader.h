// Compiles the JSON of an expectation to a Matcher. Used by the reader of spec files, and wherever
// a single expectation is written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "spec/json_tree.h"
#include "spec/matcher.h"

namespace modcert::spec {

class MatcherReader {
 public:
  // `file` is for the place of errors; `captures` lists the names seen so far, in order of slots,
  // and grows by `$capture`. Both outlive the reader.
  MatcherReader(std::string_view file, std::vector<std::string>& captures)
      : file_(file), captures_(captures) {}

  // A whole expectation, `$blocked` and `$raw` included; its encodings are filled.
  Result<Matcher> ReadTop(const JsonNode& node);
  // A part of one.
  Result<Matcher> ReadPart(const JsonNode& node);

 private:
  struct Row;
  static constexpr size_t kRowCount = 18;
  static const Row kRows[kRowCount];

  bool Read(const JsonNode& node, Matcher& out, bool top);
  bool ReadNumber(const JsonNode& node, Matcher& out);
  bool ReadObject(const JsonNode& node, Matcher& out, bool top);
  bool ReadNamed(const Row& row, const JsonNode& node, Matcher& out, bool top);
  bool ReadList(const JsonNode& node, Matcher& out);
  bool ReadText(const JsonNode& node, Matcher& out);
  void CutReferences(Matcher& out) const;
  bool ReadError(const JsonNode& node, Matcher& out);
  bool ReadHex(const JsonNode& node, Matcher& out);
  bool ReadRegex(const JsonNode& node, Matcher& out);
  bool ReadAny(const JsonNode& node, Matcher& out);
  bool ReadMap(const JsonNode& node, Matcher& out);
  bool ReadPair(const JsonNode& pair, Matcher& out);
  bool ReadLen(const JsonNode& node, Matcher& out);
  bool ReadApprox(const JsonNode& node, Matcher& out);
  bool ReadCapture(const JsonNode& node, Matcher& out);
  bool ReadRef(const JsonNode& node, Matcher& out);
  bool ReadHandle(const JsonNode& node, Matcher& out);
  bool ReadTrue(const JsonNode& node, Matcher& out);
  bool ToInteger(const JsonNode& node, int64_t& out);
  bool ToDouble(const JsonNode& node, double& out);
  bool Fail(const JsonNode& node, std::string problem, std::string remedy = {});

  std::string_view file_;
  std::vector<std::string>& captures_;
  Error error_;
};

}  // namespace modcert::spec
