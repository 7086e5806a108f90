// An aggregate prints one element per line. What stands in front of an element on its line indents
// the following lines of that element, so each level passes a longer prefix of spaces to the next.
#include "resp/print.h"

#include <fmt/format.h>

#include <iterator>

#include "base/double_to_text.h"
#include "base/escape.h"

namespace modcert::resp {
namespace {

struct AggregateStyle {
  const char* when_empty;
  char mark;  // Behind the number of an element.
  bool pairs;
};

AggregateStyle StyleOf(Type type) {
  switch (type) {
    case Type::kMap:
      return {.when_empty = "(empty hash)", .mark = '#', .pairs = true};
    case Type::kSet:
      return {.when_empty = "(empty set)", .mark = '~', .pairs = false};
    case Type::kPush:
      return {.when_empty = "(empty push)", .mark = '>', .pairs = false};
    default:
      return {.when_empty = "(empty array)", .mark = ')', .pairs = false};
  }
}

// Whether an aggregate has an element beside another one, at any depth at which it is the last.
bool SpansLines(const Value& value) {
  if (!value.attributes.empty()) return true;
  if (!value.is_aggregate() || value.children.empty()) return false;
  const size_t line_count = value.children.size() / (value.type == Type::kMap ? 2 : 1);
  return line_count > 1 || SpansLines(value.children.back());
}

class Printer {
 public:
  // `prefix` starts every line but the first.
  void PrintValue(const Value& value, const std::string& prefix);
  std::string TakeText() { return std::move(text_); }

 private:
  void PrintLine(std::string_view line) { (text_ += line) += '\n'; }
  void PrintElements(const std::vector<Value>& elements, AggregateStyle style,
                     const std::string& prefix);
  void PrintPairValue(const Value& value, const std::string& prefix);

  std::string text_;
};

void Printer::PrintValue(const Value& value, const std::string& prefix) {
  if (!value.attributes.empty()) {
    PrintElements(value.attributes, {.when_empty = "", .mark = '|', .pairs = true}, prefix);
    text_ += prefix;
  }
  switch (value.type) {
    case Type::kSimple:
    case Type::kVerbatim:
      return PrintLine(value.text);
    case Type::kError:
      return PrintLine("(error) " + value.text);
    case Type::kInteger:
      return PrintLine(fmt::format("(integer) {}", value.integer));
    case Type::kBulk:
      return PrintLine(Quote(value.text));
    case Type::kNull:
    case Type::kNullArray:
      return PrintLine("(nil)");
    case Type::kDouble:
      return PrintLine("(double) " +
                       (value.text.empty() ? DoubleToText(value.number) : value.text));
    case Type::kBool:
      return PrintLine(value.integer != 0 ? "(true)" : "(false)");
    case Type::kBigNumber:
      return PrintLine("(big number) " + value.text);
    case Type::kArray:
    case Type::kMap:
    case Type::kSet:
    case Type::kPush:
      return PrintElements(value.children, StyleOf(value.type), prefix);
  }
}

void Printer::PrintElements(const std::vector<Value>& elements, AggregateStyle style,
                            const std::string& prefix) {
  if (elements.empty()) return PrintLine(style.when_empty);
  const size_t step = style.pairs ? 2 : 1;
  const size_t line_count = elements.size() / step;
  const size_t number_width = std::to_string(line_count).size();
  // The number, its mark and a space.
  const std::string element_prefix = prefix + std::string(number_width + 2, ' ');
  for (size_t i = 0; i < line_count; ++i) {
    if (i > 0) text_ += prefix;
    fmt::format_to(std::back_inserter(text_), "{:>{}}{} ", i + 1, number_width, style.mark);
    PrintValue(elements[i * step], element_prefix);
    if (style.pairs) PrintPairValue(elements[i * step + 1], element_prefix);
  }
}

// On the line of its key, unless it needs several lines.
void Printer::PrintPairValue(const Value& value, const std::string& prefix) {
  text_.pop_back();
  text_ += " => ";
  if (SpansLines(value)) (text_ += '\n') += prefix;
  PrintValue(value, prefix);
}

}  // namespace

std::string Print(const Value& value) {
  Printer printer;
  printer.PrintValue(value, "");
  return printer.TakeText();
}

}  // namespace modcert::resp
