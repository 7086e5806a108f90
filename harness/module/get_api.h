// GetApi: how a module gets the addresses of the API functions.
#pragma once

namespace modcert::module {

// What the first word of every context holds.
void* GetApiAddress();

}  // namespace modcert::module
