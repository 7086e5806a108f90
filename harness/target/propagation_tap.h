// Listens to what a server propagates, by posing as its replica. What the client sees does not
// change; INFO replication shows one replica.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "resp/decode.h"
#include "target/connection.h"
#include "target/target.h"

namespace modcert::target {

class PropagationTap {
 public:
  // Attaches to the server; returns when the stream has begun. `control` is another connection to
  // it.
  static Result<std::unique_ptr<PropagationTap>> Attach(const Address& address,
                                                        Connection& control);

  // Everything propagated since the last call. Deterministic: reads on until the stream has reached
  // the offset that the server reports. PING and REPLCONF, which only time brings, are left out.
  Result<std::vector<Command>> Take(Connection& control);

 private:
  explicit PropagationTap(std::unique_ptr<Connection> replica) : replica_(std::move(replica)) {}

  Status SkipSnapshot();
  Status ReadUpTo(int64_t offset);

  std::unique_ptr<Connection> replica_;
  resp::Decoder decoder_;
  std::string raw_;
  int64_t base_offset_ = 0;  // the server's offset when the stream began
  int64_t read_size_ = 0;    // bytes of the stream read so far
};

}  // namespace modcert::target
