#include "scgen/profile/risk.hpp"

#include <algorithm>

#include "profile_facts.hpp"

namespace scgen {

std::string_view severity_name(Severity severity) noexcept {
    switch (severity) {
        case Severity::low: return "low";
        case Severity::medium: return "medium";
        case Severity::high: return "high";
    }
    return {};
}

std::optional<Risk> risk_of(std::string_view name) noexcept {
    const auto* const found = std::lower_bound(
        generated::risks.begin(), generated::risks.end(), name,
        [](const generated::NamedRisk& row, std::string_view text) { return row.name < text; });
    if (found == generated::risks.end() || found->name != name) return std::nullopt;
    return found->risk;
}

}  // namespace scgen
