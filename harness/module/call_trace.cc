#include "module/call_trace.h"

#include <algorithm>

#include "fmt/format.h"

namespace modcert::module {
namespace {

std::string ArgumentText(const abi::Argument& argument) {
  using Kind = abi::Argument::Kind;
  switch (argument.kind) {
    case Kind::kNone:
      return "";
    case Kind::kInteger:
      return fmt::format("{}", argument.integer);
    case Kind::kUnsigned:
      return fmt::format("{}", argument.size);
    case Kind::kDouble:
      return fmt::format("{}", argument.number);
    // The text may be gone or lack its end by the time that somebody asks.
    case Kind::kText:
      return argument.text ? "text" : "NULL";
    case Kind::kHandle:
      return argument.pointer
                 ? std::string(abi::kHandleKindNames[static_cast<int>(argument.handle)])
                 : "NULL";
    case Kind::kFunction:
      return argument.pointer ? "function" : "NULL";
    case Kind::kPointer:
      return argument.pointer ? "pointer" : "NULL";
    case Kind::kStruct:
      return "struct";
  }
  return "";
}

}  // namespace

uint64_t CallTrace::Add(const abi::ApiCall& call) {
  Row& row = rows_[count_ % kSize];
  row.function = static_cast<uint16_t>(call.index);
  row.argument_count = static_cast<uint8_t>(std::min(call.arguments.size(), row.arguments.size()));
  std::copy_n(call.arguments.begin(), row.argument_count, row.arguments.begin());
  return row.number = ++count_;
}

std::vector<std::string> CallTrace::Last(size_t count) const {
  std::vector<std::string> lines;
  const uint64_t kept = std::min<uint64_t>({count, kSize, count_});
  for (uint64_t i = count_ - kept; i < count_; ++i) {
    const Row& row = rows_[i % kSize];
    std::vector<std::string> arguments;
    for (size_t a = 0; a < row.argument_count; ++a)
      arguments.push_back(ArgumentText(row.arguments[a]));
    lines.push_back(
        fmt::format("{}({})", abi::AllFunctions()[row.function].name, fmt::join(arguments, ", ")));
  }
  return lines;
}

}  // namespace modcert::module
