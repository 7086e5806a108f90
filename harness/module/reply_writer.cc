#include "module/reply_writer.h"

#include "fmt/format.h"
#include "resp/encode.h"

namespace modcert::module {
namespace {

// Elements that a length announces: pairs count twice.
int64_t ElementCount(ReplyWriter::Aggregate kind, int64_t length) {
  const bool pairs =
      kind == ReplyWriter::Aggregate::kMap || kind == ReplyWriter::Aggregate::kAttribute;
  return pairs ? 2 * length : length;
}

}  // namespace

void ReplyWriter::Integer(int64_t integer) {
  resp::AppendInteger(integer, *out_);
  CountElement();
}

void ReplyWriter::Simple(std::string_view text) {
  resp::AppendSimple(text, *out_);
  CountElement();
}

void ReplyWriter::Error(std::string_view text) {
  resp::AppendError(text, *out_);
  CountElement();
}

void ReplyWriter::Bulk(std::string_view bytes) {
  resp::AppendBulk(bytes, *out_);
  CountElement();
}

void ReplyWriter::Null() {
  resp::AppendNull(protocol_, *out_);
  CountElement();
}

void ReplyWriter::NullArray() {
  resp::AppendNullArray(protocol_, *out_);
  CountElement();
}

void ReplyWriter::Double(double number) {
  resp::AppendDouble(number, protocol_, *out_);
  CountElement();
}

void ReplyWriter::DoubleText(std::string_view text) {
  resp::AppendDoubleText(text, protocol_, *out_);
  CountElement();
}

void ReplyWriter::Bool(bool flag) {
  resp::AppendBool(flag, protocol_, *out_);
  CountElement();
}

void ReplyWriter::BigNumber(std::string_view digits) {
  resp::AppendBigNumber(digits, protocol_, *out_);
  CountElement();
}

void ReplyWriter::Verbatim(std::string_view format, std::string_view bytes) {
  resp::AppendVerbatim(format, bytes, protocol_, *out_);
  CountElement();
}

void ReplyWriter::Value(const resp::Value& value) {
  resp::Encode(value, protocol_, *out_);
  CountElement();
}

void ReplyWriter::Raw(std::string_view bytes) {
  out_->append(bytes);
  CountElement();
}

bool ReplyWriter::Begin(Aggregate kind, int64_t length) {
  if (kind == Aggregate::kAttribute && protocol_ == resp::Protocol::kResp2) return false;
  // Attributes stand in front of an element and are none themselves.
  if (kind != Aggregate::kAttribute) {
    if (open_.empty())
      ++reply_count_;
    else
      ++open_.back().got;
  }
  const size_t offset = out_->size();
  if (length != kPostponed) AppendHeader(kind, length, *out_);
  open_.push_back({kind, length == kPostponed, offset, ElementCount(kind, length)});
  CloseFinished();
  return true;
}

bool ReplyWriter::SetLength(Aggregate kind, int64_t length) {
  if (kind == Aggregate::kAttribute && protocol_ == resp::Protocol::kResp2) return true;
  size_t i = open_.size();
  while (i > 0 && !open_[i - 1].postponed) --i;
  if (i == 0) return false;
  if (i < open_.size() && problem_.empty())
    problem_ = fmt::format("an aggregate of {} elements got {} when the one around it was closed",
                           open_.back().expected, open_.back().got);
  const Open& open = open_[i - 1];
  const int64_t expected = ElementCount(kind, length);
  if (open.got != expected && problem_.empty())
    problem_ = fmt::format("a postponed length of {} was set for {} elements", expected, open.got);
  std::string header;
  AppendHeader(kind, length, header);
  out_->insert(open.offset, header);
  open_.resize(i - 1);
  CloseFinished();
  return true;
}

std::string ReplyWriter::Problem() const {
  if (!problem_.empty() || open_.empty()) return problem_;
  const Open& open = open_.back();
  if (open.postponed) return "a postponed length was never set";
  return fmt::format("an aggregate of {} elements got {}", open.expected, open.got);
}

void ReplyWriter::CountElement() {
  if (open_.empty()) {
    ++reply_count_;
    return;
  }
  ++open_.back().got;
  CloseFinished();
}

void ReplyWriter::CloseFinished() {
  while (!open_.empty() && !open_.back().postponed && open_.back().got >= open_.back().expected)
    open_.pop_back();
}

void ReplyWriter::AppendHeader(Aggregate kind, int64_t length, std::string& out) const {
  const auto count = static_cast<size_t>(length < 0 ? 0 : length);
  switch (kind) {
    case Aggregate::kArray:
      return resp::AppendArrayHeader(count, out);
    case Aggregate::kMap:
      return resp::AppendMapHeader(count, protocol_, out);
    case Aggregate::kSet:
      return resp::AppendSetHeader(count, protocol_, out);
    case Aggregate::kAttribute:
      return resp::AppendAttributeHeader(count, out);
  }
}

}  // namespace modcert::module
