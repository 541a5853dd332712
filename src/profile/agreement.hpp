#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "scgen/profile/filter.hpp"
#include "scgen/profile/meaning.hpp"

namespace scgen {

using SeccompArgs = std::array<std::uint64_t, 6>;

/// The arguments to ask about for what is said of one number: with between them every rule holds once, and is just
/// missed in each of its conditions.
std::vector<SeccompArgs> telling_arguments(std::span<const Provision> said);

/// How a filter answers where a profile's plain reading says otherwise.
struct Disagreement {
    SeccompData call;
    std::vector<Ruling> expected;
    Ruling answered;
};

/// The outcome of asking both judges the same calls.
struct Agreement {
    std::uint64_t asked = 0;
    /// One for each number that differs, the first few of them, and how many numbers there were.
    std::vector<Disagreement> disagreements;
    std::uint64_t numbers_that_differ = 0;
    /// Numbers for which rules that differ hold at once.
    std::set<Syscall> overlapping;
};

/// Asks filter and meaning about every number of every ABI that has a table, listed or not, and the edges
/// around them; where arguments matter, with arguments that meet each rule's conditions and that just miss
/// them.
///
/// Law: no disagreement means that the filter does what the profile says, as far as libseccomp and the tables
/// know it.
Agreement compare(const Filter& filter, const Meaning& meaning, std::size_t max_disagreements);

/// "x86_64 1 (write): the profile says errno 1, the filter allow"
std::string describe(const Disagreement& disagreement);

}  // namespace scgen
