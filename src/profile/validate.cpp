// Findings in two groups: what only the compiled filter can tell (it does not compile, it disagrees with the
// profile), and what the rules themselves tell. Each look at the rules is a function of its own that adds its
// findings; names are gathered into one finding of a kind, because a profile with one doubtful name tends to
// have thirty.

#include "scgen/profile/validate.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "agreement.hpp"
#include "behind_runc.hpp"
#include "scgen/error.hpp"
#include "scgen/profile/filter.hpp"
#include "scgen/profile/meaning.hpp"

namespace scgen {
namespace {

using Names = std::set<std::string>;

constexpr std::size_t shown_disagreements = 20;
constexpr std::size_t shown_names = 60;

std::string text_of(const Names& names) {
    std::string text;
    std::size_t shown = 0;
    for (const auto& name : names) {
        if (shown++ == shown_names)
            return text + " and " + std::to_string(names.size() - shown_names) + " more";
        text += (text.empty() ? "" : " ") + name;
    }
    return text;
}

std::string text_of(Arch arch) {
    const auto info = arch_info(arch);
    return info ? std::string(info->name) : "ABI " + std::to_string(static_cast<std::uint32_t>(arch));
}

bool may_run(Action action) {
    return action == Action::allow || action == Action::log || action == Action::trace ||
           action == Action::notify;
}

class Validator {
  public:
    Validator(const Profile& profile, const ValidateOptions& options)
        : profile_(profile),
          options_(options),
          left_out_(find_left_out()),
          meaning_(profile, left_out_),
          without_table_(std::any_of(meaning_.archs().begin(), meaning_.archs().end(),
                                     [](Arch arch) { return syscalls_of(arch).empty(); })) {}

    Validation run() {
        compile();
        names();
        reach();
        arguments();
        errnos();
        flags();
        allowed();
        behind_runc();
        if (options_.runtime) start_up(*options_.runtime);
        std::stable_sort(result_.findings.begin(), result_.findings.end(),
                         [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
        return std::move(result_);
    }

  private:
    std::set<Meaning::NameOnArch> find_left_out() const;
    void compile();
    void agreement(const Filter& filter, const std::string& how);
    void names();
    void reach();
    void arguments();
    void errnos();
    void flags();
    void allowed();
    void behind_runc();
    void start_up(const RuntimeCalls& calls);

    /// Those of `wanted` that some ABI of the profile has, and that no arguments get through.
    Names denied_among(const Names& wanted) const;
    bool may_run_on(Arch arch, const std::string& name) const;
    Names all_names() const;

    void error(std::string_view kind, std::string what) {
        result_.findings.push_back({Finding::Severity::error, kind, std::move(what)});
    }
    void warn(std::string_view kind, std::string what) {
        result_.findings.push_back({Finding::Severity::warning, kind, std::move(what)});
    }
    std::string rule_text(std::size_t index) const;

    const Profile& profile_;
    const ValidateOptions& options_;
    std::set<Meaning::NameOnArch> left_out_;
    Meaning meaning_;
    /// Some ABI has no table, so that what it lacks is not known.
    bool without_table_;
    Validation result_;
};

Names Validator::all_names() const {
    Names names;
    for (const auto& rule : profile_.rules)
        names.insert(rule.names.begin(), rule.names.end());
    return names;
}

std::string Validator::rule_text(std::size_t index) const {
    const auto& rule = profile_.rules[index];
    return "rule " + std::to_string(index + 1) + " (" + std::string(action_name(rule.action)) + ")";
}

std::set<Meaning::NameOnArch> Validator::find_left_out() const {
    auto archs = profile_.architectures;
    if (archs.empty()) archs.insert(native_arch());
    std::set<Meaning::NameOnArch> left_out;
    for (const auto& name : all_names()) {
        if (!libseccomp_knows(name)) left_out.insert({Arch::none, name});
        for (const Arch arch : archs) {
            const auto number = syscall_number(arch, name);
            if (number && libseccomp_knows(arch) && !libseccomp_knows({arch, *number}, name))
                left_out.insert({arch, name});
        }
    }
    return left_out;
}

void Validator::compile() {
    try {
        const Filter filter = Filter::compile(profile_);
        result_.instructions = filter.instructions().size();
        agreement(filter, "");
        // libseccomp 2.5.4 makes a broken program of a binary search over next to nothing, so runc has ten as
        // its limit.
        constexpr std::size_t runc_searches_by_halves = 10;
        if (all_names().size() > runc_searches_by_halves)
            agreement(Filter::compile(profile_, Filter::Search::binary),
                      " (by binary search, as runc does since 1.2)");
    } catch (const Error& failure) {
        error("does-not-compile", failure.what());
    }
}

void Validator::agreement(const Filter& filter, const std::string& how) {
    const auto found = compare(filter, meaning_, shown_disagreements);
    result_.compared += found.asked;
    if (!filter.is_native() && found.numbers_that_differ > 0) {
        warn("disagrees",
             "libseccomp " + libseccomp_version() +
                 " compiles this profile wrongly for a machine of another byte order than this one's; "
                 "validate it on such a machine" +
                 how);
        return;
    }
    for (const auto& each : found.disagreements)
        error("disagrees", describe(each) + how);
    if (found.numbers_that_differ > found.disagreements.size())
        error("disagrees", "and " + std::to_string(found.numbers_that_differ - found.disagreements.size()) +
                               " more numbers" + how);
    if (!how.empty()) return;
    Names overlapping;
    for (const auto& syscall : found.overlapping)
        overlapping.emplace(syscall_name(syscall).value_or("?"));
    if (!overlapping.empty())
        warn("overlap",
             "rules with different actions hold at once, and libseccomp's choice between them is not the "
             "order of the rules: " +
                 text_of(overlapping));
}

void Validator::names() {
    Names unknown;
    Names elsewhere;
    std::map<std::string, Names> newer;
    for (const auto& name : all_names()) {
        const bool in_libseccomp = !left_out_.contains({Arch::none, name});
        if (!in_libseccomp && !is_known_syscall(name)) {
            unknown.insert(name);
            continue;
        }
        bool anywhere = without_table_;
        for (const Arch arch : meaning_.archs()) {
            const bool has = syscall_number(arch, name).has_value();
            anywhere = anywhere || has;
            if (has && (!in_libseccomp || left_out_.contains({arch, name})))
                newer[in_libseccomp ? " on " + text_of(arch) : ""].insert(name);
        }
        const bool multiplexed = std::any_of(
            meaning_.archs().begin(), meaning_.archs().end(),
            [&](Arch arch) { return syscall_number(arch, "socketcall") && libseccomp_knows(name); });
        if (!anywhere && !multiplexed) elsewhere.insert(name);
    }
    if (!unknown.empty())
        warn("unknown-name", "no system call has this name, and runtimes skip it: " + text_of(unknown));
    for (const auto& [where, some] : newer)
        warn("unknown-to-libseccomp", "libseccomp " + libseccomp_version() +
                                          " does not know, and a runtime with it skips" + where + ": " +
                                          text_of(some));
    if (!elsewhere.empty())
        warn("other-abi", "none of the profile's architectures has: " + text_of(elsewhere));
    for (const Arch arch : meaning_.archs())
        if (syscalls_of(arch).empty())
            warn("no-table",
                 text_of(arch) +
                     ": no table of its system calls is built in, so its numbers were not compared");
}

void Validator::reach() {
    struct Reach {
        Names live;
        Names dead;
    };
    std::map<std::size_t, Reach> rules;
    for (const Arch arch : meaning_.archs()) {
        for (const auto& row : syscalls_of(arch)) {
            const auto said = meaning_.provisions({arch, row.nr});
            const auto decided = std::find_if(said.begin(), said.end(),
                                              [](const Provision& each) { return each.conditions.empty(); });
            for (auto each = said.begin(); each != said.end(); ++each) {
                auto& reach = rules[each->rule];
                const bool is_dead = decided != said.end() && each != decided;
                (is_dead ? reach.dead : reach.live).insert(each->name);
            }
        }
    }
    const Ruling by_default = ruling_of({{}, profile_.default_action, profile_.default_errno, {}});
    for (std::size_t index = 0; index < profile_.rules.size(); ++index) {
        const auto& rule = profile_.rules[index];
        Names dead;
        std::set_difference(rules[index].dead.begin(), rules[index].dead.end(), rules[index].live.begin(),
                            rules[index].live.end(), std::inserter(dead, dead.end()));
        if (rule.names.empty()) {
            warn("unreachable", rule_text(index) + ": it names no call");
        } else if (ruling_of(rule) == by_default) {
            warn("unreachable",
                 rule_text(index) + ": it equals the default, and runtimes drop it: " + text_of(rule.names));
        } else if (!dead.empty()) {
            warn("unreachable", rule_text(index) + ": another rule decides these calls without conditions: " +
                                    text_of(dead));
        } else if (rules[index].live.empty() && !without_table_) {
            warn("unreachable", rule_text(index) + ": no architecture of the profile has any of its calls");
        }
    }
}

void Validator::arguments() {
    const bool low_halves =
        std::any_of(meaning_.archs().begin(), meaning_.archs().end(), compares_low_halves);
    for (std::size_t index = 0; index < profile_.rules.size(); ++index) {
        for (const auto& each : profile_.rules[index].args) {
            const std::uint64_t both =
                each.value | (each.op == Comparison::Op::masked_eq ? each.value_two : 0);
            if (low_halves && both > 0xffffffffU)
                warn("wide-value", rule_text(index) + ": argument " + std::to_string(each.index) +
                                       ": 32-bit ABIs and x32 compare only the low half of " +
                                       std::to_string(both));
            if (each.op == Comparison::Op::masked_eq && (each.value_two & ~each.value) != 0)
                warn("wide-value", rule_text(index) + ": argument " + std::to_string(each.index) +
                                       ": valueTwo has bits outside value, so it never holds; libseccomp "
                                       "ignores those bits");
        }
    }
}

void Validator::errnos() {
    const auto look = [&](const std::string& where, Action action, std::optional<std::uint32_t> errno_ret) {
        if (errno_ret && action != Action::errno_ && action != Action::trace)
            warn("errno",
                 where + ": only errno and trace take an errno; crun refuses the profile, runc ignores it");
    };
    look("the default", profile_.default_action, profile_.default_errno);
    for (std::size_t index = 0; index < profile_.rules.size(); ++index)
        look(rule_text(index), profile_.rules[index].action, profile_.rules[index].errno_ret);
}

void Validator::flags() {
    if (!profile_.flags.empty()) warn("flags", "runc before 1.2 refuses a profile with flags");
}

bool Validator::may_run_on(Arch arch, const std::string& name) const {
    const auto number = syscall_number(arch, name);
    if (!number || left_out_.contains({arch, name})) return may_run(profile_.default_action);
    const auto said = meaning_.provisions({arch, *number});
    if (std::any_of(
            said.begin(), said.end(),
            [](const Provision& each) { return !each.conditions.empty() && may_run(each.ruling.action); }) &&
        std::none_of(said.begin(), said.end(), [](const Provision& each) { return each.conditions.empty(); }))
        return true;
    return may_run(meaning_.rulings(seccomp_data({arch, *number})).front().action);
}

Names Validator::denied_among(const Names& wanted) const {
    Names denied;
    for (const auto& name : wanted)
        for (const Arch arch : meaning_.archs())
            if (syscall_number(arch, name) && !may_run_on(arch, name)) denied.insert(name);
    return denied;
}

void Validator::allowed() {
    if (may_run(profile_.default_action)) return;
    const bool any = std::any_of(profile_.rules.begin(), profile_.rules.end(), [&](const Rule& rule) {
        return may_run(rule.action) && denied_among(rule.names).size() < rule.names.size();
    });
    if (!any) {
        warn("nothing-allowed", "the profile allows no call at all, so nothing can run under it");
        return;
    }
    const std::pair<const char*, const char*> implied[] = {
        {"execve", "the runtime starts the workload with it after the filter is on"},
        {"exit", "threads end with it"},
        {"exit_group", "every process ends with it"},
        {"rt_sigreturn", "it ends every signal handler, and a process without it crashes there"},
    };
    for (const auto& [name, why] : implied)
        if (!denied_among({name}).empty()) warn("missing", std::string(name) + ": " + why);
}

void Validator::behind_runc() {
    for (const auto& [arch, unseen] : unseen_by_runc(profile_))
        warn("runc-enosys", "runc answers ENOSYS to these on " + text_of(arch) +
                                ", for it finds no number as large in the profile; a rule of any action with "
                                "clone3 in it mends that: " +
                                text_of(unseen));
}

void Validator::start_up(const RuntimeCalls& calls) {
    std::map<std::string, int> required;  // 2: with no_new_privs too
    Names now_and_then;
    for (const bool no_new_privs : {false, true}) {
        for (const auto& call : calls_after_filter(calls.runtime, no_new_privs)) {
            if (call.need == CallAfterFilter::Need::required) ++required[std::string(call.name)];
            if (call.need == CallAfterFilter::Need::sometimes) now_and_then.emplace(call.name);
        }
    }
    Names always;
    Names with_privileges;
    Names rest;
    for (const auto& name : denied_among(calls.names)) {
        const auto found = required.find(name);
        const int lists = found == required.end() ? 0 : found->second;
        if (now_and_then.contains(name)) continue;
        (lists == 2 ? always : lists == 1 ? with_privileges : rest).insert(name);
    }
    const std::string who = calls.runtime + ' ' + calls.version;
    if (!always.empty()) error("start-up", who + " cannot start a container without: " + text_of(always));
    if (!with_privileges.empty())
        warn("start-up",
             who + " needs these unless the container has no_new_privs: " + text_of(with_privileges));
    const Names sometimes = denied_among(now_and_then);
    if (!sometimes.empty()) warn("start-up", who + " fails some starts without: " + text_of(sometimes));
    if (!rest.empty())
        warn("start-up", who +
                             " was also seen to call in its start-up, some of it before the filter is on: " +
                             text_of(rest));
}

}  // namespace

bool Validation::ok() const noexcept {
    return std::none_of(findings.begin(), findings.end(),
                        [](const Finding& finding) { return finding.severity == Finding::Severity::error; });
}

Validation validate(const Profile& profile, const ValidateOptions& options) {
    return Validator(profile, options).run();
}

}  // namespace scgen
