// Places on the earth as scores of a sorted set.
//
// The map is cut in half again and again, by longitude and by latitude in turn. Which halves a
// place lies in, written as bits, is its score: 26 bits for each direction, latitude in the even
// bits. So the places of a square cell of the map have scores that follow each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace modcert::engine {

struct GeoPoint {
  double longitude = 0;
  double latitude = 0;
};

// The web Mercator map ends here: it is a square then.
constexpr double kLongitudeMax = 180;
constexpr double kLatitudeMax = 85.05112878;

constexpr int kGeoStepsMax = 26;
constexpr double kEarthRadius = 6372797.560856;  // metres

// False outside of the map, and for NaN.
bool IsOnMap(GeoPoint point);

// One cell of the map after it was cut `steps` times in each direction. Columns count from the
// west, rows from the south. A place at the very eastern or northern end lies one beyond the last.
struct GeoCell {
  uint32_t column = 0;
  uint32_t row = 0;
  int steps = 0;
  bool operator==(const GeoCell&) const = default;
};

struct GeoArea {
  GeoPoint min;
  GeoPoint max;
};

GeoCell CellAt(GeoPoint point, int steps);
GeoArea AreaOf(const GeoCell& cell);
// The cell so many columns to the east and rows to the north (-1, 0 or 1), around the map's ends.
GeoCell NeighbourOf(const GeoCell& cell, int columns, int rows);

// The scores of a cell: from `min` up to but without `max`.
struct GeoScores {
  uint64_t min = 0;
  uint64_t max = 0;
};
GeoScores ScoresOf(const GeoCell& cell);

// The score of a place, and the middle of the smallest cell of a score, which need not be one of
// those.
uint64_t GeoScore(GeoPoint point);
GeoPoint PointOfScore(double score);

// The eleven letters that other programs know places by.
std::string GeoHashText(GeoPoint point);

// Metres along the surface.
double GeoDistance(GeoPoint a, GeoPoint b);
double LatitudeDistance(double a, double b);

}  // namespace modcert::engine
