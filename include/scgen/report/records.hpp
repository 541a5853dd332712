#pragma once

#include <string>

#include "scgen/audit/record.hpp"

namespace scgen {

/// How a call is shown: its name, or its number where no table has one.
std::string show_syscall(Syscall syscall);

/// libseccomp's name of an ABI; the token in hex where this build has none, "-" where the record has no ABI.
std::string show_arch(Arch arch);

/// A record in one line for people, without a newline: time, comm, pid, call, ABI, action.
std::string record_text(const Record& record);

/// A record as one JSON object on one line, without a newline. What the record lacks is null.
std::string record_json(const Record& record);

}  // namespace scgen
