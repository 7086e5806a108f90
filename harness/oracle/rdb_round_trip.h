// Saved data comes back as it was.
#pragma once

#include "oracle/oracles.h"

namespace modcert::oracle {

// Saves, loads into a fresh host, compares digests, and saves again: same bytes. Nothing to do
// where no key holds a module's value.
Findings RdbRoundTrip(module::Host& host);

}  // namespace modcert::oracle
