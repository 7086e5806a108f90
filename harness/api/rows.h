// The tables of API functions: one for each file of this folder, in which they are defined.
#pragma once

#include <span>

#include "abi/api_row.h"

namespace modcert::api {

std::span<const abi::ApiRow> AutoMemoryRows();
std::span<const abi::ApiRow> CallReplyRows();
std::span<const abi::ApiRow> CallRows();
std::span<const abi::ApiRow> CommandRows();
std::span<const abi::ApiRow> KeyGenericRows();
std::span<const abi::ApiRow> KeyHashRows();
std::span<const abi::ApiRow> KeyListRows();
std::span<const abi::ApiRow> KeyStringRows();
std::span<const abi::ApiRow> KeyZsetIteratorRows();
std::span<const abi::ApiRow> KeyZsetRows();
std::span<const abi::ApiRow> MemoryRows();
std::span<const abi::ApiRow> ReplicationRows();
std::span<const abi::ApiRow> ReplyRows();
std::span<const abi::ApiRow> StringRows();

// All of them, in no order that matters.
inline constexpr std::span<const abi::ApiRow> (*kAllRows[])() = {
    AutoMemoryRows, CallReplyRows,   CallRows,      CommandRows,         KeyGenericRows,
    KeyHashRows,    KeyListRows,     KeyStringRows, KeyZsetIteratorRows, KeyZsetRows,
    MemoryRows,     ReplicationRows, ReplyRows,     StringRows,
};

}  // namespace modcert::api
