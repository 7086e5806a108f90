// Two views on the same items: the ranked index of Boost.MultiIndex holds them in order and answers
// every question about ranks in logarithmic time; an OrderedDict finds them by member, and gives
// scans their cursor. Items never move in memory, so the dictionary points at them.
#include "engine/value/zset.h"

#include <algorithm>
#include <boost/multi_index/identity.hpp>
#include <boost/multi_index/ranked_index.hpp>
#include <boost/multi_index_container.hpp>
#include <utility>

#include "base/random.h"
#include "base/require.h"
#include "engine/value/ordered_dict.h"

namespace modcert::engine {
namespace {

struct ByScoreThenMember {
  bool operator()(const ZSet::Item& a, const ZSet::Item& b) const {
    if (a.score != b.score) return a.score < b.score;
    return a.member < b.member;
  }
};

// The orders in which the bounds of a range are looked up.
struct ByScore {
  bool operator()(const ZSet::Item& item, double score) const { return item.score < score; }
  bool operator()(double score, const ZSet::Item& item) const { return score < item.score; }
};
struct ByMember {
  using Bytes = std::string_view;
  bool operator()(const ZSet::Item& item, Bytes member) const { return item.member < member; }
  bool operator()(Bytes member, const ZSet::Item& item) const { return member < item.member; }
};

namespace mi = boost::multi_index;
using Ranked = mi::multi_index_container<
    ZSet::Item, mi::indexed_by<mi::ranked_unique<mi::identity<ZSet::Item>, ByScoreThenMember>>>;

}  // namespace

struct ZSet::Index {
  Ranked ranked;
  OrderedDict<const Item*> by_member;
};

ZSet::ZSet(const EncodingLimits* limits) : limits_(limits), index_(std::make_unique<Index>()) {}
ZSet::~ZSet() = default;
ZSet::ZSet(ZSet&&) noexcept = default;
ZSet& ZSet::operator=(ZSet&&) noexcept = default;

ZSet::ZSet(const ZSet& other) : ZSet(other.limits_) {
  is_listpack_ = other.is_listpack_;
  index_->ranked = other.index_->ranked;
  for (const Item& item : index_->ranked) index_->by_member.Insert(item.member, &item);
}

size_t ZSet::size() const { return index_->ranked.size(); }

std::optional<double> ZSet::Score(std::string_view member) const {
  const Item* const* item = index_->by_member.Find(member);
  if (!item) return std::nullopt;
  return (*item)->score;
}

bool ZSet::Set(std::string_view member, double score) {
  if (const Item* const* item = index_->by_member.Find(member)) {
    // -0 equals 0, so the old zero stays, sign and all.
    if ((*item)->score == score) return false;
    if (is_listpack_ && score == 0) score = 0;
    index_->ranked.modify(index_->ranked.iterator_to(**item),
                          [score](Item& changed) { changed.score = score; });
    return false;
  }
  if (std::cmp_greater_equal(size(), limits_->zset_max_listpack_entries) ||
      std::cmp_greater(member.size(), limits_->zset_max_listpack_value))
    ConvertToSkipList();
  // A listpack stores whole numbers as integers, and there is no integer -0.
  if (is_listpack_ && score == 0) score = 0;
  const auto place = index_->ranked.insert({std::string(member), score}).first;
  index_->by_member.Insert(member, &*place);
  return true;
}

bool ZSet::Remove(std::string_view member) {
  const Item* const* item = index_->by_member.Find(member);
  if (!item) return false;
  // `member` may point into the item, so the dictionary, which reads it, comes first.
  const auto place = index_->ranked.iterator_to(**item);
  index_->by_member.Erase(member);
  index_->ranked.erase(place);
  return true;
}

std::optional<size_t> ZSet::Rank(std::string_view member) const {
  const Item* const* item = index_->by_member.Find(member);
  if (!item) return std::nullopt;
  return index_->ranked.rank(index_->ranked.iterator_to(**item));
}

const ZSet::Item& ZSet::At(size_t rank) const {
  Require(rank < size(), "ZSet::At: rank past the end");
  return *index_->ranked.nth(rank);
}

size_t ZSet::FirstRank(const ScoreBound& min) const {
  const Ranked& ranked = index_->ranked;
  return min.exclusive ? ranked.upper_bound_rank(min.score, ByScore())
                       : ranked.lower_bound_rank(min.score, ByScore());
}

size_t ZSet::EndRank(const ScoreBound& max) const {
  const Ranked& ranked = index_->ranked;
  return max.exclusive ? ranked.lower_bound_rank(max.score, ByScore())
                       : ranked.upper_bound_rank(max.score, ByScore());
}

size_t ZSet::FirstRank(const LexBound& min) const {
  if (min.kind == LexBound::Kind::kMinusInfinity) return 0;
  if (min.kind == LexBound::Kind::kPlusInfinity) return size();
  const Ranked& ranked = index_->ranked;
  return min.exclusive ? ranked.upper_bound_rank(std::string_view(min.member), ByMember())
                       : ranked.lower_bound_rank(std::string_view(min.member), ByMember());
}

size_t ZSet::EndRank(const LexBound& max) const {
  if (max.kind == LexBound::Kind::kMinusInfinity) return 0;
  if (max.kind == LexBound::Kind::kPlusInfinity) return size();
  const Ranked& ranked = index_->ranked;
  return max.exclusive ? ranked.lower_bound_rank(std::string_view(max.member), ByMember())
                       : ranked.upper_bound_rank(std::string_view(max.member), ByMember());
}

void ZSet::ForEach(size_t first, size_t end, const Visit& visit) const {
  end = std::min(end, size());
  if (first >= end) return;
  for (auto it = index_->ranked.nth(first); first < end; ++first, ++it) visit(*it);
}

const ZSet::Item& ZSet::RandomItem(Random& random) const {
  Require(!empty(), "ZSet::RandomItem needs an item");
  return At(random.Below(size()));
}

uint64_t ZSet::Scan(uint64_t cursor, size_t count, const Visit& visit) const {
  if (!is_listpack_)
    return index_->by_member.Scan(cursor, count,
                                  [&](const std::string&, const Item* item) { visit(*item); });
  ForEach(0, size(), visit);
  return 0;
}

std::string_view ZSet::encoding() const { return is_listpack_ ? "listpack" : "skiplist"; }

void ZSet::ConvertToSkipList() { is_listpack_ = false; }

void ZSet::ConvertToListpackIfSmall() {
  if (is_listpack_ || std::cmp_greater(size(), limits_->zset_max_listpack_entries)) return;
  const auto is_long = [&](const Item& item) {
    return std::cmp_greater(item.member.size(), limits_->zset_max_listpack_value);
  };
  Ranked& ranked = index_->ranked;
  if (std::any_of(ranked.begin(), ranked.end(), is_long)) return;
  is_listpack_ = true;
  // There is no -0 in a listpack; the order stays, so every item keeps its place.
  for (auto it = ranked.begin(); it != ranked.end(); ++it)
    if (it->score == 0) ranked.modify(it, [](Item& item) { item.score = 0; });
}

}  // namespace modcert::engine
