// Arguments that several GEO commands take: places and units.
#pragma once

#include "engine/command_call.h"
#include "engine/commands/geo_map.h"

namespace modcert::engine {

// The place whose longitude is argument `index`, with the latitude behind it, or the error.
Found<GeoPoint> PlaceArg(const CommandCall& call, int index);

// How many metres the unit has that argument `index` names, or the error.
Found<double> UnitArg(const CommandCall& call, int index);

// A distance as replies have it: four digits behind the point, as text in RESP3 as well.
resp::Value DistanceReply(double distance);

// Longitude and latitude as an array of two.
resp::Value PlaceReply(GeoPoint point);

}  // namespace modcert::engine
