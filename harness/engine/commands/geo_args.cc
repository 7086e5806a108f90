#include "engine/commands/geo_args.h"

#include <fmt/format.h>

#include "base/double_to_text.h"
#include "engine/commands/option_word.h"

namespace modcert::engine {
namespace {

struct Unit {
  std::string_view name;
  double metres;
};

constexpr Unit kUnits[] = {{"M", 1}, {"KM", 1000}, {"FT", 0.3048}, {"MI", 1609.34}};

resp::Value Coordinate(double degrees) {
  resp::Value value = resp::Value::Double(degrees);
  value.text = LongDoubleToHumanText(degrees);
  return value;
}

}  // namespace

Found<GeoPoint> PlaceArg(const CommandCall& call, int index) {
  auto longitude = call.DoubleArg(index);
  if (!longitude) return longitude.error();
  auto latitude = call.DoubleArg(index + 1);
  if (!latitude) return latitude.error();
  const GeoPoint point = {*longitude, *latitude};
  if (IsOnMap(point)) return point;
  return Reply::Error(fmt::format("ERR invalid longitude,latitude pair {:f},{:f}", point.longitude,
                                  point.latitude));
}

Found<double> UnitArg(const CommandCall& call, int index) {
  for (const Unit& unit : kUnits)
    if (IsOption(call.arg(index), unit.name)) return unit.metres;
  return Reply::Error("ERR unsupported unit provided. please use M, KM, FT, MI");
}

resp::Value DistanceReply(double distance) {
  return resp::Value::Bulk(fmt::format("{:.4f}", distance));
}

resp::Value PlaceReply(GeoPoint point) {
  return resp::Value::Array({Coordinate(point.longitude), Coordinate(point.latitude)});
}

}  // namespace modcert::engine
