// Random commands: places on the map.
//
//   $O  a longitude; $A a latitude; $D a distance; $U a unit
//   $M  one of many members; $C a count
#include "run/random_templates.h"
#include "run/random_words.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"GEOADD $g {|NX|XX} {|CH} {$O $A $m}+"},
    {"GEOADD $g $O $A $m $O $A $M $O $A $M $O $A $M $O $A $M"},
    {"GEOADD $g $O $A $M $O $A $M $O $A $M $O $A $M $O $A $M $O $A $M $O $A $M"},
    {"GEODIST $g $m $m {|$U}"},
    {"GEOHASH $g {$m|$M}+"},
    {"GEOPOS $g {$m|$M}+"},
    {"GEORADIUS $g $O $A $D $U {|WITHDIST} {|WITHCOORD} {|WITHHASH} {|COUNT $C|COUNT $C ANY} "
     "{|ASC|DESC}"},
    {"GEORADIUS $g $O $A $D $U {STORE|STOREDIST} {$g|$k} {|COUNT $C|COUNT $C ANY} {|ASC|DESC}"},
    {"GEORADIUS_RO $g $O $A $D $U {|COUNT $C|COUNT $C ANY} {|ASC|DESC|STORE $g}"},
    {"GEORADIUSBYMEMBER $g {$m|$M} $D $U {|WITHDIST} {|COUNT $C|COUNT $C ANY} {|ASC|DESC}"},
    {"GEORADIUSBYMEMBER $g {$m|$M} $D $U {STORE|STOREDIST} {$g|$k} {|COUNT $C}"},
    {"GEORADIUSBYMEMBER_RO $g {$m|$M} $D $U {|WITHDIST} {|COUNT $C|COUNT $C ANY} {|ASC|DESC}"},
    {"GEOSEARCH $g FROMLONLAT $O $A BYBOX $D $D $U {|WITHDIST} {|COUNT $C|COUNT $C ANY} "
     "{|ASC|DESC}"},
    {"GEOSEARCH $g FROMLONLAT $O $A BYRADIUS $D $U {|WITHHASH} {|COUNT $C|COUNT $C ANY} "
     "{|ASC|DESC}"},
    {"GEOSEARCH {$g|$z} FROMMEMBER {$m|$M} {BYBOX $D $D $U|BYRADIUS $D $U} {|WITHDIST} "
     "{|COUNT $C|COUNT $C ANY} {|ASC|DESC}"},
    {"GEOSEARCH $g {|FROMMEMBER $m|FROMLONLAT $O $A} {|BYBOX $D $D $U|BYRADIUS $D $U} "
     "{|ANY|COUNT|COUNT 1}"},
    {"GEOSEARCHSTORE {$g|$k} $g FROMMEMBER {$m|$M} {BYBOX $D $D $U|BYRADIUS $D $U} {|STOREDIST} "
     "{|COUNT $C|COUNT $C ANY} {|ASC|DESC}"},
    {"GEOSEARCHSTORE {$g|$k} $g FROMLONLAT $O $A {BYBOX $D $D $U|BYRADIUS $D $U} {|STOREDIST} "
     "{|WITHDIST|COUNT $C|COUNT $C ANY}"},
    {"ZRANGE $g 0 -1 WITHSCORES"},
    {"ZREM $g {$m|$M}"},
    {"DEL $g"},
};

std::string Fraction(Random& random, int64_t whole_max) {
  return std::to_string(random.Between(-whole_max, whole_max)) + "." +
         std::to_string(random.Below(1000000));
}

std::string Degrees(Random& random, int64_t max, std::string_view limit) {
  switch (random.Below(12)) {
    case 0:
      return std::string(random.OneIn(2) ? "" : "-") + std::string(limit);
    case 1:
      return random.OneIn(4) ? RandomNumber(random) : "0";
    case 2:
    case 3:
    case 4:  // near each other
      return "15." + std::to_string(random.Below(10000));
    case 5:  // the very same: places at equal distances
      return "15.5";
    case 6:
      return "-15.5";
    default:
      return Fraction(random, max);
  }
}

std::string Distance(Random& random) {
  switch (random.Below(8)) {
    case 0:
      return RandomNumber(random);
    case 1:
      return "0";
    default: {
      std::string digits = std::to_string(random.Between(1, 9)) + ".";
      return digits + std::to_string(random.Below(100)) + "e" + std::to_string(random.Below(8));
    }
  }
}

std::string Fill(char placeholder, Random& random) {
  switch (placeholder) {
    case 'O':
      return Degrees(random, 179, "180");
    case 'A':
      return Degrees(random, random.OneIn(4) ? 90 : 84, "85.05112878");
    case 'D':
      return Distance(random);
    case 'M':  // more members, so that sets become large
      return "p" + std::to_string(random.Below(60));
    case 'C':
      return random.OneIn(10) ? RandomInteger(random) : std::to_string(1 + random.Below(12));
    default:
      static constexpr std::string_view kUnits[] = {"m", "km", "FT", "mi", "km", "m"};
      return random.OneIn(30) ? "parsec" : std::string(kUnits[random.Below(std::size(kUnits))]);
  }
}

}  // namespace

RandomGroup RandomGeo() {
  return {.name = "geo", .key_letter = 'g', .templates = kTemplates, .fill = Fill};
}

}  // namespace modcert::run
