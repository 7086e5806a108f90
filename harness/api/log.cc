// Logging.

#include <fmt/format.h>
#include <strings.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/rows.h"
#include "base/parse_number.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using Level = engine::ServerLog::Level;

Level LevelOf(const char* word) {
  if (strcasecmp(word, "debug") == 0) return Level::kDebug;
  if (strcasecmp(word, "notice") == 0) return Level::kNotice;
  if (strcasecmp(word, "warning") == 0) return Level::kWarning;
  return Level::kVerbose;  // log.any-level: and any other text
}

void Write(module::Host& host, module::Module* module, const char* level, const char* format,
           va_list arguments) {
  constexpr size_t kLineSize = 1024;  // longer lines are cut
  std::array<char, kLineSize> line;
  std::vsnprintf(line.data(), line.size(), format, arguments);
  host.Log(module, LevelOf(level), line.data());
}

void WriteOf(RedisModuleCtx* ctx, const char* level, const char* format, va_list arguments) {
  // log.any-context: without one the line is under the name "module".
  if (ctx) return Write(ctx->host, ctx->module, level, format, arguments);
  if (module::Host* host = module::CurrentHost()) Write(*host, nullptr, level, format, arguments);
}

// void RedisModule_Log(RedisModuleCtx *ctx, const char *level, const char *fmt, ...)
void Log(RedisModuleCtx* ctx, const char* level, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  WriteOf(ctx, level, format, arguments);
  va_end(arguments);
}

void CheckedLog(RedisModuleCtx* ctx, const char* level, const char* format, ...) noexcept {
  const auto call = abi::Begin<abi::published::Log>(ctx, level, format);
  if (!call.proceed()) return;
  va_list arguments;
  va_start(arguments, format);
  WriteOf(ctx, level, format, arguments);
  va_end(arguments);
  call.End();
}

// void RedisModule_LogIOError(RedisModuleIO *io, const char *levelstr, const char *fmt, ...)
void LogIOError(RedisModuleIO* io, const char* level, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  Write(*io->host, io->module, level, format, arguments);
  va_end(arguments);
}

void CheckedLogIOError(RedisModuleIO* io, const char* level, const char* format, ...) noexcept {
  const auto call = abi::Begin<abi::published::LogIOError>(io, level, format);
  if (!call.proceed()) return;
  va_list arguments;
  va_start(arguments, format);
  Write(*io->host, io->module, level, format, arguments);
  va_end(arguments);
  call.End();
}

// void RedisModule__Assert(const char *estr, const char *file, int line)
void _Assert(const char* expression, const char* file, int line) noexcept {
  if (module::Host* host = module::CurrentHost())
    host->Log(
        module::CurrentModule(), Level::kWarning,
        fmt::format("an assertion of the module failed: {} at {}:{}", expression, file, line));
  // log.assert-ends-the-process
  std::abort();
}

// void RedisModule_LatencyAddSample(const char *event, mstime_t latency)
void LatencyAddSample(const char* event, mstime_t latency_ms) noexcept {
  module::Host* host = module::CurrentHost();
  if (!host) return;
  engine::Server& server = host->server;
  const int64_t threshold_ms =
      ParseInteger(server.config.Get("latency-monitor-threshold")).value_or(0);
  // log.latency-below-threshold, log.latency-without-threshold: also when it is 0, by which a
  // server monitors nothing itself.
  if (latency_ms < threshold_ms) return;
  // log.latency-sample: a server keeps 32 bits of it.
  server.latency.Add(event, server.clock.now_ms() / 1000, static_cast<int32_t>(latency_ms));
}

const abi::ApiRow kRows[] = {
    API_ROW(Log, CheckedLog),
    API_ROW(LogIOError, CheckedLogIOError),
    API_ROW(_Assert),
    API_ROW(LatencyAddSample),
};

}  // namespace

std::span<const abi::ApiRow> LogRows() { return kRows; }

}  // namespace modcert::api
