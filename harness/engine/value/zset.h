// A Redis sorted set: members ordered by score, then by bytes, with ranks in logarithmic time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/value/encoding_limits.h"

namespace modcert {
class Random;
}

namespace modcert::engine {

// One end of a range of scores: "5", "(5", "-inf".
struct ScoreBound {
  double score = 0;
  bool exclusive = false;
};

// One end of a range of members: "[a", "(a", "-", "+".
struct LexBound {
  enum class Kind { kMinusInfinity, kMember, kPlusInfinity };
  Kind kind = Kind::kMember;
  std::string member = {};
  bool exclusive = false;
};

class ZSet {
 public:
  struct Item {
    std::string member;
    double score = 0;
    bool operator==(const Item&) const = default;
  };

  explicit ZSet(const EncodingLimits* limits);
  ~ZSet();
  ZSet(const ZSet& other);
  ZSet(ZSet&&) noexcept;
  ZSet& operator=(ZSet&&) noexcept;

  size_t size() const;
  bool empty() const { return size() == 0; }
  std::optional<double> Score(std::string_view member) const;
  // Adds the member or changes its score. Returns whether the member is new. `score` is no NaN.
  bool Set(std::string_view member, double score);
  bool Remove(std::string_view member);

  // 0 is the lowest score.
  std::optional<size_t> Rank(std::string_view member) const;
  // The item of that rank; `rank` < size(). Lives until the next change.
  const Item& At(size_t rank) const;
  // [FirstRank(min), EndRank(max)) are the ranks between two bounds; empty when first >= end.
  size_t FirstRank(const ScoreBound& min) const;
  size_t EndRank(const ScoreBound& max) const;
  size_t FirstRank(const LexBound& min) const;
  size_t EndRank(const LexBound& max) const;

  using Visit = std::function<void(const Item& item)>;
  // Visits ranks [first, end) upwards. `visit` must not change the set.
  void ForEach(size_t first, size_t end, const Visit& visit) const;
  const Item& RandomItem(Random& random) const;  // the set must not be empty
  // A listpack is visited whole, as a real server does; else elements that stay are visited once.
  uint64_t Scan(uint64_t cursor, size_t count, const Visit& visit) const;

  // "listpack" or "skiplist"; one-way.
  std::string_view encoding() const;
  void ConvertToSkipList();
  // The one way back: for a result that was collected in a skiplist and may be small (ZUNIONSTORE
  // and its like, an RDB file).
  void ConvertToListpackIfSmall();
  // For the RDB loader, which fills a listpack whatever its limits: other limits from now on.
  void UseLimits(const EncodingLimits* limits) { limits_ = limits; }

 private:
  struct Index;
  const EncodingLimits* limits_;
  bool is_listpack_ = true;
  std::unique_ptr<Index> index_;
};

}  // namespace modcert::engine
