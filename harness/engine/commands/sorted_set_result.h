// Items of a sorted set as a reply, and as a new value of a key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/command_call.h"
#include "engine/reply.h"
#include "engine/value/zset.h"

namespace modcert::engine {

enum class WithScores { kNo, kYes };

// Collects the items of a reply. With scores, RESP3 has each item in an array of its own, and RESP2
// has member and score one after the other.
class ItemList {
 public:
  ItemList(const CommandCall& call, WithScores with_scores)
      : with_scores_(with_scores), nested_(call.resp3()) {}

  void Add(std::string_view member, double score) {
    if (with_scores_ == WithScores::kNo) {
      values_.push_back(resp::Value::Bulk(member));
    } else if (nested_) {
      values_.push_back(
          resp::Value::Array({resp::Value::Bulk(member), resp::Value::Double(score)}));
    } else {
      values_.push_back(resp::Value::Bulk(member));
      values_.push_back(resp::Value::Double(score));
    }
  }
  Reply Take() { return Reply::Array(std::move(values_)); }

 private:
  WithScores with_scores_;
  bool nested_;
  std::vector<resp::Value> values_;
};

// Puts the result of a STORE command in place of whatever the target holds, with the command's
// event; an empty result deletes the target. Answers with the number of items.
Reply StoreSortedSet(CommandCall& call, const std::string& target, ZSet result,
                     std::string_view event);

}  // namespace modcert::engine
