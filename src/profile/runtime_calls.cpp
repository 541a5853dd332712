#include "scgen/profile/runtime_calls.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "profile/runtime_tables.hpp"

namespace scgen {
namespace {

/// Major, minor, patch, and the release candidate, of which a release is greater than all.
using Version = std::array<std::uint32_t, 4>;

/// Takes a number off the front of `text`.
bool take_number(std::string_view& text, std::uint32_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool take(std::string_view& text, std::string_view head) {
    if (!text.starts_with(head)) return false;
    text.remove_prefix(head.size());
    return true;
}

/// "1.2", "v1.2.3", "1.2.3-rc.4", and a distribution's "1.2.3+ds1-1" as 1.2.3.
std::optional<Version> version_of(std::string_view text) {
    Version version{0, 0, 0, std::numeric_limits<std::uint32_t>::max()};
    take(text, "v");
    if (!take_number(text, version[0])) return std::nullopt;
    for (std::size_t part = 1; part < 3 && take(text, "."); ++part)
        if (!take_number(text, version[part])) return std::nullopt;
    if (take(text, "-rc")) {
        take(text, ".");
        if (!take_number(text, version[3])) return std::nullopt;
    }
    if (!text.empty() && text.front() != '+' && text.front() != '-' && text.front() != '~')
        return std::nullopt;
    return version;
}

std::set<std::string> words(std::string_view text) {
    std::set<std::string> all;
    while (!text.empty()) {
        const auto blank = text.find(' ');
        all.emplace(text.substr(0, blank));
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    }
    return all;
}

}  // namespace

std::optional<RuntimeCalls> runtime_calls(std::string_view runtime, std::string_view version) {
    const auto wanted = version_of(version);
    if (!version.empty() && !wanted) return std::nullopt;
    for (const auto& row : generated::start_up) {  // newest first
        if (row.runtime != runtime || (wanted && *version_of(row.version) > *wanted)) continue;
        return RuntimeCalls{std::string(row.runtime), std::string(row.version), words(row.names)};
    }
    return std::nullopt;
}

std::vector<std::string_view> runtime_versions(std::string_view runtime) {
    std::vector<std::string_view> versions;
    for (const auto& row : generated::start_up)
        if (row.runtime == runtime) versions.push_back(row.version);
    return versions;
}

std::vector<CallAfterFilter> calls_after_filter(std::string_view runtime, bool no_new_privs) {
    std::vector<CallAfterFilter> calls;
    for (const auto& row : generated::after_filter)
        if (row.runtime == runtime && row.no_new_privs == no_new_privs) calls.push_back(row);
    return calls;
}

std::set<std::string> calls_of_exec(std::string_view runtime) {
    std::set<std::string> names;
    for (const auto& row : generated::after_filter)
        if (row.runtime == runtime && row.occasion.find("exec") != std::string_view::npos)
            names.emplace(row.name);
    return names;
}

std::vector<CallNowAndThen> calls_now_and_then(std::string_view runtime) {
    std::vector<CallNowAndThen> calls;
    for (const auto& row : generated::now_and_then)
        if (row.runtime == runtime) calls.push_back(row);
    return calls;
}

}  // namespace scgen
