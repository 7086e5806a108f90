#include "engine/commands/geo_shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace modcert::engine {
namespace {

constexpr double kRadiansPerDegree = std::numbers::pi / 180.0;

// Half of the map's side in metres.
constexpr double kMapHalf = 20037726.37;

struct Direction {
  int columns;
  int rows;
};

// The center first; the order is that of the scan.
constexpr Direction kDirections[] = {{0, 0}, {0, 1},  {0, -1}, {1, 0},  {-1, 0},
                                     {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};

// From the center to the farthest place inside.
double Reach(const GeoShape& shape) {
  if (shape.kind == GeoShape::Kind::kCircle) return shape.radius;
  const double half_width = shape.width / 2;
  const double half_height = shape.height / 2;
  return std::sqrt(half_width * half_width + half_height * half_height);
}

// The least box of longitudes and latitudes around the shape.
GeoArea BoundsOf(const GeoShape& shape) {
  const bool is_circle = shape.kind == GeoShape::Kind::kCircle;
  const double half_width = is_circle ? shape.radius : shape.width / 2;
  const double half_height = is_circle ? shape.radius : shape.height / 2;
  const auto [longitude, latitude] = shape.center;
  const double up = half_height / kEarthRadius / kRadiansPerDegree;
  // A degree of longitude is shorter towards the pole, so the end that is nearer to it counts.
  const double end = latitude < 0 ? latitude - up : latitude + up;
  const double aside =
      half_width / kEarthRadius / std::cos(end * kRadiansPerDegree) / kRadiansPerDegree;
  return {{longitude - aside, latitude - up}, {longitude + aside, latitude + up}};
}

// How often to cut the map so that a cell and its neighbours cover the shape.
int StepsFor(double reach, double latitude) {
  if (reach == 0) return kGeoStepsMax;
  int steps = 1;
  for (; reach < kMapHalf; reach *= 2) ++steps;
  steps -= 2;  // the shape may lie at the rim of its cell
  // Cells are narrow in the far north and south.
  if (std::abs(latitude) > 66) --steps;
  if (std::abs(latitude) > 80) --steps;
  return std::clamp(steps, 1, kGeoStepsMax);
}

bool NeighboursReach(const GeoCell& center, const GeoArea& bounds) {
  return AreaOf(NeighbourOf(center, 0, 1)).max.latitude >= bounds.max.latitude &&
         AreaOf(NeighbourOf(center, 0, -1)).min.latitude <= bounds.min.latitude &&
         AreaOf(NeighbourOf(center, 1, 0)).max.longitude >= bounds.max.longitude &&
         AreaOf(NeighbourOf(center, -1, 0)).min.longitude <= bounds.min.longitude;
}

// Whether the center's cell ends before the shape does on the side that the direction leads to.
bool IsNeeded(const Direction& direction, const GeoArea& center, const GeoArea& bounds) {
  if (direction.rows < 0 && center.min.latitude < bounds.min.latitude) return false;
  if (direction.rows > 0 && center.max.latitude > bounds.max.latitude) return false;
  if (direction.columns < 0 && center.min.longitude < bounds.min.longitude) return false;
  return direction.columns <= 0 || !(center.max.longitude > bounds.max.longitude);
}

}  // namespace

std::optional<double> DistanceInside(const GeoShape& shape, GeoPoint point) {
  if (shape.kind == GeoShape::Kind::kBox) {
    if (LatitudeDistance(point.latitude, shape.center.latitude) > shape.height / 2) return {};
    // Measured at the latitude of the place, so that a box is narrower towards the poles.
    const GeoPoint beside = {shape.center.longitude, point.latitude};
    if (GeoDistance(point, beside) > shape.width / 2) return {};
    return GeoDistance(shape.center, point);
  }
  const double distance = GeoDistance(shape.center, point);
  if (distance > shape.radius) return {};
  return distance;
}

std::vector<GeoCell> CellsOver(const GeoShape& shape) {
  const GeoArea bounds = BoundsOf(shape);
  int steps = StepsFor(Reach(shape), shape.center.latitude);
  GeoCell center = CellAt(shape.center, steps);
  if (steps > 1 && !NeighboursReach(center, bounds)) center = CellAt(shape.center, --steps);
  const GeoArea area = AreaOf(center);

  std::vector<GeoCell> cells;
  for (const Direction& direction : kDirections) {
    // A map of two by two cells has none to spare.
    if (steps >= 2 && !IsNeeded(direction, area, bounds)) continue;
    const GeoCell cell = NeighbourOf(center, direction.columns, direction.rows);
    // On so small a map a neighbour on one side is the one on the other side as well.
    if (cells.size() > 1 && cells.back() == cell) continue;
    cells.push_back(cell);
  }
  return cells;
}

}  // namespace modcert::engine
