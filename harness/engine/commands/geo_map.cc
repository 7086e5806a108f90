#include "engine/commands/geo_map.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace modcert::engine {
namespace {

constexpr double kRadiansPerDegree = std::numbers::pi / 180.0;

double Radians(double degrees) { return degrees * kRadiansPerDegree; }

// Where `value` lies in [-max, max], in parts of 2^steps.
uint32_t IndexOf(double value, double max, int steps) {
  const double part = (value + max) / (max + max);
  return static_cast<uint32_t>(part * static_cast<double>(uint64_t{1} << steps));
}

double EdgeOf(uint64_t index, double max, int steps) {
  const double part = static_cast<double>(index) / static_cast<double>(uint64_t{1} << steps);
  return -max + part * (max + max);
}

// Bit n of `half` becomes bit 2n.
uint64_t Spread(uint32_t half) {
  uint64_t bits = 0;
  for (int i = 0; i < 32; ++i) bits |= (uint64_t{half} >> i & 1) << (2 * i);
  return bits;
}

uint32_t Gather(uint64_t bits) {
  uint32_t half = 0;
  for (int i = 0; i < 32; ++i) half |= static_cast<uint32_t>(bits >> (2 * i) & 1) << i;
  return half;
}

uint64_t Interleave(uint32_t column, uint32_t row) { return Spread(row) | Spread(column) << 1; }

// What the processor of a real server makes of a double that is no unsigned 64-bit integer: some
// scores were not put there by GEOADD.
uint64_t BitsOf(double score) {
  constexpr double kTwoTo63 = 0x1p63;
  if (score >= 2 * kTwoTo63) return 0;
  if (score >= kTwoTo63) return static_cast<uint64_t>(score);
  if (score < -kTwoTo63) return uint64_t{1} << 63;
  return static_cast<uint64_t>(static_cast<int64_t>(score));
}

}  // namespace

bool IsOnMap(GeoPoint point) {
  return std::abs(point.longitude) <= kLongitudeMax && std::abs(point.latitude) <= kLatitudeMax;
}

GeoCell CellAt(GeoPoint point, int steps) {
  return {.column = IndexOf(point.longitude, kLongitudeMax, steps),
          .row = IndexOf(point.latitude, kLatitudeMax, steps),
          .steps = steps};
}

GeoArea AreaOf(const GeoCell& cell) {
  const auto corner = [&](uint64_t column, uint64_t row) {
    return GeoPoint{EdgeOf(column, kLongitudeMax, cell.steps),
                    EdgeOf(row, kLatitudeMax, cell.steps)};
  };
  return {corner(cell.column, cell.row), corner(uint64_t{cell.column} + 1, uint64_t{cell.row} + 1)};
}

GeoCell NeighbourOf(const GeoCell& cell, int columns, int rows) {
  const uint32_t last = (uint32_t{1} << cell.steps) - 1;
  GeoCell neighbour = cell;
  // A direction in which nothing moves keeps an index beyond the last.
  if (columns != 0) neighbour.column = (cell.column + static_cast<uint32_t>(columns)) & last;
  if (rows != 0) neighbour.row = (cell.row + static_cast<uint32_t>(rows)) & last;
  return neighbour;
}

GeoScores ScoresOf(const GeoCell& cell) {
  const uint64_t first = Interleave(cell.column, cell.row);
  const int shift = 2 * (kGeoStepsMax - cell.steps);
  return {first << shift, (first + 1) << shift};
}

uint64_t GeoScore(GeoPoint point) { return ScoresOf(CellAt(point, kGeoStepsMax)).min; }

GeoPoint PointOfScore(double score) {
  const uint64_t bits = BitsOf(score);
  const GeoArea area =
      AreaOf({.column = Gather(bits >> 1), .row = Gather(bits), .steps = kGeoStepsMax});
  const auto middle = [](double min, double max, double limit) {
    return std::clamp((min + max) / 2, -limit, limit);
  };
  return {middle(area.min.longitude, area.max.longitude, kLongitudeMax),
          middle(area.min.latitude, area.max.latitude, kLatitudeMax)};
}

std::string GeoHashText(GeoPoint point) {
  static constexpr char kLetters[] = "0123456789bcdefghjkmnpqrstuvwxyz";
  constexpr double kPole = 90;  // elsewhere the map goes up to the poles
  const uint64_t bits = Interleave(IndexOf(point.longitude, kLongitudeMax, kGeoStepsMax),
                                   IndexOf(point.latitude, kPole, kGeoStepsMax));
  std::string text;
  for (int letter = 1; letter <= 10; ++letter)
    text += kLetters[bits >> (2 * kGeoStepsMax - 5 * letter) & 31];
  return text + '0';  // 52 bits are ten letters and a rest too short for another
}

double LatitudeDistance(double a, double b) {
  return kEarthRadius * std::abs(Radians(a) - Radians(b));
}

// The haversine formula, with the operations in the order in which a real server rounds them.
double GeoDistance(GeoPoint a, GeoPoint b) {
  const double v = std::sin((Radians(b.longitude) - Radians(a.longitude)) / 2);
  if (v == 0.0) return LatitudeDistance(b.latitude, a.latitude);
  const double latitude_a = Radians(a.latitude);
  const double latitude_b = Radians(b.latitude);
  const double u = std::sin((latitude_b - latitude_a) / 2);
  const double root = u * u + std::cos(latitude_a) * std::cos(latitude_b) * v * v;
  return 2.0 * kEarthRadius * std::asin(std::sqrt(root));
}

}  // namespace modcert::engine
