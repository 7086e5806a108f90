// GEOSEARCH, GEORADIUS and their like: the members of a sorted set of places that lie in a circle
// or a box, listed or stored. One parser reads the options of all of them; SearchForm says what a
// command fixes by its name.

#include <algorithm>
#include <string>
#include <vector>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/geo_args.h"
#include "engine/commands/geo_shape.h"
#include "engine/commands/option_word.h"
#include "engine/commands/partial_sort.h"
#include "engine/commands/sorted_set_result.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

using resp::Value;

enum class Around { kPlace, kMember, kOption };  // where the center comes from

struct SearchForm {
  Around around = Around::kOption;
  bool takes_store = false;  // STORE and STOREDIST with the name of a key
  int source = 1;            // the argument that names the sorted set; 2: the first is the target
};

struct Search {
  GeoShape shape;
  double unit = 1;
  bool has_center = false;
  bool has_circle = false;
  bool has_box = false;
  bool with_distance = false;
  bool with_hash = false;
  bool with_place = false;
  bool any = false;
  int64_t count = 0;  // 0: all
  enum class Order { kNone, kNearestFirst, kFarthestFirst } order = Order::kNone;
  const std::string* target = nullptr;
  bool store_distance = false;
};

struct Hit {
  std::string member;
  GeoPoint place;
  double score;
  double distance;  // in metres
};

// --- Arguments.

std::optional<Reply> ReadNumber(const CommandCall& call, int index, std::string_view what,
                                double& number) {
  const auto given = ParseDouble(call.arg(index));
  if (!given) return Reply::Error("ERR need numeric " + std::string(what));
  number = *given;
  return std::nullopt;
}

std::optional<Reply> ReadUnit(const CommandCall& call, int index, Search& search) {
  auto unit = UnitArg(call, index);
  if (!unit) return unit.error();
  search.unit = *unit;
  return std::nullopt;
}

// radius unit
std::optional<Reply> ReadCircle(const CommandCall& call, int index, Search& search) {
  double radius = 0;
  if (const auto error = ReadNumber(call, index, "radius", radius)) return error;
  if (radius < 0) return Reply::Error("ERR radius cannot be negative");
  if (const auto error = ReadUnit(call, index + 1, search)) return error;
  search.shape.kind = GeoShape::Kind::kCircle;
  search.shape.radius = radius * search.unit;
  search.has_circle = true;
  return std::nullopt;
}

// width height unit
std::optional<Reply> ReadBox(const CommandCall& call, int index, Search& search) {
  double width = 0;
  double height = 0;
  if (const auto error = ReadNumber(call, index, "width", width)) return error;
  if (const auto error = ReadNumber(call, index + 1, "height", height)) return error;
  if (width < 0 || height < 0) return Reply::Error("ERR height or width cannot be negative");
  if (const auto error = ReadUnit(call, index + 2, search)) return error;
  search.shape.kind = GeoShape::Kind::kBox;
  search.shape.width = width * search.unit;
  search.shape.height = height * search.unit;
  search.has_box = true;
  return std::nullopt;
}

std::optional<Reply> ReadPlace(const CommandCall& call, int index, Search& search) {
  auto place = PlaceArg(call, index);
  if (!place) return place.error();
  search.shape.center = *place;
  search.has_center = true;
  return std::nullopt;
}

// Without a sorted set any member will do: the answer is known already.
std::optional<Reply> ReadMember(const ZSet* zset, const std::string& member, Search& search) {
  search.has_center = true;
  if (!zset) return std::nullopt;
  const auto score = zset->Score(member);
  if (!score) return Reply::Error("ERR could not decode requested zset member");
  search.shape.center = PointOfScore(*score);
  return std::nullopt;
}

std::optional<Reply> ReadCount(const CommandCall& call, int index, Search& search) {
  auto count = call.IntegerArg(index);
  if (!count) return count.error();
  if (*count <= 0) return Reply::Error("ERR COUNT must be > 0");
  search.count = *count;
  return std::nullopt;
}

// A word that stands alone; false when it is none.
bool ReadFlag(std::string_view word, Search& search) {
  if (IsOption(word, "WITHDIST")) return search.with_distance = true;
  if (IsOption(word, "WITHHASH")) return search.with_hash = true;
  if (IsOption(word, "WITHCOORD")) return search.with_place = true;
  if (IsOption(word, "ANY")) return search.any = true;
  const bool up = IsOption(word, "ASC");
  if (!up && !IsOption(word, "DESC")) return false;
  search.order = up ? Search::Order::kNearestFirst : Search::Order::kFarthestFirst;
  return true;
}

// Reads the options of one call, one after the other.
class OptionReader {
 public:
  OptionReader(const CommandCall& call, const SearchForm& form, const ZSet* zset, Search& search)
      : call_(call), form_(form), zset_(zset), search_(search) {}

  std::optional<Reply> Read(int first) {
    for (next_ = first; next_ < call_.argc();) {
      if (auto error = ReadOne()) return error;
    }
    return std::nullopt;
  }

 private:
  // Whether the next word is this option, with its values behind it.
  bool Is(std::string_view option, int values) {
    return IsOption(call_.arg(next_), option) && next_ + values < call_.argc();
  }

  // The first of `values` values; goes on behind them.
  int Take(int values) {
    const int first = next_ + 1;
    next_ = first + values;
    return first;
  }

  std::optional<Reply> ReadOne() {
    if (ReadFlag(call_.arg(next_), search_)) {
      ++next_;
      return std::nullopt;
    }
    if (Is("COUNT", 1)) return ReadCount(call_, Take(1), search_);
    if (form_.takes_store && (Is("STORE", 1) || Is("STOREDIST", 1))) {
      search_.store_distance = Is("STOREDIST", 1);
      search_.target = &call_.arg(Take(1));
      return std::nullopt;
    }
    return form_.around == Around::kOption ? ReadShape() : Reply::SyntaxError();
  }

  // GEOSEARCH: either of two, though the same one may come again.
  std::optional<Reply> ReadShape() {
    if (!has_place_ && Is("FROMMEMBER", 1)) {
      has_member_ = true;
      return ReadMember(zset_, call_.arg(Take(1)), search_);
    }
    if (!has_member_ && Is("FROMLONLAT", 2)) {
      has_place_ = true;
      return ReadPlace(call_, Take(2), search_);
    }
    if (!search_.has_box && Is("BYRADIUS", 2)) return ReadCircle(call_, Take(2), search_);
    if (!search_.has_circle && Is("BYBOX", 3)) return ReadBox(call_, Take(3), search_);
    if (form_.source != 2 || !Is("STOREDIST", 0)) return Reply::SyntaxError();
    search_.store_distance = true;
    Take(0);
    return std::nullopt;
  }

  const CommandCall& call_;
  const SearchForm& form_;
  const ZSet* zset_;
  Search& search_;
  int next_ = 0;
  bool has_member_ = false;
  bool has_place_ = false;
};

// Options that make no sense together, or are missing.
std::optional<Reply> CheckSearch(const CommandCall& call, const SearchForm& form,
                                 const Search& search) {
  if (search.target && (search.with_distance || search.with_hash || search.with_place)) {
    const std::string_view what =
        form.around == Around::kOption ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
    return Reply::Error("ERR " + std::string(what) +
                        " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
  }
  if (!search.has_center)
    return Reply::Error("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for " +
                        call.arg(0));
  if (form.around == Around::kOption && !search.has_circle && !search.has_box)
    return Reply::Error("ERR exactly one of BYRADIUS and BYBOX can be specified for " +
                        call.arg(0));
  if (search.any && search.count == 0)
    return Reply::Error("ERR the ANY argument requires COUNT argument");
  return std::nullopt;
}

// The arguments in front of the options; `next` becomes the first behind them.
std::optional<Reply> ReadFixedArguments(const CommandCall& call, const SearchForm& form,
                                        const ZSet* zset, Search& search, int& next) {
  next = form.source + 1;
  if (form.source == 2) search.target = &call.arg(1);
  if (form.around == Around::kOption) return std::nullopt;
  if (form.around == Around::kPlace) {
    if (const auto error = ReadPlace(call, next, search)) return error;
    next += 2;
  } else {
    if (const auto error = ReadMember(zset, call.arg(next), search)) return error;
    next += 1;
    if (!zset) {
      next += 2;  // nobody looks at the radius
      return std::nullopt;
    }
  }
  next += 2;
  return ReadCircle(call, next - 2, search);
}

std::optional<Reply> ParseSearch(const CommandCall& call, const SearchForm& form, const ZSet* zset,
                                 Search& search) {
  int next = 0;
  if (const auto error = ReadFixedArguments(call, form, zset, search, next)) return error;
  if (const auto error = OptionReader(call, form, zset, search).Read(next)) return error;
  return CheckSearch(call, form, search);
}

// --- Searching.

// With ANY the search ends as soon as it has enough.
std::vector<Hit> FindHits(const ZSet& zset, const Search& search) {
  std::vector<Hit> hits;
  const auto is_enough = [&] {
    return search.any && hits.size() >= static_cast<uint64_t>(search.count);
  };
  for (const GeoCell& cell : CellsOver(search.shape)) {
    const GeoScores scores = ScoresOf(cell);
    const size_t end =
        zset.EndRank(ScoreBound{.score = static_cast<double>(scores.max), .exclusive = true});
    size_t rank = zset.FirstRank(ScoreBound{.score = static_cast<double>(scores.min)});
    for (; rank < end && !is_enough(); ++rank) {
      const ZSet::Item& item = zset.At(rank);
      const GeoPoint place = PointOfScore(item.score);
      if (const auto distance = DistanceInside(search.shape, place))
        hits.push_back({item.member, place, item.score, *distance});
    }
  }
  return hits;
}

// Orders the hits as asked, and keeps as many as wanted.
void OrderAndCut(const Search& search, std::vector<Hit>& hits) {
  using Order = Search::Order;
  const size_t wanted =
      search.count == 0 ? hits.size() : std::min(hits.size(), static_cast<size_t>(search.count));
  Order order = search.order;
  // The first few are the nearest few.
  if (order == Order::kNone && search.count != 0 && !search.any) order = Order::kNearestFirst;
  const auto is_before = [order](const Hit& a, const Hit& b) {
    return order == Order::kNearestFirst ? a.distance < b.distance : a.distance > b.distance;
  };
  if (order != Order::kNone) {
    if (wanted == hits.size())
      std::stable_sort(hits.begin(), hits.end(), is_before);
    else
      PartialSort(std::span<Hit>(hits), wanted, is_before);
  }
  hits.resize(wanted);
}

Value HitReply(const Hit& hit, const Search& search) {
  Value member = Value::Bulk(hit.member);
  if (!search.with_distance && !search.with_hash && !search.with_place) return member;
  std::vector<Value> parts = {std::move(member)};
  if (search.with_distance) parts.push_back(DistanceReply(hit.distance / search.unit));
  if (search.with_hash) parts.push_back(Value::Integer(static_cast<int64_t>(hit.score)));
  if (search.with_place) parts.push_back(PlaceReply(hit.place));
  return Value::Array(std::move(parts));
}

Reply StoreHits(CommandCall& call, const SearchForm& form, const Search& search,
                const std::vector<Hit>& hits) {
  ZSet result(&call.keyspace().limits());
  for (const Hit& hit : hits)
    result.Set(hit.member, search.store_distance ? hit.distance / search.unit : hit.score);
  if (hits.size() > 1) call.AddDirty(static_cast<int64_t>(hits.size()) - 1);  // one for each item
  return StoreSortedSet(call, *search.target, std::move(result),
                        form.around == Around::kOption ? "geosearchstore" : "georadiusstore");
}

Reply SearchPlaces(CommandCall& call, const SearchForm& form) {
  auto zset = call.Read<ZSet>(call.arg(form.source));
  if (!zset) return zset.error();
  Search search;
  if (const auto error = ParseSearch(call, form, *zset, search)) return *error;
  std::vector<Hit> hits;
  if (*zset) {
    hits = FindHits(**zset, search);
    OrderAndCut(search, hits);
  }
  if (search.target) return StoreHits(call, form, search, hits);
  std::vector<Value> replies;
  for (const Hit& hit : hits) replies.push_back(HitReply(hit, search));
  return Reply::Array(std::move(replies));
}

// GEORADIUS key longitude latitude radius M|KM|FT|MI [WITHCOORD] [WITHDIST] [WITHHASH]
//   [COUNT count [ANY]] [ASC|DESC] [STORE key|STOREDIST key]
Reply GeoRadius(CommandCall& call) {
  return SearchPlaces(call, {.around = Around::kPlace, .takes_store = true});
}

// GEORADIUS_RO: the same without STORE and STOREDIST
Reply GeoRadiusRo(CommandCall& call) { return SearchPlaces(call, {.around = Around::kPlace}); }

// GEORADIUSBYMEMBER key member radius M|KM|FT|MI, then as GEORADIUS
Reply GeoRadiusByMember(CommandCall& call) {
  return SearchPlaces(call, {.around = Around::kMember, .takes_store = true});
}

// GEORADIUSBYMEMBER_RO: the same without STORE and STOREDIST
Reply GeoRadiusByMemberRo(CommandCall& call) {
  return SearchPlaces(call, {.around = Around::kMember});
}

// GEOSEARCH key FROMMEMBER member|FROMLONLAT longitude latitude
//   BYRADIUS radius M|KM|FT|MI|BYBOX width height M|KM|FT|MI
//   [ASC|DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]
Reply GeoSearch(CommandCall& call) { return SearchPlaces(call, {}); }

// GEOSEARCHSTORE destination source, then as GEOSEARCH with [STOREDIST] in place of WITH...
Reply GeoSearchStore(CommandCall& call) { return SearchPlaces(call, {.source = 2}); }

constexpr CommandRow kTable[] = {
    {.name = "georadius", .run = GeoRadius},
    {.name = "georadius_ro", .run = GeoRadiusRo},
    {.name = "georadiusbymember", .run = GeoRadiusByMember},
    {.name = "georadiusbymember_ro", .run = GeoRadiusByMemberRo},
    {.name = "geosearch", .run = GeoSearch},
    {.name = "geosearchstore", .run = GeoSearchStore},
};

}  // namespace

std::span<const CommandRow> GeoSearchCommands() { return kTable; }

}  // namespace modcert::engine
