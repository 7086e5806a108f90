// What a module says of itself when it is loaded: the head of its certificate.
#pragma once

#include "module/host.h"
#include "report/certificate.h"

namespace modcert::run {

// Of the first module of the host, which has just been loaded.
report::ModuleFacts ReadFacts(module::Host& host);

}  // namespace modcert::run
