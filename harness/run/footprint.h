// What a process has that the processes forked from it would share with each other, or would lack.
#pragma once

namespace modcert::run {

// Compared before and after foreign code has run: when nothing was added, that code may run once in
// a process that forks, in place of once in each of its children.
struct Footprint {
  int threads = 0;          // a child has the one that forked, and no other
  int descriptors = 0;      // an open file has one position for all children
  int shared_mappings = 0;  // what one child writes there, the next one reads

  // Of this process now.
  static Footprint Now();
  bool operator==(const Footprint&) const = default;
};

}  // namespace modcert::run
