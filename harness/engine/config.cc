#include "engine/config.h"

namespace modcert::engine {

Config::Config() = default;

}  // namespace modcert::engine
