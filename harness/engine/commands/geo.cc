// The GEO commands about single members. They are sorted sets whose scores are places (geo_map.h);
// what looks for places is in geo_search.cc.

#include "engine/command_call.h"
#include "engine/commands/geo_args.h"
#include "engine/commands/geo_map.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

using resp::Value;

struct AddOptions {
  bool only_new = false;       // NX
  bool only_existing = false;  // XX
  bool count_changed = false;  // CH
  int first_place = 2;         // where longitude, latitude and member begin
};

bool ReadAddOption(std::string_view word, AddOptions& options) {
  if (IsOption(word, "NX")) return options.only_new = true;
  if (IsOption(word, "XX")) return options.only_existing = true;
  if (IsOption(word, "CH")) return options.count_changed = true;
  return false;
}

std::optional<Reply> ParseAddOptions(const CommandCall& call, AddOptions& options) {
  int& next = options.first_place;
  while (next < call.argc() && ReadAddOption(call.arg(next), options)) ++next;
  const int rest = call.argc() - next;
  if (rest == 0 || rest % 3 != 0 || (options.only_new && options.only_existing))
    return Reply::SyntaxError();
  return std::nullopt;
}

struct AddTotals {
  int64_t added = 0;
  int64_t updated = 0;
};

void AddOne(ZSet& zset, const std::string& member, double score, const AddOptions& options,
            AddTotals& totals) {
  const std::optional<double> old = zset.Score(member);
  if (old ? options.only_new || *old == score : options.only_existing) return;
  zset.Set(member, score);
  ++(old ? totals.updated : totals.added);
}

// GEOADD key [NX|XX] [CH] longitude latitude member [longitude latitude member ...]
Reply GeoAdd(CommandCall& call) {
  AddOptions options;
  if (const auto error = ParseAddOptions(call, options)) return *error;
  // Replicas get it as ZADD, with the scores.
  Args as_zadd = {"zadd"};
  for (int i = 1; i < options.first_place; ++i) as_zadd.push_back(call.arg(i));
  std::vector<uint64_t> scores;
  for (int i = options.first_place; i < call.argc(); i += 3) {
    auto place = PlaceArg(call, i);
    if (!place) return place.error();
    scores.push_back(GeoScore(*place));
    as_zadd.push_back(std::to_string(scores.back()));
    as_zadd.push_back(call.arg(i + 2));
  }
  auto zset = call.OpenForWrite<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  AddTotals totals;
  if (zset->exists() || !options.only_existing) {
    ZSet& items = zset->Create();
    int member = options.first_place + 2;
    for (const uint64_t score : scores) {
      AddOne(items, call.arg(member), static_cast<double>(score), options, totals);
      member += 3;
    }
  }
  call.PropagateAs(std::move(as_zadd));
  const int64_t changed = totals.added + totals.updated;
  if (changed > 0) call.Changed(EventClass::kZset, "zadd", call.arg(1), changed);
  return Reply::Integer(options.count_changed ? changed : totals.added);
}

std::optional<GeoPoint> PlaceOf(const ZSet* zset, const std::string& member) {
  const std::optional<double> score = zset ? zset->Score(member) : std::nullopt;
  if (!score) return std::nullopt;
  return PointOfScore(*score);
}

// GEODIST key member1 member2 [M|KM|FT|MI]
Reply GeoDist(CommandCall& call) {
  double unit = 1;
  if (call.argc() == 5) {
    auto given = UnitArg(call, 4);
    if (!given) return given.error();
    unit = *given;
  } else if (call.argc() > 5) {
    return Reply::SyntaxError();
  }
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  const auto from = PlaceOf(*zset, call.arg(2));
  const auto to = PlaceOf(*zset, call.arg(3));
  if (!from || !to) return Reply::Null();
  return DistanceReply(GeoDistance(*from, *to) / unit);
}

// GEOHASH key [member ...]
Reply GeoHash(CommandCall& call) {
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  std::vector<Value> texts;
  for (int i = 2; i < call.argc(); ++i) {
    const auto place = PlaceOf(*zset, call.arg(i));
    texts.push_back(place ? Value::Bulk(GeoHashText(*place)) : Value::Null());
  }
  return Reply::Array(std::move(texts));
}

// GEOPOS key [member ...]
Reply GeoPos(CommandCall& call) {
  auto zset = call.Read<ZSet>(call.arg(1));
  if (!zset) return zset.error();
  std::vector<Value> places;
  for (int i = 2; i < call.argc(); ++i) {
    const auto place = PlaceOf(*zset, call.arg(i));
    places.push_back(place ? PlaceReply(*place) : Value::NullArray());
  }
  return Reply::Array(std::move(places));
}

constexpr CommandRow kTable[] = {
    {.name = "geoadd", .run = GeoAdd},
    {.name = "geodist", .run = GeoDist},
    {.name = "geohash", .run = GeoHash},
    {.name = "geopos", .run = GeoPos},
};

}  // namespace

std::span<const CommandRow> GeoCommands() { return kTable; }

}  // namespace modcert::engine
