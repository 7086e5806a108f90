// Sorting of which only the first few places count: the quicksort of Bentley and McIlroy
// ("Engineering a Sort Function", 1993), which leaves alone the parts nobody asked for.
//
// It is not stable, so where items are equal its order is visible, and a real server's is this one.
#pragma once

#include <algorithm>
#include <span>
#include <utility>

namespace modcert::engine {

template <typename T, typename Before>
void PartialSort(std::span<T> items, size_t wanted, Before is_before);

namespace partial_sort {

template <typename T, typename Before>
void SortByInsertion(std::span<T> items, Before is_before) {
  for (size_t i = 1; i < items.size(); ++i)
    for (size_t j = i; j > 0 && is_before(items[j], items[j - 1]); --j)
      std::swap(items[j], items[j - 1]);
}

template <typename T, typename Before>
T* Median(T* a, T* b, T* c, Before is_before) {
  if (is_before(*a, *b)) return is_before(*b, *c) ? b : (is_before(*a, *c) ? c : a);
  return is_before(*c, *b) ? b : (is_before(*a, *c) ? a : c);
}

// The middle one; of many items the median of three, of more the median of three medians.
template <typename T, typename Before>
T* Pivot(std::span<T> items, Before is_before) {
  T* first = items.data();
  T* middle = first + items.size() / 2;
  if (items.size() <= 7) return middle;
  T* last = first + items.size() - 1;
  if (items.size() > 40) {
    const size_t step = items.size() / 8;
    first = Median(first, first + step, first + 2 * step, is_before);
    middle = Median(middle - step, middle, middle + step, is_before);
    last = Median(last - 2 * step, last - step, last, is_before);
  }
  return Median(first, middle, last, is_before);
}

// How many items came out before the pivot, and how many behind it; those equal stand between.
struct Parts {
  size_t before = 0;
  size_t behind = 0;
};

// Equal items gather at both ends while the others are parted, and move to the middle at the end.
template <typename T, typename Before>
Parts Part(std::span<T> items, Before is_before) {
  Parts parts;
  std::swap(items[0], *Pivot(items, is_before));
  T* const begin = items.data();
  T* const end = begin + items.size();
  T* equal_low = begin + 1;
  T* low = begin + 1;
  T* high = end - 1;
  T* equal_high = end - 1;
  for (;;) {
    for (; low <= high && !is_before(*begin, *low); ++low) {
      if (is_before(*low, *begin)) continue;
      std::swap(*equal_low++, *low);
    }
    for (; low <= high && !is_before(*high, *begin); --high) {
      if (is_before(*begin, *high)) continue;
      std::swap(*high, *equal_high--);
    }
    if (low > high) break;
    std::swap(*low++, *high--);
  }
  const auto swap_blocks = [](T* a, T* b, ptrdiff_t count) {
    for (; count > 0; --count) std::swap(*a++, *b++);
  };
  const ptrdiff_t left = std::min(equal_low - begin, low - equal_low);
  swap_blocks(begin, low - left, left);
  const ptrdiff_t right = std::min(equal_high - high, end - 1 - equal_high);
  swap_blocks(low, end - right, right);
  parts.before = static_cast<size_t>(low - equal_low);
  parts.behind = static_cast<size_t>(equal_high - high);
  return parts;
}

}  // namespace partial_sort

// Afterwards the first `wanted` items are the first ones in order; the rest stands anyhow.
template <typename T, typename Before>
void PartialSort(std::span<T> items, size_t wanted, Before is_before) {
  if (wanted == 0) return;
  if (items.size() < 7) return partial_sort::SortByInsertion(items, is_before);
  const partial_sort::Parts parts = partial_sort::Part(items, is_before);
  if (parts.before > 1)
    PartialSort(items.first(parts.before), std::min(wanted, parts.before), is_before);
  const size_t behind_at = items.size() - parts.behind;
  if (parts.behind > 1 && wanted > behind_at)
    PartialSort(items.subspan(behind_at), wanted - behind_at, is_before);
}

}  // namespace modcert::engine
