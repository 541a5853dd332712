#pragma once

#include <string>

#include "scgen/audit/record.hpp"
#include "scgen/observe/container.hpp"

namespace scgen {

/// How a call is shown: its name, or its number where no table has one.
std::string show_syscall(Syscall syscall);

/// libseccomp's name of an ABI; the token in hex where this build has none, "-" where the record has no ABI.
std::string show_arch(Arch arch);

/// A record in one line for people, without a newline: time, comm, pid, call, ABI, action, and the container that it is
/// known to be of.
std::string record_text(const Record& record, const Container* container = nullptr);

/// A record as one JSON object on one line, without a newline. What the record lacks is null; so are the container's name
/// (or its id, where it has none) and "NAMESPACE/POD" where nobody knows them.
std::string record_json(const Record& record, const Container* container = nullptr);

}  // namespace scgen
