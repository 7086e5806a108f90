#include "engine/server_log.h"

namespace modcert::engine {

void ServerLog::Write(Level level, std::string_view text) {
  lines_.push_back({clock_.now_ms(), level, std::string(text)});
}

}  // namespace modcert::engine
