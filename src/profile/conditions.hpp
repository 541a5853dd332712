#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "clauses.hpp"

namespace scgen {

/// What a profile says of one call: its clauses, the first whose conditions hold decides, and the verdict
/// where none does.
struct Decision {
    Clauses clauses;
    Verdict otherwise;

    bool operator==(const Decision&) const = default;
};

/// What a profile says of `name`, given its clauses by name and its default.
Decision decision_of(const ClausesByName& clauses, const std::string& name, Verdict fallback);

/// Whether some call, no call, or every call gets through.
enum class Passage : std::uint8_t { none, some, all };
Passage passage_of(const Decision& decision) noexcept;

using Arguments = std::array<std::uint64_t, 6>;

/// The verdict on a call with those arguments.
Verdict verdict_on(const Decision& decision, const Arguments& arguments) noexcept;

bool holds(const Comparison& comparison, std::uint64_t value) noexcept;

/// Where two argument lists both hold, written as one list.
struct Conjunction {
    /// inexpressible: it needs two comparisons of one argument, which runtimes read as "or".
    enum class Kind : std::uint8_t { exact, impossible, inexpressible };
    Kind kind = Kind::exact;
    std::vector<Comparison> args;
};
Conjunction conjunction(const std::vector<Comparison>& left, const std::vector<Comparison>& right);

/// The comparison that holds exactly where this one does not; nothing for masked_eq, which has none.
std::optional<Comparison> negated(Comparison comparison) noexcept;

/// Calls that between them meet every combination of outcomes the comparisons of both decisions can have.
///
/// Shape: `complete` is false where there are too many combinations, or where masks meet order on one
/// argument:
///        then what these calls show is true, and what they do not show is not known.
struct Samples {
    std::vector<Arguments> calls;
    bool complete = true;
};
Samples samples_of(const Decision& left, const Decision& right);

}  // namespace scgen
