// merge() joins two profiles name by name, and must not care about order or repetition. So what is said of a
// name is an element of a semilattice, and merge is its join:
//
//   default denies:   silence < denials alone (a chain) < something permitted
//                     Of two names with permissions these are united; denials beside them stay only where
//                     both profiles spell the same ones, because a denial of one may be what the other
//                     allows.
//   default permits:  denials everywhere < denials under conditions < silence
//                     Two different conditional denials leave none: what either lets through cannot be told
//                     in rules.
//
// A spelt-out denial outlives the other profile's silence where the default denies, so that clone3's ENOSYS,
// on which libc's fallback depends, is not lost.

#include "scgen/profile/profile.hpp"

#include <algorithm>
#include <utility>

#include "clauses.hpp"
#include "joined.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

Clauses permissions(const Clauses& clauses) {
    Clauses result;
    for (const auto& clause : clauses)
        if (permits(clause.verdict.action)) result.push_back(clause);
    return result;
}

Clauses denials(const Clauses& clauses) {
    Clauses result;
    for (const auto& clause : clauses)
        if (!permits(clause.verdict.action)) result.push_back(clause);
    return normalised(std::move(result));
}

/// ALLOW before LOG, and no LOG under the very conditions of an ALLOW.
Clauses united(Clauses left, const Clauses& right) {
    left.insert(left.end(), right.begin(), right.end());
    std::stable_sort(left.begin(), left.end(), [](const Clause& a, const Clause& b) {
        return std::pair(~static_cast<std::uint32_t>(a.verdict.action), a.args) <
               std::pair(~static_cast<std::uint32_t>(b.verdict.action), b.args);
    });
    Clauses result;
    for (const auto& clause : left)
        if (std::none_of(result.begin(), result.end(),
                         [&](const Clause& known) { return known.args == clause.args; }))
            result.push_back(clause);
    return result;
}

Clauses rebuilt(Clauses denied, const Clauses& permitted) {
    denied.insert(denied.end(), permitted.begin(), permitted.end());
    return normalised(std::move(denied));
}

/// The join of denials under a default that permits; an empty list is silence, the top.
Clauses fewer_denials(const Clauses& left, const Clauses& right) {
    if (left == right) return left;
    if (left.empty() || right.empty()) return {};
    if (!left.front().unconditional() && !right.front().unconditional()) return {};
    if (left.front().unconditional() && right.front().unconditional()) return std::max(left, right);
    return left.front().unconditional() ? right : left;
}

Clauses join_under_permission(const Clauses& left, const Clauses& right) {
    if (left == right) return left;
    return rebuilt(fewer_denials(denials(left), denials(right)),
                   united(permissions(left), permissions(right)));
}

Clauses join_under_denial(const Clauses& left, const Clauses& right) {
    if (left == right || right.empty()) return left;
    if (left.empty()) return right;
    const Clauses permitted_left = permissions(left);
    const Clauses permitted_right = permissions(right);
    if (permitted_left.empty() && permitted_right.empty()) return std::max(left, right);
    if (permitted_left.empty()) return right;
    if (permitted_right.empty()) return left;
    const Clauses denied = denials(left);
    return rebuilt(denied == denials(right) ? denied : Clauses{}, united(permitted_left, permitted_right));
}

ClausesByName joined_clauses(const ClausesByName& left, const ClausesByName& right, bool default_permits) {
    ClausesByName result;
    const auto add = [&](const std::string& name, const Clauses& a, const Clauses& b) {
        Clauses clauses = default_permits ? join_under_permission(a, b) : join_under_denial(a, b);
        if (!clauses.empty()) result[name] = std::move(clauses);
    };
    for (const auto& [name, clauses] : left) {
        const auto other = right.find(name);
        add(name, clauses, other == right.end() ? Clauses{} : other->second);
    }
    for (const auto& [name, clauses] : right)
        if (!left.contains(name)) add(name, {}, clauses);
    return result;
}

/// An empty list is the native ABI alone, which has to be spelt once there are others.
std::set<Arch> joined_architectures(std::set<Arch> left, const std::set<Arch>& right) {
    if (left.empty() != right.empty()) left.insert(native_arch());
    left.insert(right.begin(), right.end());
    return left;
}

}  // namespace

std::optional<std::uint32_t> joined_errno(std::optional<std::uint32_t> left,
                                          std::optional<std::uint32_t> right) {
    constexpr std::uint32_t enosys = 38;
    if (left == enosys || right == enosys) return enosys;
    return std::min(left, right);
}

void join_listeners(Profile& result, const Profile& other) {
    const bool silent = result.listener_path.empty() && result.listener_metadata.empty();
    const bool other_silent = other.listener_path.empty() && other.listener_metadata.empty();
    if (other_silent) return;
    if (silent) {
        result.listener_path = other.listener_path;
        result.listener_metadata = other.listener_metadata;
    } else if (result.listener_path != other.listener_path ||
               result.listener_metadata != other.listener_metadata) {
        throw Error(
            "merge: the profiles name different listeners, and a container has one; give both the same "
            "listenerPath and listenerMetadata");
    }
}

Profile canonical(Profile profile) {
    profile.rules = rules_of(clauses_of(profile));
    profile.default_errno = verdict_of(profile.default_action, profile.default_errno).errno_ret;
    return profile;
}

Profile merge(const Profile& left, const Profile& right) {
    if (left.default_action != right.default_action)
        throw Error("merge: one profile's default action is " +
                    std::string(action_token(left.default_action)) + ", the other's " +
                    std::string(action_token(right.default_action)) +
                    "; a union would not mean what both say. Give them one defaultAction first");
    Profile result = canonical(left);
    const Profile other = canonical(right);
    result.rules =
        rules_of(joined_clauses(clauses_of(result), clauses_of(other), permits(result.default_action)));
    result.default_errno = joined_errno(result.default_errno, other.default_errno);
    result.architectures = joined_architectures(std::move(result.architectures), other.architectures);
    result.flags.insert(other.flags.begin(), other.flags.end());
    join_listeners(result, other);
    return canonical(std::move(result));
}

}  // namespace scgen
