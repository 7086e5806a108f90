// Arguments for a variadic API function that are only known at run time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "module/host.h"

namespace modcert::fuzz {

// Collects arguments and owns what they point to. A call always passes all places, so that it is
// defined whatever the function reads: those not filled are zero, which ends a list.
//
// Pointers, size_t and long long travel in the same places of 64 bits on x86-64 and AArch64, the
// machines that we run on; so a place serves for each of them.
class VariableArguments {
 public:
  static constexpr size_t kCapacity = 24;

  explicit VariableArguments(module::Host& host) : host_(host) {}
  ~VariableArguments() {
    for (RedisModuleString* string : strings_) host_.ReleaseString(string);
  }
  VariableArguments(const VariableArguments&) = delete;
  VariableArguments& operator=(const VariableArguments&) = delete;

  // Whether `count` more fit, and a zero behind them.
  bool HasRoomFor(size_t count) const { return size_ + count < kCapacity; }

  void Add(uint64_t number) { places_[size_++] = number; }
  void Add(const void* pointer) { Add(reinterpret_cast<uint64_t>(pointer)); }
  // A C string: of text without a zero byte.
  void AddCText(std::string text) { Add(texts_.emplace_back(std::move(text)).c_str()); }
  void AddBytes(std::string bytes) {
    const std::string& kept = texts_.emplace_back(std::move(bytes));
    Add(kept.data());
    Add(static_cast<uint64_t>(kept.size()));
  }
  void AddString(std::string bytes) { Add(NewString(std::move(bytes))); }
  void AddVector(const std::vector<std::string>& texts) {
    std::vector<RedisModuleString*>& vector = vectors_.emplace_back();
    for (const std::string& text : texts) vector.push_back(NewString(text));
    Add(vector.data());
    Add(static_cast<uint64_t>(vector.size()));
  }

  // Calls function(fixed..., places...).
  template <typename Function, typename... Fixed>
  auto Call(Function function, Fixed... fixed) const {
    return CallWith(function, std::make_index_sequence<kCapacity>(), fixed...);
  }

 private:
  template <typename Function, size_t... kPlace, typename... Fixed>
  auto CallWith(Function function, std::index_sequence<kPlace...>, Fixed... fixed) const {
    return function(fixed..., places_[kPlace]...);
  }
  RedisModuleString* NewString(std::string bytes) {
    return strings_.emplace_back(host_.NewString(nullptr, std::move(bytes)));
  }

  module::Host& host_;
  std::array<uint64_t, kCapacity> places_ = {};
  size_t size_ = 0;
  std::deque<std::string> texts_;
  std::vector<RedisModuleString*> strings_;
  std::deque<std::vector<RedisModuleString*>> vectors_;
};

}  // namespace modcert::fuzz
