// The row that ties the name of an API function to the host function behind it. A table of rows
// stands at the end of each file in harness/api; ApiTable (api_table.h) collects them.
//
// API_ROW(DeleteKey) compiles only when the host function DeleteKey, found by name in the namespace
// where the row stands, has exactly the published type of RedisModule_DeleteKey and is noexcept.
// From the parameter types it makes the checked function, which asks BeginCall() before and tells
// EndCall() after (api_call.h).
#pragma once

#include <cstddef>
#include <type_traits>

#include "abi/api_call.h"
#include "abi/published_types.h"

namespace modcert::abi {

struct ApiRow {
  size_t function;  // index in AllFunctions()
  void* core;       // the host function itself
  void* checked;    // the same behind BeginCall and EndCall
  // Why the function is not complete yet: "one node only". Null when it is.
  const char* partial = nullptr;
  // Where Valkey took the name for a function with other arguments: the row of that one, which
  // only a Valkey serves. MakeRow<published::valkey::X, &XOfValkey>() makes it.
  bool of_valkey = false;

  // API_ROW(GetClusterSize).Partial("one node only")
  ApiRow Partial(const char* reason) const { return {function, core, checked, reason, of_valkey}; }
};

// The pointer type of a published function that throws nothing, and its generic wrapper.
template <typename Published, typename Type = typename Published::Type>
struct Wrapper;

template <typename Published, typename R, typename... Args>
struct Wrapper<Published, R(Args...)> {
  using Pointer = R (*)(Args...) noexcept;

  template <Pointer Core>
  static R Checked(Args... args) noexcept {
    auto call = Begin<Published>(args...);
    if constexpr (std::is_void_v<R>) {
      if (!call.proceed()) return;
      Core(args...);
      call.End();
    } else {
      if (!call.proceed()) return Published::Failure();
      return call.End(Core(args...));
    }
  }

  template <Pointer Core>
  static constexpr Pointer kChecked = &Checked<Core>;
};

// No template can pass variable arguments on: the bare function serves for both, unless the row
// names a checked twin that was written by hand.
template <typename Published, typename R, typename... Args>
struct Wrapper<Published, R(Args..., ...)> {
  using Pointer = R (*)(Args..., ...) noexcept;

  template <Pointer Core>
  static constexpr Pointer kChecked = Core;
};

template <typename Published, auto Core, auto Checked>
ApiRow MakeRow() {
  using Pointer = typename Wrapper<Published>::Pointer;
  static_assert(std::is_same_v<decltype(Core), Pointer>,
                "the host function has the published signature and is noexcept");
  static_assert(std::is_same_v<decltype(Checked), Pointer>,
                "the checked function has the published signature and is noexcept");
  return {Published::kIndex, reinterpret_cast<void*>(Core), reinterpret_cast<void*>(Checked),
          nullptr, requires {Published::kOfValkey;
}
};  // namespace modcert::abi
}

template <typename Published, auto Core>
ApiRow MakeRow() {
  using Pointer = typename Wrapper<Published>::Pointer;
  static_assert(std::is_same_v<decltype(Core), Pointer>,
                "the host function has the published signature and is noexcept");
  return MakeRow<Published, Core, Wrapper<Published>::template kChecked<Core>>();
}

}  // namespace modcert::abi

// API_ROW(DeleteKey), or for a variadic function with a checked twin: API_ROW(HashSet,
// CheckedHashSet).
#define API_ROW(name, ...) \
  ::modcert::abi::MakeRow<::modcert::abi::published::name, &name __VA_OPT__(, &) __VA_ARGS__>()
