// A spec file as plain data: scenarios, each a list of steps in a fresh world. Produced by
// reader.h, carried out by run/. Names are already numbers where a run needs them often: clients
// are indices into Scenario::clients, captures are slots.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "spec/matcher.h"

namespace modcert::spec {

// A module to load before the first step.
struct ModuleUse {
  std::string path;
  std::vector<std::string> args;
};

// A file from elsewhere, such as a module of the distribution, without which the scenarios of a
// spec file are skipped; what our own build makes is not among these, so that its absence is an
// error.
struct RequiredFile {
  std::string path;
  std::string package;  // which one brings it
};

// Where something stands in the source: for messages, and to rewrite it.
struct SourceRange {
  int line = 0;
  int column = 0;
  size_t begin = 0;
  size_t end = 0;
};

// Where a scenario or a step runs; everywhere unless marked "only", which needs a reason.
enum class Only { kEverywhere, kInProcess, kRedis };

// "${name}" in an argument: at run time the captured text goes to that place.
struct Reference {
  size_t argument = 0;
  size_t offset = 0;
  int slot = 0;
};

// send: one command. Also what load_module, unload_module and reload become.
struct SendStep {
  int client = 0;
  std::vector<std::string> argv;
  std::vector<Reference>
      references;                 // in order of argument and offset; the text is cut out of argv
  std::optional<Matcher> expect;  // nothing: any reply will do
  SourceRange expect_source;      // of the value of "expect", or where it could be inserted
};

// receive: the reply that a blocked client still owes, or the next message of a subscribed client.
struct ReceiveStep {
  int client = 0;
  Matcher expect;
  SourceRange expect_source;
};

struct AdvanceStep {
  int64_t ms = 0;
};

// expect_propagated: everything that went to replicas and the AOF since the last such step.
struct ExpectPropagatedStep {
  std::vector<std::vector<Matcher>> commands;
};

// expect_findings: the contracts broken since the last such step, each as often as it stands there.
struct ExpectFindingsStep {
  std::vector<std::string> ids;
};

struct OraclesStep {
  std::vector<std::string> names;
};

struct DisconnectStep {
  int client = 0;
};

// drop_link, resume_link: of a replica to its primary. Resuming waits until both agree again.
struct LinkStep {
  int server = 0;
  bool up = false;
};

// One of several servers that a scenario names.
struct ServerUse {
  std::string name;
  int replica_of = -1;  // which of the servers it follows from the start
  std::vector<std::pair<std::string, std::string>> config;  // behind the scenario's
  std::vector<std::pair<int, int>> slots;  // first and last of each range that it serves
};

struct Step {
  SourceRange source;
  Only only = Only::kEverywhere;
  std::string reason;
  std::variant<SendStep, ReceiveStep, AdvanceStep, ExpectPropagatedStep, ExpectFindingsStep,
               OraclesStep, DisconnectStep, LinkStep>
      action;
};

struct Scenario {
  std::string name;
  SourceRange source;
  std::vector<std::string> contracts;
  Only only = Only::kEverywhere;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> config;  // of the file, then of the scenario
  std::vector<std::string> expect_findings;                 // at any point of the scenario
  std::vector<std::string> clients;                         // [0] is the client of unnamed steps
  std::vector<int> client_servers;                          // of each client: where it connects
  std::vector<ServerUse> servers;                           // empty: one, without a name
  bool is_cluster = false;            // the servers are nodes that know each other
  std::vector<std::string> captures;  // names of the slots; first "port.NAME" of all servers, and
                                      // of a cluster "id.NAME" and "bus.NAME" of all
  bool records_propagation = false;   // some step is expect_propagated
  std::vector<Step> steps;
};

struct SpecFile {
  std::string path;
  std::string suite;
  std::vector<RequiredFile> required_files;
  std::vector<ModuleUse> modules;
  std::string profile;  // "", "redis-7.0", ">=redis-4.0" ...
  std::vector<Scenario> scenarios;
};

}  // namespace modcert::spec
