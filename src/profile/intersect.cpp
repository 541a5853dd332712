// Each profile says of a call: a list of conditions, the first that holds decides, and what happens
// otherwise. Two such lists become one by pairing: the conditions of both, then each alone, and the stronger
// verdict of the two. That is easy; what is not is to say it again in OCI rules, because
//
//  - two comparisons of one argument in one rule mean "or", so a pair may have no rule at all;
//  - a rule that equals the default is dropped by runtimes, so it cannot keep a later rule from letting a
//  call through;
//  - under a default that denies, "all but these" has to be turned into "only these".
//
// Where the rules would let more through than both profiles do, there is no answer but an Error.

#include <algorithm>
#include <utility>

#include "conditions.hpp"
#include "joined.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

/// What a call gets when two filters are installed: the lower action, as signed numbers.
///
/// Source: kernel/seccomp.c seccomp_run_filters(), ACTION_ONLY().
bool is_stronger(Action left, Action right) noexcept {
    return static_cast<std::int32_t>(left) < static_cast<std::int32_t>(right);
}

Verdict stronger(const Verdict& left, const Verdict& right) {
    if (left.action == right.action) return {left.action, joined_errno(left.errno_ret, right.errno_ret)};
    return is_stronger(left.action, right.action) ? left : right;
}

bool permits(const Clause& clause) noexcept {
    return permits(clause.verdict.action);
}

class Intersection {
  public:
    Intersection(const std::string& name, Verdict fallback) : name_(name), fallback_(fallback) {}

    /// The clauses of a profile with the default `fallback`; none where the default says it all.
    Clauses clauses(const Decision& left, const Decision& right) const {
        Decision both = paired(left, right);
        while (!both.clauses.empty() && both.clauses.back().verdict == both.otherwise)
            both.clauses.pop_back();
        if (both.clauses.empty()) return constant(both.otherwise);
        const bool lets_some_through = permits(both.otherwise.action) ||
                                       std::any_of(both.clauses.begin(), both.clauses.end(),
                                                   [](const Clause& clause) { return permits(clause); });
        if (!lets_some_through && both.otherwise != fallback_) return constant(strongest(both));
        if (permits(both.otherwise.action) && !permits(fallback_.action)) return turned_round(both);
        return shortened(without_default(std::move(both.clauses)));
    }

  private:
    [[noreturn]] void fail(const std::string& why) const {
        throw Error("intersection: what the two profiles say of " + name_ + " together has no OCI rule: " +
                    why + "; give " + name_ + " the same rules in both profiles first");
    }

    Clauses constant(const Verdict& verdict) const {
        if (verdict == fallback_) return {};
        return {{{}, verdict}};
    }

    Verdict strongest(const Decision& decision) const {
        Verdict result = stronger(fallback_, decision.otherwise);
        for (const Clause& clause : decision.clauses)
            result = stronger(result, clause.verdict);
        return result;
    }

    Decision paired(const Decision& left, const Decision& right) const {
        Decision result{{}, stronger(left.otherwise, right.otherwise)};
        if (left.clauses == right.clauses) {
            result.clauses = left.clauses;
            return result;
        }
        // The same pairs in another order mean the same; one order makes the result the same too.
        const bool in_order = left.clauses < right.clauses;
        Clauses first = in_order ? left.clauses : right.clauses;
        Clauses second = in_order ? right.clauses : left.clauses;
        first.push_back({{}, in_order ? left.otherwise : right.otherwise});
        second.push_back({{}, in_order ? right.otherwise : left.otherwise});
        for (const Clause& a : first)
            for (const Clause& b : second) {
                const Conjunction args = conjunction(a.args, b.args);
                if (args.kind == Conjunction::Kind::impossible) continue;
                if (args.kind == Conjunction::Kind::inexpressible)
                    fail("it takes two comparisons of one argument, which runtimes read as \"or\"");
                const Verdict verdict = stronger(a.verdict, b.verdict);
                if (args.args.empty()) {
                    result.otherwise = verdict;
                    return result;
                }
                result.clauses.push_back({args.args, verdict});
            }
        return result;
    }

    /// The clauses without those that runtimes drop, if none of these stood in a weaker one's way.
    Clauses without_default(Clauses clauses) const {
        for (auto clause = clauses.begin(); clause != clauses.end(); ++clause) {
            if (clause->verdict != fallback_) continue;
            const bool needed = std::any_of(clause + 1, clauses.end(), [&](const Clause& later) {
                return is_stronger(fallback_.action, later.verdict.action) &&
                       conjunction(clause->args, later.args).kind != Conjunction::Kind::impossible;
            });
            if (needed)
                fail("a denial would have to come before a permission, and equals the default action");
        }
        std::erase_if(clauses, [&](const Clause& clause) { return clause.verdict == fallback_; });
        return clauses;
    }

    /// "Let through but for these" under a default that denies.
    Clauses turned_round(const Decision& decision) const {
        if (std::all_of(decision.clauses.begin(), decision.clauses.end(),
                        [](const Clause& clause) { return permits(clause); }))
            return {{{}, {Action::log, std::nullopt}}};
        Clauses result;
        Clause passing{{}, decision.otherwise};
        for (const Clause& clause : decision.clauses) {
            const auto other =
                clause.args.size() == 1 && !permits(clause) ? negated(clause.args.front()) : std::nullopt;
            const auto joined = other ? conjunction(passing.args, {*other}) : Conjunction{};
            if (!other || joined.kind == Conjunction::Kind::inexpressible)
                fail("an exception to a permission cannot be turned round into a permission");
            if (joined.kind == Conjunction::Kind::impossible) return constant(strongest(decision));
            passing.args = joined.args;
            if (clause.verdict != fallback_) result.push_back(clause);
        }
        result.push_back(passing);
        return result;
    }

    /// Without clauses that another one says already.
    static Clauses shortened(Clauses clauses) {
        const bool uniform = std::all_of(clauses.begin(), clauses.end(), [&](const Clause& clause) {
            return clause.verdict == clauses.front().verdict;
        });
        if (!uniform) return clauses;
        clauses = normalised(std::move(clauses));
        Clauses result;
        for (const Clause& clause : clauses) {
            const bool said = std::any_of(clauses.begin(), clauses.end(), [&](const Clause& other) {
                if (&other == &clause) return false;
                const Conjunction both = conjunction(clause.args, other.args);
                return both.kind == Conjunction::Kind::exact && both.args == clause.args &&
                       !(both.args == other.args && &clause < &other);
            });
            if (!said) result.push_back(clause);
        }
        return result;
    }

    const std::string& name_;
    Verdict fallback_;
};

std::set<Arch> common_architectures(std::set<Arch> left, std::set<Arch> right) {
    if (left.empty() && right.empty()) return {};
    if (left.empty()) left.insert(native_arch());
    if (right.empty()) right.insert(native_arch());
    std::erase_if(left, [&](Arch arch) { return !right.contains(arch); });
    if (left.empty())
        throw Error(
            "intersection: the profiles have no architecture in common, so nothing would run; list one in "
            "both");
    return left;
}

std::set<std::string> joined_flags(const std::set<std::string>& left, const std::set<std::string>& right) {
    const std::string spec_allow = "SECCOMP_FILTER_FLAG_SPEC_ALLOW";
    std::set<std::string> flags = left;
    flags.insert(right.begin(), right.end());
    if (!left.contains(spec_allow) || !right.contains(spec_allow)) flags.erase(spec_allow);
    return flags;
}

std::set<std::string> names_of(const ClausesByName& left, const ClausesByName& right) {
    std::set<std::string> names;
    for (const ClausesByName* side : {&left, &right})
        for (const auto& entry : *side)
            names.insert(entry.first);
    return names;
}

}  // namespace

Profile intersect(const Profile& left, const Profile& right) {
    const Verdict left_default = verdict_of(left.default_action, left.default_errno);
    const Verdict right_default = verdict_of(right.default_action, right.default_errno);
    const Verdict fallback = stronger(left_default, right_default);
    const ClausesByName left_clauses = clauses_of(left);
    const ClausesByName right_clauses = clauses_of(right);
    ClausesByName clauses;
    for (const std::string& name : names_of(left_clauses, right_clauses)) {
        Clauses said = Intersection(name, fallback)
                           .clauses(decision_of(left_clauses, name, left_default),
                                    decision_of(right_clauses, name, right_default));
        if (!said.empty()) clauses[name] = std::move(said);
    }
    Profile result = left;
    result.default_action = fallback.action;
    result.default_errno = fallback.errno_ret;
    result.architectures = common_architectures(left.architectures, right.architectures);
    result.flags = joined_flags(left.flags, right.flags);
    join_listeners(result, right);
    result.rules = rules_of(clauses);
    return canonical(std::move(result));
}

}  // namespace scgen
