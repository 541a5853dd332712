#include "scgen/audit/tally.hpp"

#include <numeric>

namespace scgen {
namespace {

constexpr std::array<std::string_view, outcome_count> names{
    "observed", "other", "part", "excluded", "refused", "truncated", "malformed", "oversized", "unusable"};

}  // namespace

std::string_view outcome_name(Outcome outcome) noexcept {
    return names[static_cast<std::size_t>(outcome)];
}

void Tally::merge(const Tally& other) noexcept {
    for (std::size_t i = 0; i < outcome_count; ++i)
        counts_[i] += other.counts_[i];
}

std::uint64_t Tally::lines() const noexcept {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::uint64_t Tally::lost() const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < outcome_count; ++i)
        if (is_loss(static_cast<Outcome>(i))) sum += counts_[i];
    return sum;
}

}  // namespace scgen
