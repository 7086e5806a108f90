// How recently and how often a key was used, in the coarse measures that a real server keeps: whole
// seconds of a clock that wraps around, and a counter that grows by chance and decays by minutes.
#pragma once

#include <cstdint>

#include "base/random.h"
#include "engine/config.h"

namespace modcert::engine {

struct Entry;

// How long nobody has used the key: OBJECT IDLETIME, GetLRU.
int64_t IdleSeconds(const Entry& entry, int64_t now_ms);
// As if nobody had used it for so long; of more than the clock can tell, a part is lost.
void SetIdleSeconds(Entry& entry, int64_t idle_s, int64_t now_ms);

// How often it was used, less the decay since: OBJECT FREQ, GetLFU.
int64_t Frequency(const Entry& entry, int64_t now_ms, const Config& config);

// The key was used. The frequency counts under an LFU policy only; `random` is asked then.
void NoteUse(Entry& entry, int64_t now_ms, const Config& config, Random& random);

}  // namespace modcert::engine
