#include "api/rows.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "abi/functions.h"

namespace modcert::api {
namespace {

std::vector<abi::ApiRow> AllRows() {
  std::vector<abi::ApiRow> all;
  for (const auto rows : kAllRows) all.insert(all.end(), rows().begin(), rows().end());
  return all;
}

TEST(ApiRows, NameNoFunctionTwice) {
  std::set<std::pair<size_t, bool>> seen;
  for (const abi::ApiRow& row : AllRows())
    EXPECT_TRUE(seen.insert({row.function, row.of_valkey}).second)
        << abi::AllFunctions()[row.function].name;
}

TEST(ApiRows, HaveEveryFunctionOfRedis5) {
  std::set<size_t> implemented;
  for (const abi::ApiRow& row : AllRows()) implemented.insert(row.function);
  constexpr abi::Version kRedis5{5, 0, 14};
  size_t count = 0;
  for (size_t i = 0; i < abi::AllFunctions().size(); ++i) {
    if (!abi::AvailableIn(abi::AllFunctions()[i], abi::ServerKind::kRedis, kRedis5)) continue;
    ++count;
    EXPECT_TRUE(implemented.contains(i)) << abi::AllFunctions()[i].name;
  }
  EXPECT_EQ(count, 161u);
}

}  // namespace
}  // namespace modcert::api
