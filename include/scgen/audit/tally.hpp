#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scgen {

/// What became of a line. Every line has exactly one.
enum class Outcome : std::uint8_t {
    observed,   ///< a complete SECCOMP record
    other,      ///< does not claim to hold one
    part,       ///< inside an entry of several lines, whose outcome is counted once, when it ends
    excluded,   ///< a complete record outside of what was asked for: of another time, or of other processes
    refused,    ///< looks like a record, but the line is not the kernel's
    truncated,  ///< a record cut before its end: a loss
    malformed,  ///< begins as a record and breaks its grammar: a loss
    oversized,  ///< longer than the limit: a loss
    unusable,   ///< of a format that holds no syscall numbers (ausearch --format text or csv): a loss
};

inline constexpr std::size_t outcome_count = 9;

/// "observed", "other", ...
std::string_view outcome_name(Outcome outcome) noexcept;

/// Whether a line of this outcome may hide a syscall that the profile needs.
constexpr bool is_loss(Outcome outcome) noexcept {
    return outcome == Outcome::truncated || outcome == Outcome::malformed || outcome == Outcome::oversized ||
           outcome == Outcome::unusable;
}

/// The outcomes of an input.
///
/// Law:    conservation: the counts sum to lines().
class Tally {
  public:
    void add(Outcome outcome, std::uint64_t lines = 1) noexcept { counts_[index(outcome)] += lines; }
    void merge(const Tally& other) noexcept;

    std::uint64_t operator[](Outcome outcome) const noexcept { return counts_[index(outcome)]; }
    std::uint64_t lines() const noexcept;
    std::uint64_t lost() const noexcept;

    bool operator==(const Tally&) const = default;

  private:
    static constexpr std::size_t index(Outcome outcome) noexcept { return static_cast<std::size_t>(outcome); }
    std::array<std::uint64_t, outcome_count> counts_{};
};

}  // namespace scgen
