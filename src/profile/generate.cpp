#include "scgen/profile/generate.hpp"

#include <algorithm>
#include <utility>

#include "behind_runc.hpp"
#include "clauses.hpp"
#include "closure.hpp"
#include "implied.hpp"
#include "start_up.hpp"

namespace scgen {
namespace {

/// ppc64le has the number and never uses it (arch/powerpc/kernel/signal.c do_signal()).
bool never_sigreturns(Arch arch) noexcept {
    return arch == Arch::ppc64le || arch == Arch::ppc64;
}

bool abi_needs(Arch arch, std::string_view name) noexcept {
    if (name == "sigreturn" && never_sigreturns(arch)) return false;
    return syscall_number(arch, name).has_value();
}

/// How to speak of a number without a name where names are the key.
std::string number_label(Syscall syscall) {
    const auto info = arch_info(syscall.arch);
    return "number " + std::to_string(syscall.nr) + " of " +
           (info ? std::string(info->name) : "an unknown ABI");
}

bool allowed_outright(const ClausesByName& clauses, const std::string& name) {
    const auto found = clauses.find(name);
    return found != clauses.end() && found->second.front().unconditional() &&
           permits(found->second.front().verdict.action);
}

/// Collects what one workload's profile is made of.
class Generation {
  public:
    explicit Generation(const GenerateOptions& options) : options_(options) {}

    void learn(const Workload& workload) {
        for (const auto& [observed, evidence] : workload.calls)
            sort_in(observed, evidence);
        for (const auto& [name, call] : seen_) {
            if (options_.deny.contains(name)) {
                result_.denied[name] = call.evidence;
                archs_.insert(call.archs.begin(), call.archs.end());
            } else if (std::max<std::uint64_t>(call.evidence.count, 1) < options_.min_count) {
                // What was seen only on second copies of events has a count of none, and was made all the same.
                result_.too_rare[name] = call.evidence;
            } else {
                names_.insert(name);
                archs_.insert(call.archs.begin(), call.archs.end());
            }
        }
        result_.learned = names_.size();
        start_up_ = start_up_unseen(workload, options_);
    }

    Generated finish() {
        Profile profile = own_profile();
        add_base(profile);
        if (options_.closure == Closure::full) add_same_power(profile);
        add_outright(profile, start_up_);
        if (options_.closure != Closure::none) add_outright(profile, implied_calls(names_));
        if (options_.closure == Closure::full) forbid_dangerous(profile);
        forbid_denied(profile);
        if (options_.closure != Closure::none && options_.for_containers) name_a_large_number(profile);
        result_.profile = canonical(std::move(profile));
        forget_what_is_allowed();
        return std::move(result_);
    }

  private:
    struct Seen {
        Evidence evidence;
        std::set<Arch> archs;
    };

    void sort_in(const Observed& observed, const Evidence& evidence) {
        const Syscall syscall = observed.syscall;
        const auto name = syscall_name(syscall);
        const std::string label = name ? std::string(*name) : number_label(syscall);
        const bool wanted = options_.architectures.empty() || syscall.arch == Arch::none ||
                            options_.architectures.contains(syscall.arch);
        if (!teaches(options_.learn, observed.action)) {
            add(result_.not_learned, label, evidence);
        } else if (!wanted) {
            add(result_.other_arch, label, evidence);
        } else if (!name || syscall.arch == Arch::none) {
            add(result_.unnamed, syscall, evidence);
        } else {
            const auto [found, fresh] = seen_.try_emplace(label, Seen{evidence, {}});
            if (!fresh) found->second.evidence.add(evidence);
            found->second.archs.insert(syscall.arch);
        }
    }

    template <class Key>
    static void add(std::map<Key, Evidence>& map, const Key& key, const Evidence& evidence) {
        const auto [found, fresh] = map.try_emplace(key, evidence);
        if (!fresh) found->second.add(evidence);
    }

    Profile own_profile() const {
        Profile profile;
        profile.default_action = options_.default_action;
        profile.default_errno = default_errno();
        profile.architectures = options_.architectures.empty() ? archs_ : options_.architectures;
        profile.rules.push_back({names_, Action::allow, std::nullopt, {}});
        return canonical(std::move(profile));
    }

    /// What of the base may go under this profile's default. Where the base's default permits, its denials
    /// say only what it takes out of everything, which is not what this profile starts from.
    ClausesByName usable_clauses(const Profile& base) const {
        ClausesByName result;
        for (const auto& [name, clauses] : clauses_of(base)) {
            const bool only_permissions = permits(base.default_action);
            const bool only_denials = options_.deny.contains(name);
            Clauses usable = clauses;
            std::erase_if(usable, [&](const Clause& clause) {
                return permits(clause.verdict.action) ? only_denials : only_permissions;
            });
            if (!usable.empty()) result[name] = std::move(usable);
        }
        return result;
    }

    void add_base(Profile& profile) {
        if (!options_.base) return;
        const ClausesByName clauses = usable_clauses(*options_.base);
        Profile base = *options_.base;
        base.default_action = profile.default_action;
        base.default_errno = profile.default_errno;
        base.rules = rules_of(clauses);
        // Listed ABIs are the user's word; else the base's hold, for its rules mean less without them. A list
        // that is empty means native, which neither side asked to spell.
        if (!options_.architectures.empty() || base.architectures.empty())
            base.architectures = profile.architectures;
        if (profile.architectures.empty()) profile.architectures = base.architectures;
        profile = merge(profile, base);
        for (const auto& [name, list] : clauses) {
            const bool permitted = std::any_of(list.begin(), list.end(), [](const Clause& clause) {
                return permits(clause.verdict.action);
            });
            if (!permitted || names_.contains(name)) continue;
            result_.added[name] = list.front().unconditional() ? "in the base profile"
                                                               : "in the base profile, under conditions";
        }
    }

    /// Allows the names in `reasons` that an ABI of the profile has and nothing allows yet.
    void add_outright(Profile& profile, const std::map<std::string, std::string>& reasons) {
        const std::set<Arch> archs =
            profile.architectures.empty() ? std::set{native_arch()} : profile.architectures;
        ClausesByName clauses = clauses_of(profile);
        for (const auto& [name, reason] : reasons) {
            if (options_.deny.contains(name) || allowed_outright(clauses, name)) continue;
            const auto needs = [&wanted = name](Arch arch) { return abi_needs(arch, wanted); };
            if (std::none_of(archs.begin(), archs.end(), needs)) continue;
            clauses[name] = {{{}, {Action::allow, std::nullopt}}};
            result_.added[name] = reason;
        }
        profile.rules = rules_of(clauses);
    }

    /// Under full closure unknown calls get ENOSYS, so that libc tries the older ones it knows.
    std::uint32_t default_errno() const noexcept {
        constexpr std::uint32_t eperm = 1;
        constexpr std::uint32_t enosys = 38;
        return options_.closure == Closure::full && options_.errno_ret == eperm ? enosys : options_.errno_ret;
    }

    void add_same_power(Profile& profile) {
        ClausesByName clauses = clauses_of(profile);
        const Wider wider = same_power(names_, profile.architectures, options_.deny);
        for (const auto& [name, more] : wider.clauses) {
            const bool denial = !permits(more.front().verdict.action);
            if (denial && (permits(profile.default_action) ||
                           more.front().verdict == verdict_of(profile.default_action, profile.default_errno)))
                continue;
            // What the base says of a name is the user's word.
            if (!clauses.try_emplace(name, more).second) continue;
            result_.added[name] = wider.reasons.at(name);
        }
        profile.rules = rules_of(clauses);
    }

    /// Only where the default is an errno: EPERM would be less than a kill.
    void forbid_dangerous(Profile& profile) {
        if (profile.default_action != Action::errno_ || profile.default_errno == 1) return;
        ClausesByName clauses = clauses_of(profile);
        std::set<std::string> said;
        for (const auto& entry : clauses)
            said.insert(entry.first);
        result_.forbidden = forbidden(said);
        for (const auto& entry : result_.forbidden)
            clauses[entry.first] = {{{}, {Action::errno_, 1}}};
        profile.rules = rules_of(clauses);
    }

    /// A denial, so that runc's own filter does not deny what this profile allows.
    void name_a_large_number(Profile& profile) {
        const auto unseen = unseen_by_runc(profile);
        if (unseen.empty()) return;
        constexpr std::uint32_t eperm = 1;
        constexpr std::uint32_t enosys = 38;
        const bool by_default =
            verdict_of(profile.default_action, profile.default_errno) == Verdict{Action::errno_, enosys};
        const std::string name = by_default ? "open_tree" : "clone3";
        profile.rules.push_back({{name}, Action::errno_, by_default ? eperm : enosys, {}});
        result_.added[name] =
            "not allowed, but named: runc answers ENOSYS to what is above the largest number it finds in "
            "a profile, and finds none for " +
            *unseen.begin()->second.begin() + " of " + std::string(arch_info(unseen.begin()->first)->name);
    }

    /// Under a default that lets calls through, silence would not keep a name out.
    void forbid_denied(Profile& profile) const {
        if (!permits(profile.default_action) || options_.deny.empty()) return;
        ClausesByName clauses = clauses_of(profile);
        for (const auto& name : options_.deny)
            clauses[name] = {{{}, verdict_of(Action::errno_, options_.errno_ret)}};
        profile.rules = rules_of(clauses);
    }

    void forget_what_is_allowed() {
        const ClausesByName clauses = clauses_of(result_.profile);
        const auto allowed = [&](const auto& entry) { return allowed_outright(clauses, entry.first); };
        std::erase_if(result_.not_learned, allowed);
        std::erase_if(result_.too_rare, allowed);
    }

    const GenerateOptions& options_;
    Generated result_;
    std::map<std::string, Seen> seen_;
    std::set<std::string> names_;
    std::set<Arch> archs_;
    std::map<std::string, std::string> start_up_;
};

}  // namespace

bool teaches(Learn learn, Action action) noexcept {
    switch (learn) {
        case Learn::log: return action == Action::log;
        case Learn::denied:
            return action == Action::errno_ || action == Action::kill_process ||
                   action == Action::kill_thread || action == Action::trap;
        case Learn::all: return true;
    }
    return false;
}

Generated generate(const Workload& workload, const GenerateOptions& options) {
    Generation generation(options);
    generation.learn(workload);
    return generation.finish();
}

}  // namespace scgen
