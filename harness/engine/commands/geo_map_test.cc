#include "engine/commands/geo_map.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "engine/commands/geo_shape.h"

namespace modcert::engine {
namespace {

GeoPoint RandomPoint(Random& random) {
  return {(2 * random.Fraction() - 1) * kLongitudeMax, (2 * random.Fraction() - 1) * kLatitudeMax};
}

TEST(GeoMap, APlaceComesBackFromItsScoreWithinOneMetre) {
  Random random(1);
  for (int i = 0; i < 10000; ++i) {
    const GeoPoint point = RandomPoint(random);
    const GeoPoint back = PointOfScore(static_cast<double>(GeoScore(point)));
    ASSERT_LT(GeoDistance(point, back), 1) << point.longitude << " " << point.latitude;
  }
}

TEST(GeoMap, TheSmallestCellOfAPlaceHasItsScoreAlone) {
  const GeoPoint point = {13.361389, 38.115556};
  const GeoScores scores = ScoresOf(CellAt(point, kGeoStepsMax));
  EXPECT_EQ(scores.min, GeoScore(point));
  EXPECT_EQ(scores.max, scores.min + 1);
}

TEST(GeoMap, NeighboursGoAroundTheEnds) {
  const GeoCell corner = {.column = 0, .row = 0, .steps = 3};
  EXPECT_EQ(NeighbourOf(corner, -1, -1), (GeoCell{.column = 7, .row = 7, .steps = 3}));
  EXPECT_EQ(NeighbourOf(corner, 1, 0), (GeoCell{.column = 1, .row = 0, .steps = 3}));
}

// Away from the poles and the date line, where the map is cut open.
TEST(GeoShape, WhatLiesInsideLiesInOneOfTheCells) {
  Random random(2);
  for (int i = 0; i < 20000; ++i) {
    GeoShape shape = {.center = {60 * random.Fraction(), 50 * random.Fraction()}};
    shape.radius = 1000000 * random.Fraction();
    const double degrees = shape.radius / 100000;
    const GeoPoint point = {shape.center.longitude + (2 * random.Fraction() - 1) * degrees,
                            shape.center.latitude + (2 * random.Fraction() - 1) * degrees};
    if (!DistanceInside(shape, point)) continue;
    bool is_covered = false;
    for (const GeoCell& cell : CellsOver(shape)) {
      const GeoScores scores = ScoresOf(cell);
      is_covered |= GeoScore(point) >= scores.min && GeoScore(point) < scores.max;
    }
    ASSERT_TRUE(is_covered) << i;
  }
}

}  // namespace
}  // namespace modcert::engine
