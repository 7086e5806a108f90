// One call of a module across the API, as data: what the generic wrappers (api_row.h) hand to
// whoever watches the calls. The three functions below are a seam: this folder calls them, the
// module host implements them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "abi/functions.h"
#include "abi/handle_kinds.h"

namespace modcert::abi {

// One argument or result, decoded by its C type. Valid for the duration of the call.
struct Argument {
  enum class Kind : uint8_t {
    kNone,      // the result of a void function
    kHandle,    // `pointer` is an opaque type of the API, `handle` says which; may be null
    kInteger,   // `integer`: int, long long, enums ...
    kUnsigned,  // `size`: size_t, uint64_t ...
    kDouble,    // `number`: float, double, long double
    kText,      // `text`: a const char*; may be null, and may lack its NUL when a length follows
    kFunction,  // `pointer` is the address of a callback
    kPointer,   // `pointer` is any other pointer: out parameters, arrays, structs, private data
    kStruct,    // a struct by value: nothing is kept of it
  };

  Kind kind = Kind::kNone;
  HandleKind handle = HandleKind::kNone;
  union {
    const void* pointer = nullptr;
    int64_t integer;
    uint64_t size;
    double number;
    const char* text;
  };
};

struct ApiCall {
  size_t index;  // of the function in AllFunctions()
  std::span<const Argument> arguments;

  const Function& function() const { return AllFunctions()[index]; }
};

// Before the host function runs, on the thread of the module. Answers whether it may run: when not,
// the module gets the function's failure value (published::X::Failure()) and EndCall is not called.
bool BeginCall(const ApiCall& call) noexcept;

// After the host function ran. Handles among the arguments may have died in it.
void EndCall(const ApiCall& call, const Argument& result) noexcept;

// A module called a function that this version of modcert does not implement; it gets the failure
// value.
void NotImplemented(const Function& function) noexcept;

// Decodes one argument by its C type.
template <typename T>
Argument ArgumentOf(T value) noexcept {
  Argument argument;
  if constexpr (std::is_pointer_v<T>) {
    using Target = std::remove_cv_t<std::remove_pointer_t<T>>;
    argument.handle = kHandleKind<Target>;
    if constexpr (std::is_function_v<Target>) {
      argument.kind = Argument::Kind::kFunction;
      argument.pointer = reinterpret_cast<const void*>(value);
    } else if constexpr (std::is_same_v<T, const char*>) {
      argument.kind = Argument::Kind::kText;
      argument.text = value;
    } else {
      bool handle = argument.handle != HandleKind::kNone;
      argument.kind = handle ? Argument::Kind::kHandle : Argument::Kind::kPointer;
      argument.pointer = value;
    }
  } else if constexpr (std::is_floating_point_v<T>) {
    argument.kind = Argument::Kind::kDouble;
    argument.number = static_cast<double>(value);
  } else if constexpr (std::is_unsigned_v<T>) {
    argument.kind = Argument::Kind::kUnsigned;
    argument.size = value;
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    argument.kind = Argument::Kind::kInteger;
    argument.integer = static_cast<int64_t>(value);
  } else {
    argument.kind = Argument::Kind::kStruct;
  }
  return argument;
}

// One checked call: tells the watcher of its begin and its end. The generic wrappers use it, and so
// does the checked twin of a variadic function (see api_row.h).
template <typename Published, size_t N>
class CheckedCall {
 public:
  template <typename... Args>
  explicit CheckedCall(Args... args) noexcept
      : arguments_{ArgumentOf(args)...}, proceed_(BeginCall(call())) {}

  // When false: return Published::Failure() at once.
  bool proceed() const { return proceed_; }

  // To be called last: hands the result through.
  template <typename R>
  R End(R result) const noexcept {
    EndCall(call(), ArgumentOf(result));
    return result;
  }
  void End() const noexcept { EndCall(call(), Argument{}); }

 private:
  ApiCall call() const { return {Published::kIndex, {arguments_, N}}; }

  Argument arguments_[N == 0 ? 1 : N];
  bool proceed_;
};

// auto call = Begin<published::HashSet>(key, flags);
template <typename Published, typename... Args>
CheckedCall<Published, sizeof...(Args)> Begin(Args... args) noexcept {
  return CheckedCall<Published, sizeof...(Args)>(args...);
}

}  // namespace modcert::abi
