// What stands behind a name that the host does not implement: a function of the published type that
// reports itself and answers with the failure value. It is never silently missing, and never
// silently does nothing. Instantiated for every function by the generated function_stubs.cc.
#pragma once

#include <cstddef>
#include <type_traits>

#include "abi/api_call.h"
#include "abi/published_types.h"

namespace modcert::abi {

// The address of the stub of AllFunctions()[function].
void* StubOf(size_t function);

template <typename Published, typename R>
R ReportNotImplemented() noexcept {
  NotImplemented(AllFunctions()[Published::kIndex]);
  if constexpr (!std::is_void_v<R>) return Published::Failure();
}

template <typename Published, typename Type = typename Published::Type>
struct Stub;

template <typename Published, typename R, typename... Args>
struct Stub<Published, R(Args...)> {
  static R Call(Args...) noexcept { return ReportNotImplemented<Published, R>(); }
  static void* Address() { return reinterpret_cast<void*>(&Call); }
};

template <typename Published, typename R, typename... Args>
struct Stub<Published, R(Args..., ...)> {
  static R Call(Args..., ...) noexcept { return ReportNotImplemented<Published, R>(); }
  static void* Address() { return reinterpret_cast<void*>(&Call); }
};

}  // namespace modcert::abi
