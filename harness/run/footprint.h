// What a process has that the processes forked from it would share with each other, or would lack.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace modcert::run {

// Compared before and after foreign code has run: when nothing was added, that code may run once in
// a process that forks, in place of once in each of its children.
struct Footprint {
  int threads = 0;          // a child has the one that forked, and no other
  int descriptors = 0;      // an open file has one position for all children
  int shared_mappings = 0;  // what one child writes there, the next one reads
  bool has_forked = false;  // a child has no children, and cannot wait for those of its parent
  bool has_timer = false;   // setitimer; a child has none
  int64_t printed = 0;      // a child that dies tells what it printed; 0: where nobody can know
  std::string folder;       // the working one: its parent goes on in it
  std::vector<uintptr_t> signal_handlers;  // a child gets handlers of ours

  // Of this process now.
  static Footprint Now();
  bool operator==(const Footprint&) const = default;
};

// Whether the module's file asks the system for what differs in each child (its process id), or has
// the system do something at each fork. What it found once would be wrong in all but one process.
bool KnowsItsProcess(const std::string& module_path);

}  // namespace modcert::run
