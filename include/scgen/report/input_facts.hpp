#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "scgen/audit/ledger.hpp"
#include "scgen/audit/machine.hpp"
#include "scgen/audit/tally.hpp"

namespace scgen {

/// What was read, and what of it was lost.
struct InputFacts {
    Tally tally;
    /// Records by Origin.
    std::array<std::uint64_t, 4> origins{};
    std::uint64_t duplicates = 0;
    /// Records that differ from another one of the same stamp and serial.
    std::uint64_t conflicts = 0;
    /// Records not kept because there were too many subjects.
    std::uint64_t over_limit = 0;
    /// Records of calls that no table names, of what is asked for.
    std::uint64_t unnamed = 0;
    LossAccount losses = {};
    /// What the kernel's own queue had no room for is among the losses.
    bool queue_checked = false;
    /// Some of the lines are what a container printed.
    bool container_output = false;
    /// The machine that wrote the log, where that is known to be this one and there is something to ask.
    std::optional<MachineFacts> machine;
};

}  // namespace scgen
