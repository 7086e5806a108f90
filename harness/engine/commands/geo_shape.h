// What GEOSEARCH and GEORADIUS look for: a circle or a box around a place, and the cells of the map
// in which to look.
#pragma once

#include <optional>
#include <vector>

#include "engine/commands/geo_map.h"

namespace modcert::engine {

struct GeoShape {
  enum class Kind { kCircle, kBox };
  Kind kind = Kind::kCircle;
  GeoPoint center;
  // All in metres. A circle has a radius, a box a width and a height.
  double radius = 0;
  double width = 0;
  double height = 0;
};

// How far a place is from the center; nothing when it lies outside.
std::optional<double> DistanceInside(const GeoShape& shape, GeoPoint point);

// At most nine cells that cover the shape: the one with its center, then its neighbours to the N,
// S, E, W, NE, NW, SE and SW. In this order a search that does not sort lists what it finds.
std::vector<GeoCell> CellsOver(const GeoShape& shape);

}  // namespace modcert::engine
