// What runc and crun make of a list of rules, name by name:
//
//  - a rule with the default's action and errno is skipped before libseccomp hears of it, so it can override
//  nothing;
//  - a rule with two conditions on one argument becomes one rule for each of ALL its conditions;
//  - in libseccomp the first unconditional rule of a name wins over everything else said of the name, earlier
//    conditional rules included (db_rule_add() clears or keeps the chains);
//  - conditional rules of one action are ORed, whatever their order;
//  - conditional rules of several actions depend on their order where conditions overlap, and even where they
//  do not:
//    on x86 `socket` also becomes a rule on `socketcall` that loses its first condition, and the first of two
//    such wins. So the order of a name's clauses is kept wherever it has more than one verdict.
//
// Source: runc libcontainer/seccomp/seccomp_linux.go matchCall(); crun src/libcrun/seccomp.c; libseccomp
// src/db.c db_rule_add(), src/arch-x86.c x86_rule_add(). The third point was also compared on compiled
// filters (libseccomp 2.5.4).

#include "clauses.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace scgen {
namespace {

constexpr std::uint32_t eperm = 1;
/// SECCOMP_RET_DATA: all that a filter can carry of an errno.
constexpr std::uint32_t data_mask = 0xffff;

bool repeats_an_index(const std::vector<Comparison>& args) {
    std::set<std::uint32_t> seen;
    return !std::all_of(args.begin(), args.end(),
                        [&](const Comparison& arg) { return seen.insert(arg.index).second; });
}

/// (argument & 0) == 0 holds always; libseccomp treats a rule of nothing else as unconditional.
bool vacuous(const Comparison& arg) noexcept {
    return arg.op == Comparison::Op::masked_eq && arg.value == 0 && arg.value_two == 0;
}

std::vector<Comparison> tidy(std::vector<Comparison> args) {
    for (auto& arg : args)
        if (arg.op != Comparison::Op::masked_eq) arg.value_two = 0;
    std::erase_if(args, vacuous);
    std::sort(args.begin(), args.end());
    return args;
}

/// The argument lists that a rule comes to: one, or as many as it has conditions.
std::vector<std::vector<Comparison>> alternatives(const std::vector<Comparison>& args) {
    std::vector<std::vector<Comparison>> result;
    if (repeats_an_index(args)) {
        for (const auto& arg : args)
            result.push_back(tidy({arg}));
    } else {
        result.push_back(tidy(args));
    }
    return result;
}

/// Unconditional rules first, the most permissive first: what a reader looks for.
auto reading_order(const Clause& clause) {
    return std::make_tuple(!clause.unconditional(), ~static_cast<std::uint32_t>(clause.verdict.action),
                           clause.verdict.errno_ret, clause.args);
}

struct InReadingOrder {
    bool operator()(const Clause& left, const Clause& right) const {
        return reading_order(left) < reading_order(right);
    }
};

bool of_one_verdict(const Clauses& clauses) {
    return std::all_of(clauses.begin(), clauses.end(),
                       [&](const Clause& clause) { return clause.verdict == clauses.front().verdict; });
}

Rule rule_of(const Clause& clause, const std::set<std::string>& names) {
    return Rule{names, clause.verdict.action, clause.verdict.errno_ret, clause.args};
}

}  // namespace

Verdict verdict_of(Action action, std::optional<std::uint32_t> errno_ret) noexcept {
    if (action != Action::errno_ && action != Action::trace) return {action, std::nullopt};
    return {action, errno_ret.value_or(eperm) & data_mask};
}

Clauses normalised(Clauses clauses) {
    for (const auto& clause : clauses)
        if (clause.unconditional()) return {clause};
    std::set<Clause> seen;
    std::erase_if(clauses, [&](const Clause& clause) { return !seen.insert(clause).second; });
    for (auto run = clauses.begin(); run != clauses.end();) {
        const auto end = std::find_if(run, clauses.end(),
                                      [&](const Clause& clause) { return clause.verdict != run->verdict; });
        std::sort(run, end);
        run = end;
    }
    return clauses;
}

ClausesByName clauses_of(const Profile& profile) {
    const Verdict fallback = verdict_of(profile.default_action, profile.default_errno);
    ClausesByName result;
    for (const auto& rule : profile.rules) {
        const Verdict verdict = verdict_of(rule.action, rule.errno_ret);
        if (verdict == fallback) continue;
        for (const auto& args : alternatives(rule.args))
            for (const auto& name : rule.names)
                if (!name.empty()) result[name].push_back({args, verdict});
    }
    for (auto& [name, clauses] : result)
        clauses = normalised(std::move(clauses));
    return result;
}

std::vector<Rule> rules_of(const ClausesByName& clauses) {
    std::map<Clause, std::set<std::string>, InReadingOrder> plain;
    std::map<Clauses, std::set<std::string>> ordered;
    for (const auto& [name, list] : clauses) {
        if (!of_one_verdict(list)) {
            ordered[list].insert(name);
            continue;
        }
        for (const auto& clause : list)
            plain[clause].insert(name);
    }
    std::vector<Rule> rules;
    for (const auto& [clause, names] : plain)
        rules.push_back(rule_of(clause, names));
    for (const auto& [list, names] : ordered)
        for (const auto& clause : list)
            rules.push_back(rule_of(clause, names));
    return rules;
}

}  // namespace scgen
