// How alike two words are, for "did you mean".
#pragma once

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace modcert {

// The fewest steps that turn `a` into `b`: a character inserted, removed or replaced, or two
// neighbours swapped, the most common slip of all.
inline size_t EditDistance(std::string_view a, std::string_view b) {
  // row[j] is the distance between the part of `a` read so far and the first j characters of `b`;
  // `previous` and `before_previous` are the rows of one and two characters less.
  std::vector<size_t> before_previous;
  std::vector<size_t> previous(b.size() + 1);
  std::iota(previous.begin(), previous.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    std::vector<size_t> row(b.size() + 1, i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = previous[j] + (a[i] == b[j] ? 0 : 1);
      row[j + 1] = std::min({replaced, row[j] + 1, previous[j + 1] + 1});
      const bool swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (swapped) row[j + 1] = std::min(row[j + 1], before_previous[j - 1] + 1);
    }
    before_previous = std::move(previous);
    previous = std::move(row);
  }
  return previous[b.size()];
}

// The word of `known` (strings or string views) nearest to `word`, the first of several; nothing
// when more than a third of it would have to change, because such a suggestion only confuses.
template <typename Words>
std::optional<std::string_view> ClosestWord(std::string_view word, const Words& known) {
  std::optional<std::string_view> closest;
  size_t distance_max = std::max<size_t>(1, word.size() / 3);
  for (const std::string_view candidate : known) {
    const size_t distance = EditDistance(word, candidate);
    if (distance > distance_max || (closest && distance == distance_max)) continue;
    closest = candidate;
    distance_max = distance;
  }
  return closest;
}

}  // namespace modcert
