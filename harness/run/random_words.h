// Words of random commands that no group owns: values, members, numbers, and odd ones among them.
#pragma once

#include <string>

#include "base/random.h"

namespace modcert::run {

// Mostly a letter, so that values meet; now and then empty, long, binary or a number.
std::string RandomValue(Random& random);
// One of twelve names.
std::string RandomMember(Random& random);
// Small and mostly valid; now and then out of range or no integer at all.
std::string RandomInteger(Random& random);
// With or without a fraction; now and then infinite, in another notation or no number at all.
std::string RandomNumber(Random& random);

}  // namespace modcert::run
