// Loads and unloads modules.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "module/host.h"
#include "module/shared_object.h"

namespace modcert::module {

// Loads a private copy of the file into the host and runs its OnLoad. The error names what is wrong
// with the file and what to do about it; nothing that the module registered stays behind.
Result<Module*> LoadModule(Host& host, const std::string& path, std::span<const std::string> args);
// The same with a file that has been opened already, and never was in a host.
Result<Module*> LoadModule(Host& host, std::unique_ptr<SharedObject> object,
                           std::span<const std::string> args);

// Unloads as MODULE UNLOAD does; the error's problem is the reason in the server's words, as the
// client of redis-server 7.0 reads it ("Error unloading module: ...").
Status UnloadModule(Host& host, std::string_view name);

}  // namespace modcert::module
