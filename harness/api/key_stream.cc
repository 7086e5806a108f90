// Key API for Stream type. The iterator of a handle is what is left of a range, by ids, so that a
// change of the stream cannot leave it dangling.

#include <cerrno>

#include "api/key_access.h"
#include "api/rows.h"

namespace modcert::api {
namespace {

using engine::Stream;
using engine::StreamEntry;
using engine::StreamId;
using engine::StreamTrim;
using module::StreamIterator;

StreamId FromModule(const RedisModuleStreamID& id) { return {.ms = id.ms, .seq = id.seq}; }
RedisModuleStreamID ToModule(const StreamId& id) { return {.ms = id.ms, .seq = id.seq}; }

int Fail(int error) {
  errno = error;
  return REDISMODULE_ERR;
}

// The most that the fields and values of one entry may have together.
constexpr size_t kEntryBytesMax = size_t{1} << 30;

// Why StreamAdd cannot begin, as errno; 0 when it can. The order of the tests is the server's.
int AddRefusal(const RedisModuleKey* key, int flags, const RedisModuleStreamID* id,
               RedisModuleString* const* argv, int64_t field_count) {
  const bool picks_id = (flags & REDISMODULE_STREAM_ADD_AUTOID) != 0;
  if (!key || (field_count != 0 && !argv)) return EINVAL;
  if ((flags & ~REDISMODULE_STREAM_ADD_AUTOID) || (!picks_id && !id)) return EINVAL;
  if (key->entry && !key->value<Stream>()) return ENOTSUP;
  if (!key->writable()) return EBADF;
  return !picks_id && FromModule(*id).is_zero() ? EDOM : 0;
}

// Adds an entry under `id`, or picks one when it is none; errno, 0 when it is done.
int Append(Stream& stream, std::optional<StreamId>& id, const std::vector<std::string>& fields,
           int64_t now_ms) {
  if (stream.last_id() == engine::kStreamIdMax) return EFBIG;
  if (!id) id = stream.NextId(now_ms);
  if (*id <= stream.last_id()) return EDOM;
  size_t bytes = 0;
  for (const std::string& text : fields) bytes += text.size();
  if (bytes > kEntryBytesMax) return ERANGE;
  stream.Append(*id, fields);
  return 0;
}

// int RedisModule_StreamAdd(RedisModuleKey *key, int flags, RedisModuleStreamID *id,
//                           RedisModuleString **argv, int64_t numfields)
int StreamAdd(RedisModuleKey* key, int flags, RedisModuleStreamID* id, RedisModuleString** argv,
              int64_t field_count) noexcept {
  // stream.add-errno
  if (const int refusal = AddRefusal(key, flags, id, argv, field_count)) return Fail(refusal);
  std::vector<std::string> fields;
  for (int64_t i = 0; i < 2 * field_count; ++i) fields.push_back(argv[i]->bytes);
  std::optional<StreamId> added;
  if (!(flags & REDISMODULE_STREAM_ADD_AUTOID)) added = FromModule(*id);
  const bool creates = !key->entry;
  Stream& stream = *ContainerForWrite<Stream>(key);
  if (const int error = Append(stream, added, fields, key->ctx->host.server.clock.now_ms())) {
    if (creates) RemoveKey(key);  // stream.failed-add-leaves-no-key
    return Fail(error);
  }
  // stream.add-wakes-at-close: of a new key, those who wait have heard already.
  key->stream_has_grown = key->stream_has_grown || !creates;
  if (id) *id = ToModule(*added);
  return REDISMODULE_OK;
}

// Why the stream of a handle is not to be had, as errno; 0 when it is.
int StreamRefusal(const RedisModuleKey* key) {
  if (!key) return EINVAL;
  return key->value<Stream>() ? 0 : ENOTSUP;
}

// int RedisModule_StreamDelete(RedisModuleKey *key, RedisModuleStreamID *id)
int StreamDelete(RedisModuleKey* key, RedisModuleStreamID* id) noexcept {
  // stream.delete-errno
  if (!id) return Fail(EINVAL);
  if (const int refusal = StreamRefusal(key)) return Fail(refusal);
  if (!key->writable() || key->has_iterator()) return Fail(EBADF);
  // stream.delete-unnoted: neither the highest deleted id nor the recorded first one changes.
  return key->value<Stream>()->DeleteUnnoted(FromModule(*id)) ? REDISMODULE_OK : Fail(ENOENT);
}

// ---- The iterator.

// int RedisModule_StreamIteratorStart(RedisModuleKey *key, int flags, RedisModuleStreamID *startid,
//                                     RedisModuleStreamID *endid)
int StreamIteratorStart(RedisModuleKey* key, int flags, RedisModuleStreamID* start,
                        RedisModuleStreamID* end) noexcept {
  constexpr int kKnown =
      REDISMODULE_STREAM_ITERATOR_EXCLUSIVE | REDISMODULE_STREAM_ITERATOR_REVERSE;
  // stream.iterator-start-errno
  if (!key || (flags & ~kKnown)) return Fail(EINVAL);
  if (const int refusal = StreamRefusal(key)) return Fail(refusal);
  if (key->has_iterator()) return Fail(EBADF);
  StreamId first = start ? FromModule(*start) : engine::kStreamIdMin;
  StreamId last = end ? FromModule(*end) : engine::kStreamIdMax;
  if (flags & REDISMODULE_STREAM_ITERATOR_EXCLUSIVE) {
    if (start && !first.Increment()) return Fail(EDOM);
    if (end && !last.Decrement()) return Fail(EDOM);
  }
  const bool reverse = (flags & REDISMODULE_STREAM_ITERATOR_REVERSE) != 0;
  key->stream = StreamIterator{
      .first = first, .last = last, .order = reverse ? Stream::Order::kDown : Stream::Order::kUp};
  return REDISMODULE_OK;
}

// Why the iterator of a handle is not to be had, as errno; 0 when it is.
int IteratorRefusal(const RedisModuleKey* key) {
  if (const int refusal = StreamRefusal(key)) return refusal;
  return key->stream ? 0 : EBADF;
}

// int RedisModule_StreamIteratorStop(RedisModuleKey *key)
int StreamIteratorStop(RedisModuleKey* key) noexcept {
  if (const int refusal = IteratorRefusal(key)) return Fail(refusal);  // stream.iterator-errno
  key->stream.reset();
  return REDISMODULE_OK;
}

// Moves to the next entry that is left, or to none.
const StreamEntry* Step(StreamIterator& iterator, const Stream& stream) {
  const StreamEntry* next = nullptr;
  if (!iterator.at_end) {
    stream.ForEach(iterator.first, iterator.last, iterator.order, [&](const StreamEntry& entry) {
      next = &entry;
      return false;
    });
  }
  iterator.current.reset();
  iterator.next_field = 0;
  if (!next) return nullptr;
  iterator.current = next->id;
  const bool up = iterator.order == Stream::Order::kUp;
  StreamId& rest = up ? iterator.first : iterator.last;
  rest = next->id;
  iterator.at_end = !(up ? rest.Increment() : rest.Decrement());
  return next;
}

// int RedisModule_StreamIteratorNextID(RedisModuleKey *key, RedisModuleStreamID *id, long
//                                      *numfields)
int StreamIteratorNextID(RedisModuleKey* key, RedisModuleStreamID* id, long* field_count) noexcept {
  if (const int refusal = IteratorRefusal(key)) return Fail(refusal);
  const StreamEntry* entry = Step(*key->stream, *key->value<Stream>());
  if (!entry) return Fail(ENOENT);  // stream.iterator-end
  if (id) *id = ToModule(entry->id);
  if (field_count) *field_count = static_cast<long>(entry->fields.size() / 2);
  return REDISMODULE_OK;
}

// int RedisModule_StreamIteratorNextField(RedisModuleKey *key, RedisModuleString **field_ptr,
//                                         RedisModuleString **value_ptr)
int StreamIteratorNextField(RedisModuleKey* key, RedisModuleString** field,
                            RedisModuleString** value) noexcept {
  if (const int refusal = IteratorRefusal(key)) return Fail(refusal);
  StreamIterator& iterator = *key->stream;
  const StreamEntry* entry =
      iterator.current ? key->value<Stream>()->Find(*iterator.current) : nullptr;
  // stream.iterator-fields
  if (!entry || 2 * iterator.next_field >= entry->fields.size()) return Fail(ENOENT);
  const size_t at = 2 * iterator.next_field++;
  module::Host& host = key->ctx->host;
  if (field) *field = host.NewString(key->ctx, entry->fields[at]);
  if (value) *value = host.NewString(key->ctx, entry->fields[at + 1]);
  return REDISMODULE_OK;
}

// int RedisModule_StreamIteratorDelete(RedisModuleKey *key)
int StreamIteratorDelete(RedisModuleKey* key) noexcept {
  // stream.iterator-delete-errno
  if (const int refusal = StreamRefusal(key)) return Fail(refusal);
  if (!key->writable() || !key->stream) return Fail(EBADF);
  StreamIterator& iterator = *key->stream;
  if (!iterator.current) return Fail(ENOENT);
  key->value<Stream>()->DeleteUnnoted(*iterator.current);
  iterator.current.reset();
  return REDISMODULE_OK;
}

// ---- Trimming. An emptied stream stays (stream.empty-stays).

// The refusals in the order of the server: wrong arguments, no stream, no write access.
int TrimRefusal(const RedisModuleKey* key, int flags, bool arguments_are_right) {
  if (!key || (flags & ~REDISMODULE_STREAM_TRIM_APPROX) || !arguments_are_right) return EINVAL;
  if (const int refusal = StreamRefusal(key)) return refusal;
  return key->writable() ? 0 : EBADF;
}

long long Trim(RedisModuleKey* key, int flags, StreamTrim trim) {
  if (flags & REDISMODULE_STREAM_TRIM_APPROX) {
    // stream.trim-approx: whole nodes only, and no more entries than a hundred full ones have.
    trim.whole_nodes = true;
    trim.limit = 100 * KeyspaceOf(key).limits().stream_node_max_entries;
  }
  return static_cast<long long>(key->value<Stream>()->Trim(trim));
}

// long long RedisModule_StreamTrimByLength(RedisModuleKey *key, int flags, long long length)
long long StreamTrimByLength(RedisModuleKey* key, int flags, long long length) noexcept {
  if (const int refusal = TrimRefusal(key, flags, length >= 0)) {  // stream.trim-errno
    errno = refusal;
    return -1;
  }
  return Trim(key, flags, {.max_length = static_cast<uint64_t>(length)});
}

// long long RedisModule_StreamTrimByID(RedisModuleKey *key, int flags, RedisModuleStreamID *id)
long long StreamTrimByID(RedisModuleKey* key, int flags, RedisModuleStreamID* id) noexcept {
  if (const int refusal = TrimRefusal(key, flags, id != nullptr)) {
    errno = refusal;
    return -1;
  }
  return Trim(key, flags, {.kind = StreamTrim::Kind::kMinId, .min_id = FromModule(*id)});
}

const abi::ApiRow kRows[] = {
    API_ROW(StreamAdd),
    API_ROW(StreamDelete),
    API_ROW(StreamIteratorStart),
    API_ROW(StreamIteratorStop),
    API_ROW(StreamIteratorNextID),
    API_ROW(StreamIteratorNextField),
    API_ROW(StreamIteratorDelete),
    API_ROW(StreamTrimByLength),
    API_ROW(StreamTrimByID),
};

}  // namespace

std::span<const abi::ApiRow> KeyStreamRows() { return kRows; }

}  // namespace modcert::api
