// AOF API for modules data types.

#include <cerrno>
#include <cstdarg>

#include "api/call_format.h"
#include "api/rows.h"
#include "fmt/format.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// aof.unknown-command, aof.bad-format: the rewrite fails; nothing comes back to the module but
// errno.
void Refuse(RedisModuleIO* io, std::string problem) {
  io->host->Log(io->module, engine::ServerLog::Level::kWarning, problem);
  io->error = true;
  io->error_text = std::move(problem);
  errno = EINVAL;
}

void Emit(RedisModuleIO* io, const char* command, const char* format, va_list arguments) {
  if (io->error) return;  // aof.after-error
  if (!io->host->server.commands.FindByName(command))
    return Refuse(io, fmt::format("EmitAOF: unknown command '{}'", command));
  // aof.format, aof.modifiers: what Call takes. aof.no-arity: the rest is for whoever loads it.
  module::CallRequest call = ParseCall(io->host->api.profile(), command, format, arguments);
  if (!call.well_formed) return Refuse(io, fmt::format("EmitAOF: bad format '{}'", format));
  (*io->emit)(std::move(call.args));  // aof.emits
}

// void RedisModule_EmitAOF(RedisModuleIO *io, const char *cmdname, const char *fmt, ...)
void EmitAOF(RedisModuleIO* io, const char* command, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  Emit(io, command, format, arguments);
  va_end(arguments);
}

void CheckedEmitAOF(RedisModuleIO* io, const char* command, const char* format, ...) noexcept {
  const auto call = abi::Begin<abi::published::EmitAOF>(io, command, format);
  if (!call.proceed()) return;
  va_list arguments;
  va_start(arguments, format);
  Emit(io, command, format, arguments);
  va_end(arguments);
  call.End();
}

const abi::ApiRow kRows[] = {
    API_ROW(EmitAOF, CheckedEmitAOF),
};

}  // namespace

std::span<const abi::ApiRow> AofRows() { return kRows; }

}  // namespace modcert::api
