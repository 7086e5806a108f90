// LATENCY: what took long. Here only DEBUG SLEEP does, so the spikes of a scenario are its own.

#include "engine/latency.h"

#include <algorithm>
#include <limits>

#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using resp::Value;

// LATENCY LATEST
Reply LatencyLatest(CommandCall& call) {
  std::vector<Value> events;
  for (const auto& [name, event] : call.server.latency.events()) {
    const LatencySample& last = event.samples.back();
    events.push_back(Value::Array({Value::Bulk(name), Value::Integer(last.at_s),
                                   Value::Integer(last.latency_ms), Value::Integer(event.max_ms)}));
  }
  return Reply::Array(std::move(events));
}

// LATENCY HISTORY event
Reply LatencyHistory(CommandCall& call) {
  std::vector<Value> samples;
  if (const LatencyEvent* event = call.server.latency.Find(call.arg(2)))
    for (const LatencySample& sample : event->samples)
      samples.push_back(
          Value::Array({Value::Integer(sample.at_s), Value::Integer(sample.latency_ms)}));
  return Reply::Array(std::move(samples));
}

// LATENCY RESET [event ...]
Reply LatencyReset(CommandCall& call) {
  Latency& latency = call.server.latency;
  std::vector<std::string> names(call.args.begin() + 2, call.args.end());
  if (names.empty())
    for (const auto& [name, event] : latency.events()) names.push_back(name);
  int64_t count = 0;
  for (const std::string& name : names) count += latency.Reset(name) ? 1 : 0;
  return Reply::Integer(count);
}

// --- LATENCY GRAPH: one column for each sample, four rows of three heights each, and below the age
// of the sample, read downwards.

constexpr int64_t kGraphRows = 4;
constexpr std::string_view kHeights = "_o#";
constexpr auto kSteps = kGraphRows * static_cast<int64_t>(kHeights.size());

std::string AgeLabel(int64_t age_s) {
  if (age_s < 60) return fmt::format("{}s", age_s);
  if (age_s < 3600) return fmt::format("{}m", age_s / 60);
  if (age_s < 3600 * 24) return fmt::format("{}h", age_s / 3600);
  return fmt::format("{}d", age_s / (3600 * 24));
}

char GraphCell(int64_t step, int64_t row) {
  const int64_t height = step - (kGraphRows - 1 - row) * static_cast<int64_t>(kHeights.size());
  if (height < 0) return ' ';
  return height < static_cast<int64_t>(kHeights.size()) ? kHeights[height] : '|';
}

std::string Graph(const LatencyEvent& event, int64_t low_ms, int64_t high_ms, int64_t now_s) {
  const int64_t range_ms = std::max<int64_t>(high_ms - low_ms, 1);
  std::vector<int64_t> steps;
  std::vector<std::string> labels;
  size_t label_rows = 0;
  for (const LatencySample& sample : event.samples) {
    steps.push_back(std::min((sample.latency_ms - low_ms) * kSteps / range_ms, kSteps - 1));
    labels.push_back(AgeLabel(now_s - sample.at_s));
    label_rows = std::max(label_rows, labels.back().size());
  }
  std::string text;
  for (int64_t row = 0; row < kGraphRows; ++row) {
    for (int64_t step : steps) text += GraphCell(step, row);
    text += '\n';
  }
  text += std::string(steps.size(), ' ') + '\n';
  for (size_t row = 0; row < label_rows; ++row) {
    for (const std::string& label : labels) text += row < label.size() ? label[row] : ' ';
    text += '\n';
  }
  return text;
}

// LATENCY GRAPH event
Reply LatencyGraph(CommandCall& call) {
  const LatencyEvent* event = call.server.latency.Find(call.arg(2));
  if (!event)
    return Reply::Error(fmt::format("ERR No samples available for event '{}'", call.arg(2)));
  int64_t low_ms = std::numeric_limits<int64_t>::max();
  int64_t high_ms = 0;
  for (const LatencySample& sample : event->samples) {
    low_ms = std::min(low_ms, sample.latency_ms);
    high_ms = std::max(high_ms, sample.latency_ms);
  }
  std::string text = fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n{:-<80}\n",
                                 call.arg(2), high_ms, low_ms, event->max_ms, "");
  text += Graph(*event, low_ms, high_ms, call.now_ms() / 1000);
  return Value::Verbatim("txt", text);
}

// LATENCY DOCTOR
// DEVIATION: 7.0.15 answers with advice in prose of its own; here it is our own account.
Reply LatencyDoctor(CommandCall& call) {
  if (call.server.config.latency_monitor_threshold == 0)
    return Value::Verbatim("txt",
                           "Latency monitoring is off: CONFIG SET latency-monitor-threshold.\n");
  const auto& events = call.server.latency.events();
  if (events.empty()) return Value::Verbatim("txt", "No latency spike was observed.\n");
  std::string text = "Latency spikes were observed:\n";
  for (const auto& [name, event] : events)
    text += fmt::format("{}: {} in different seconds, the worst {} ms.\n", name,
                        event.samples.size(), event.max_ms);
  return Value::Verbatim("txt", text);
}

// --- LATENCY HISTOGRAM

// The upper end, in microseconds, of the bucket of 2^exponent nanoseconds: a real server counts
// with a precision of two digits, so that a bucket takes in a little more.
int64_t BucketEndUs(int exponent) {
  return ((int64_t{1} << exponent) + (int64_t{1} << (exponent - 7)) - 1) / 1000;
}

// Cumulative counts, where they grow.
Value Histogram(const Stats::CommandStat& stat) {
  constexpr int kFirstExponent = 10;  // 1 us
  constexpr int kLastExponent = 30;   // 1 s; what takes longer counts as that
  int64_t at_once = stat.calls;
  for (const auto& [duration_us, count] : stat.durations_us) at_once -= count;
  std::vector<Value> buckets;
  int64_t before = 0;
  for (int exponent = kFirstExponent; exponent <= kLastExponent; ++exponent) {
    const int64_t end_us = BucketEndUs(exponent);
    int64_t count = at_once;
    for (const auto& [duration_us, calls] : stat.durations_us)
      if (duration_us <= end_us || exponent == kLastExponent) count += calls;
    if (count == before) continue;
    buckets.push_back(Value::Integer(end_us));
    buckets.push_back(Value::Integer(count));
    before = count;
  }
  return Value::Map(std::move(buckets));
}

void AddHistogram(const Stats& stats, std::string_view name, std::vector<Value>& replies) {
  const auto stat = stats.commands.find(name);
  if (stat == stats.commands.end() || stat->second.calls == 0) return;
  replies.push_back(Value::Bulk(name));
  replies.push_back(Value::Map({Value::Bulk("calls"), Value::Integer(stat->second.calls),
                                Value::Bulk("histogram_usec"), Histogram(stat->second)}));
}

// LATENCY HISTOGRAM [command ...]: a container stands for its subcommands.
Reply LatencyHistogram(CommandCall& call) {
  const Stats& stats = call.server.stats;
  std::vector<Value> replies;
  if (call.argc() == 2)
    for (const auto& [name, stat] : stats.commands) AddHistogram(stats, name, replies);
  for (const std::string& name : call.args.subspan(2)) {
    const Command* command = call.server.commands.FindByName(name);
    if (!command) continue;
    AddHistogram(stats, command->name, replies);
    for (const auto& subcommand : command->subcommands)
      AddHistogram(stats, subcommand->name, replies);
  }
  return Value::Map(std::move(replies));
}

constexpr CommandRow kTable[] = {
    {.name = "latency|latest", .run = LatencyLatest},
    {.name = "latency|history", .run = LatencyHistory},
    {.name = "latency|reset", .run = LatencyReset},
    {.name = "latency|graph", .run = LatencyGraph},
    {.name = "latency|doctor", .run = LatencyDoctor, .partial = "the text is our own"},
    {.name = "latency|histogram", .run = LatencyHistogram},
};

}  // namespace

std::span<const CommandRow> LatencyCommands() { return kTable; }

}  // namespace modcert::engine
