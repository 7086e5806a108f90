// INFO: what the server says about itself, section by section.
//
// The fields and their order are those of redis-server 7.0.15. What the host has (clients, keys,
// statistics, replication offset) is told as it is; what a library without sockets, files and an
// allocator of its own does not have stands at the value of a server that has not used it.

#include "engine/commands/info.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/persistence.h"
#include "engine/replication.h"
#include "engine/scripting/scripting.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

int64_t UptimeSeconds(const Server& server) {
  return (server.clock.now_ms() - server.started_at_ms) / 1000;
}

// A Valkey says so behind the version of the Redis that it is compatible with.
std::string VersionFields(const Server& server) {
  if (server.valkey_version.empty()) return fmt::format("redis_version:{}\r\n", server.version);
  return fmt::format("redis_version:{}\r\nserver_name:valkey\r\nvalkey_version:{}\r\n",
                     server.version, server.valkey_version);
}

std::string ServerSection(const Server& server) {
  return fmt::format(
      "{}redis_git_sha1:00000000\r\nredis_git_dirty:0\r\n"
      "redis_build_id:0\r\nredis_mode:{}\r\nos:Linux\r\narch_bits:64\r\n"
      "monotonic_clock:POSIX clock_gettime\r\nmultiplexing_api:epoll\r\n"
      "atomicvar_api:c11-builtin\r\ngcc_version:12.2.0\r\nprocess_id:1\r\n"
      "process_supervised:no\r\nrun_id:{}\r\ntcp_port:{}\r\nserver_time_usec:{}\r\n"
      "uptime_in_seconds:{}\r\nuptime_in_days:{}\r\nhz:{}\r\nconfigured_hz:{}\r\nlru_clock:{}\r\n"
      "executable:/usr/bin/redis-server\r\nconfig_file:\r\nio_threads_active:0\r\n",
      VersionFields(server), server.cluster ? "cluster" : "standalone", server.run_id,
      server.config.Get("port"), server.clock.now_us(), UptimeSeconds(server),
      UptimeSeconds(server) / 86400, server.config.Get("hz"), server.config.Get("hz"),
      server.clock.now_ms() / 1000 % (1 << 24));
}

std::string ClientsSection(const Server& server) {
  const auto connected = std::count_if(
      server.clients().begin(), server.clients().end(),
      [](const auto& entry) { return entry.second->origin() == Client::Origin::kUser; });
  return fmt::format(
      "connected_clients:{}\r\ncluster_connections:0\r\nmaxclients:{}\r\n"
      "client_recent_max_input_buffer:0\r\nclient_recent_max_output_buffer:0\r\n"
      "blocked_clients:{}\r\ntracking_clients:{}\r\nclients_in_timeout_table:{}\r\n",
      connected, server.config.Get("maxclients"), server.blocking.blocked_count(),
      server.tracking.client_count(), server.blocking.timed_count());
}

struct ScriptCounts {
  size_t cached = 0;
  size_t functions = 0;
  size_t libraries = 0;
  // Of the engines that modules brought; Lua's memory is not counted.
  size_t vm_eval = 0;
  size_t vm_functions = 0;
};

ScriptCounts CountScripts(const Server& server) {
  const scripting::Scripting* scripting = server.scripting_if_any();
  if (!scripting) return {};
  ScriptCounts counts = {.cached = scripting->eval.size(),
                         .functions = scripting->functions.function_count(),
                         .libraries = scripting->functions.libraries().size()};
  for (const auto& engine : scripting->engines.all()) {
    counts.vm_eval += engine->UsedMemory(scripting::ScriptKind::kEval);
    counts.vm_functions += engine->UsedMemory(scripting::ScriptKind::kFunction);
  }
  return counts;
}

std::string MemorySection(const Server& server) {
  const ScriptCounts scripts = CountScripts(server);
  return fmt::format(
      "used_memory:0\r\nused_memory_human:0B\r\nused_memory_rss:0\r\nused_memory_rss_human:0B\r\n"
      "used_memory_peak:0\r\nused_memory_peak_human:0B\r\nused_memory_peak_perc:0.00%\r\n"
      "used_memory_overhead:0\r\nused_memory_startup:0\r\nused_memory_dataset:0\r\n"
      "used_memory_dataset_perc:0.00%\r\nallocator_allocated:0\r\nallocator_active:0\r\n"
      "allocator_resident:0\r\ntotal_system_memory:0\r\ntotal_system_memory_human:0B\r\n"
      "used_memory_lua:0\r\nused_memory_vm_eval:{}\r\nused_memory_lua_human:0B\r\n"
      "used_memory_scripts_eval:0\r\nnumber_of_cached_scripts:{}\r\nnumber_of_functions:{}\r\n"
      "number_of_libraries:{}\r\nused_memory_vm_functions:{}\r\nused_memory_vm_total:{}\r\n"
      "used_memory_vm_total_human:0B\r\nused_memory_functions:0\r\nused_memory_scripts:0\r\n"
      "used_memory_scripts_human:0B\r\nmaxmemory:{}\r\nmaxmemory_human:{}B\r\n"
      "maxmemory_policy:{}\r\nallocator_frag_ratio:1.00\r\nallocator_frag_bytes:0\r\n"
      "allocator_rss_ratio:1.00\r\nallocator_rss_bytes:0\r\nrss_overhead_ratio:1.00\r\n"
      "rss_overhead_bytes:0\r\nmem_fragmentation_ratio:1.00\r\nmem_fragmentation_bytes:0\r\n"
      "mem_not_counted_for_evict:0\r\nmem_replication_backlog:0\r\n"
      "mem_total_replication_buffers:0\r\nmem_clients_slaves:0\r\nmem_clients_normal:0\r\n"
      "mem_cluster_links:0\r\nmem_aof_buffer:0\r\nmem_allocator:libc\r\n"
      "active_defrag_running:0\r\nlazyfree_pending_objects:0\r\nlazyfreed_objects:{}\r\n",
      scripts.vm_eval, scripts.cached, scripts.functions, scripts.libraries, scripts.vm_functions,
      scripts.vm_eval + scripts.vm_functions, server.config.maxmemory, server.config.maxmemory,
      server.config.Get("maxmemory-policy"), server.stats.lazyfreed_objects);
}

std::string PersistenceSection(const Server& server) { return server.persistence->Info(); }

std::string StatsSection(const Server& server) {
  const Stats& stats = server.stats;
  return fmt::format(
      "total_connections_received:{}\r\ntotal_commands_processed:{}\r\n"
      "instantaneous_ops_per_sec:0\r\ntotal_net_input_bytes:0\r\ntotal_net_output_bytes:0\r\n"
      "total_net_repl_input_bytes:0\r\ntotal_net_repl_output_bytes:0\r\n"
      "instantaneous_input_kbps:0.00\r\ninstantaneous_output_kbps:0.00\r\n"
      "instantaneous_input_repl_kbps:0.00\r\ninstantaneous_output_repl_kbps:0.00\r\n"
      "rejected_connections:0\r\nsync_full:{}\r\nsync_partial_ok:{}\r\nsync_partial_err:{}\r\n"
      "expired_keys:{}\r\nexpired_stale_perc:0.00\r\nexpired_time_cap_reached_count:0\r\n"
      "expire_cycle_cpu_milliseconds:0\r\nevicted_keys:0\r\nevicted_clients:0\r\n"
      "total_eviction_exceeded_time:0\r\ncurrent_eviction_exceeded_time:0\r\n"
      "keyspace_hits:{}\r\nkeyspace_misses:{}\r\npubsub_channels:{}\r\npubsub_patterns:{}\r\n"
      "pubsubshard_channels:{}\r\nlatest_fork_usec:0\r\ntotal_forks:0\r\n"
      "migrate_cached_sockets:0\r\nslave_expires_tracked_keys:0\r\nactive_defrag_hits:{}\r\n"
      "active_defrag_misses:{}\r\nactive_defrag_key_hits:{}\r\nactive_defrag_key_misses:{}\r\n"
      "total_active_defrag_time:0\r\ncurrent_active_defrag_time:0\r\ntracking_total_keys:{}\r\n"
      "tracking_total_items:{}\r\ntracking_total_prefixes:{}\r\nunexpected_error_replies:0\r\n"
      "total_error_replies:{}\r\ndump_payload_sanitizations:0\r\ntotal_reads_processed:0\r\n"
      "total_writes_processed:0\r\nio_threaded_reads_processed:0\r\n"
      "io_threaded_writes_processed:0\r\nreply_buffer_shrinks:0\r\nreply_buffer_expands:0\r\n",
      stats.total_connections_received, stats.total_commands_processed,
      server.replication->full_syncs(), server.replication->partial_syncs(),
      server.replication->refused_partial_syncs(), stats.expired_keys, stats.keyspace_hits,
      stats.keyspace_misses, server.pubsub.ActiveNames(PubSub::Kind::kChannel).size(),
      server.pubsub.PatternCount(), server.pubsub.ActiveNames(PubSub::Kind::kShardChannel).size(),
      stats.active_defrag_hits, stats.active_defrag_misses, stats.active_defrag_key_hits,
      stats.active_defrag_key_misses, server.tracking.key_count(), server.tracking.item_count(),
      server.tracking.prefix_count(), stats.total_error_replies);
}

std::string ReplicationSection(const Server& server) { return server.replication->Info(); }

std::string CpuSection(const Server&) {
  return "used_cpu_sys:0.000000\r\nused_cpu_user:0.000000\r\nused_cpu_sys_children:0.000000\r\n"
         "used_cpu_user_children:0.000000\r\nused_cpu_sys_main_thread:0.000000\r\n"
         "used_cpu_user_main_thread:0.000000\r\n";
}

std::string ModulesSection(const Server& server) {
  return server.modules_info ? server.modules_info() : "";
}

std::string CommandStatsSection(const Server& server) {
  std::string text;
  for (const auto& [name, stat] : server.stats.commands)
    text += fmt::format(
        "cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}\r\n",
        name, stat.calls, stat.usec,
        stat.calls > 0 ? static_cast<double>(stat.usec) / static_cast<double>(stat.calls) : 0.0,
        stat.rejected_calls, stat.failed_calls);
  return text;
}

std::string ErrorStatsSection(const Server& server) {
  std::string text;
  for (const auto& [code, count] : server.stats.errors)
    text += fmt::format("errorstat_{}:count={}\r\n", code, count);
  return text;
}

// Percentiles of time that no command takes here: the section exists and is empty.
std::string LatencyStatsSection(const Server&) { return ""; }

std::string ClusterSection(const Server& server) {
  return fmt::format("cluster_enabled:{}\r\n", server.cluster ? 1 : 0);
}

std::string KeyspaceSection(const Server& server) {
  std::string text;
  const Keyspace& keyspace = server.keyspace;
  for (int i = 0; i < keyspace.db_count(); ++i) {
    const Db& db = keyspace.db(i);
    if (db.keys.empty()) continue;
    int64_t total_ttl = 0;
    for (const auto& [at_ms, key] : db.expiries)
      total_ttl += std::max<int64_t>(0, at_ms - server.clock.now_ms());
    const auto count = static_cast<int64_t>(db.expiries.size());
    text += fmt::format("db{}:keys={},expires={},avg_ttl={}\r\n", i, db.keys.size(), count,
                        count > 0 ? total_ttl / count : 0);
  }
  return text;
}

struct Section {
  std::string_view name;
  std::string_view title;
  std::string (*text)(const Server&);
  bool by_default;
};

// In the order in which they are printed.
constexpr Section kSections[] = {
    {"server", "Server", ServerSection, true},
    {"clients", "Clients", ClientsSection, true},
    {"memory", "Memory", MemorySection, true},
    {"persistence", "Persistence", PersistenceSection, true},
    {"stats", "Stats", StatsSection, true},
    {"replication", "Replication", ReplicationSection, true},
    {"cpu", "CPU", CpuSection, true},
    {"modules", "Modules", ModulesSection, true},
    {"commandstats", "Commandstats", CommandStatsSection, false},
    {"errorstats", "Errorstats", ErrorStatsSection, true},
    {"latencystats", "Latencystats", LatencyStatsSection, false},
    {"cluster", "Cluster", ClusterSection, true},
    {"keyspace", "Keyspace", KeyspaceSection, true},
};

}  // namespace

std::string InfoText(const Server& server, std::span<const std::string> sections) {
  std::set<std::string, std::less<>> wanted;
  for (const std::string& section : sections) {
    std::string lower = section;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    wanted.insert(std::move(lower));
  }
  const bool everything = wanted.contains("everything");
  const bool all = everything || wanted.contains("all");
  const bool defaults = wanted.empty() || wanted.contains("default");
  std::string text;
  const auto add = [&](std::string_view title, const std::string& body) {
    if (!text.empty()) text += "\r\n";
    text += fmt::format("# {}\r\n{}", title, body);
  };
  for (const Section& section : kSections)
    if (all || (defaults && section.by_default) || wanted.contains(section.name))
      add(section.title, section.text(server));
  if (server.module_sections)
    text += server.module_sections(wanted, everything || wanted.contains("modules"), !text.empty());
  return text;
}

namespace {

// INFO [section [section ...]]
Reply Info(CommandCall& call) {
  return resp::Value::Verbatim("txt", InfoText(call.server, call.args.subspan(1)));
}

constexpr CommandRow kTable[] = {
    {.name = "info", .run = Info},
};

}  // namespace

std::span<const CommandRow> InfoCommands() { return kTable; }

}  // namespace modcert::engine
