#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/abi/action.hpp"
#include "scgen/abi/arch.hpp"

namespace scgen {

/// A condition on one argument of a call.
///
/// Shape:  index 0..5; values are unsigned 64-bit. masked_eq holds when (argument & value) == value_two; the
/// other
///         operators ignore value_two, so it is 0 there in a canonical profile.
/// Source: OCI runtime-spec config-linux.md, seccomp args.
struct Comparison {
    enum class Op : std::uint8_t { ne, lt, le, eq, ge, gt, masked_eq };
    std::uint32_t index = 0;
    Op op = Op::eq;
    std::uint64_t value = 0;
    std::uint64_t value_two = 0;

    auto operator<=>(const Comparison&) const = default;
};

/// What happens to the calls it names, when all its comparisons hold.
///
/// Shape:  comparisons on different indexes are ANDed. Two on the same index mean, to runc, crun and
/// containers-common
///         alike, one rule for each of the comparisons, ORed: canonical() splits such a rule.
struct Rule {
    std::set<std::string> names;
    Action action = Action::allow;
    std::optional<std::uint32_t> errno_ret;
    std::vector<Comparison> args;

    auto operator<=>(const Rule&) const = default;
};

/// What a workload is allowed: an OCI seccomp profile as a value.
///
/// Shape:  every rule holds on every listed architecture. An architecture that is not listed is killed, not
/// given the
///         default action; an empty list is the native one alone. Names no table knows are kept: runtimes
///         skip them.
/// Law:    canonical profiles are equal exactly when they mean the same to a runtime that follows the list of
/// rules.
struct Profile {
    Action default_action = Action::errno_;
    std::optional<std::uint32_t> default_errno;
    std::set<Arch> architectures;
    std::set<std::string> flags;
    std::string listener_path;
    std::string listener_metadata;
    std::vector<Rule> rules;

    bool operator==(const Profile&) const = default;
};

/// The same profile in the one form that write_profile() and == rely on.
///
/// Shape: rules of one action, errno and arguments joined; no rule that equals the default, because runtimes
/// drop it;
///        a rule that repeats an argument index split into one for each comparison; only the first
///        unconditional rule of a name, because libseccomp lets it win over all else said of the name;
///        comparisons sorted, and rules too, but for names with conditions under several actions, where order
///        is meaning; EPERM written out where an errno is implied and dropped where an action takes none;
///        errnos cut to the 16 bits a filter holds; no empty names. runc's ENOSYS stub counts names that a
///        default-equal rule mentions; that effect is not kept.
/// Law:   canonical(canonical(p)) == canonical(p).
Profile canonical(Profile profile);

/// Everything that either allows or logs, canonical. Both must have the same default action; architectures
/// and flags are joined.
///
/// Shape: a denial that one profile spells out stays where the other is silent and the default denies, and
/// gives way to
///        whatever the other allows. Default errnos that differ give ENOSYS if it is one of them, else the
///        smaller.
/// Law:   commutative and idempotent; associative among profiles of one default errno.
/// Errors: Error when the default actions differ, because no union of the two would mean what both say, or
/// when two
///        listeners are named.
Profile merge(const Profile& left, const Profile& right);

/// What both let through, canonical: what the kernel does when both filters are installed.
///
/// Shape: each call gets the stronger of the two actions, by the kernel's precedence; of two errnos ENOSYS,
/// else
///        the smaller. A denial may come out stronger than either says, where rules can put it no other way.
///        ABIs are those that both list; flags of either, but SECCOMP_FILTER_FLAG_SPEC_ALLOW only of both.
/// Law:   commutative and idempotent; lets nothing through that either denies.
/// Errors: Error for what no list of OCI rules says: two comparisons of one argument ("more than 2 and less
/// than
///        9"), which runtimes read as "or"; an exception to a permission that cannot be turned round; no ABI
///        in common; two listeners.
Profile intersect(const Profile& left, const Profile& right);

}  // namespace scgen
