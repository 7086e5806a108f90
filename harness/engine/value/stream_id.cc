#include "engine/value/stream_id.h"

namespace modcert::engine {

bool StreamId::Increment() {
  if (++seq != 0) return true;
  return ++ms != 0;
}

bool StreamId::Decrement() {
  if (seq-- != 0) return true;
  return ms-- != 0;
}

std::string StreamId::ToString() const { return std::to_string(ms) + "-" + std::to_string(seq); }

}  // namespace modcert::engine
