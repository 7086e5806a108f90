#include "run/random_words.h"

#include <array>
#include <string_view>

namespace modcert::run {

std::string RandomValue(Random& random) {
  switch (random.Below(10)) {
    case 0:
      return "";
    case 1:
      return RandomInteger(random);
    case 2:
      return RandomNumber(random);
    case 3:
      return std::string(random.Below(80), 'x');
    case 4:
      return std::string("\x00\r\n\xff", 4);
    default:
      return std::string(1, static_cast<char>('a' + random.Below(4)));
  }
}

std::string RandomMember(Random& random) {
  return random.OneIn(3) ? std::to_string(random.Below(6))
                         : std::string(1, static_cast<char>('a' + random.Below(6)));
}

std::string RandomInteger(Random& random) {
  static constexpr std::array<std::string_view, 10> kOdd = {"9223372036854775807",
                                                            "-9223372036854775808",
                                                            "9223372036854775808",
                                                            "007",
                                                            "+1",
                                                            "-0",
                                                            "1.0",
                                                            "abc",
                                                            "",
                                                            " 1"};
  if (random.OneIn(12)) return std::string(kOdd[random.Below(kOdd.size())]);
  return std::to_string(random.Between(-5, 5));
}

std::string RandomNumber(Random& random) {
  static constexpr std::array<std::string_view, 12> kOdd = {
      "inf", "-inf",  "nan", "1e3", "0x10",    "1e-5", "3.0000000000000001",
      "-0",  "1e400", "abc", "",    "1.5e+300"};
  if (random.OneIn(8)) return std::string(kOdd[random.Below(kOdd.size())]);
  if (random.OneIn(2)) return std::to_string(random.Between(-3, 6));
  return std::to_string(random.Between(-30, 60)) + "." + std::to_string(random.Below(100));
}

}  // namespace modcert::run
