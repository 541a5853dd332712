#include "scgen/profile/diff.hpp"

#include <algorithm>

#include "conditions.hpp"
#include "scgen/abi/syscall_table.hpp"

namespace scgen {
namespace {

/// A profile, asked name by name.
class Side {
  public:
    Side(const Profile& profile, Arch native)
        : fallback_(verdict_of(profile.default_action, profile.default_errno)),
          clauses_(clauses_of(profile)),
          archs_(profile.architectures) {
        if (archs_.empty()) archs_.insert(native);
    }

    const std::set<Arch>& archs() const noexcept { return archs_; }

    bool reaches(const std::string& name) const {
        return std::any_of(archs_.begin(), archs_.end(),
                           [&](Arch arch) { return syscall_number(arch, name).has_value(); });
    }

    /// Calls of an ABI that is not listed are killed.
    Decision decision(const std::string& name) const {
        if (!reaches(name)) return {{}, {Action::kill_thread, std::nullopt}};
        return decision_of(clauses_, name, fallback_);
    }

  private:
    Verdict fallback_;
    ClausesByName clauses_;
    std::set<Arch> archs_;
};

Stance stance_of(const std::string& name, const Decision& decision) {
    Stance stance;
    const Passage passage = passage_of(decision);
    if (passage != Passage::none)
        stance.kind = passage == Passage::all ? Stance::Kind::allowed : Stance::Kind::conditional;
    stance.action = decision.otherwise.action;
    stance.errno_ret = decision.otherwise.errno_ret;
    for (const Clause& clause : decision.clauses)
        stance.conditions.push_back({{name}, clause.verdict.action, clause.verdict.errno_ret, clause.args});
    return stance;
}

/// What sets two decisions apart.
struct Contrast {
    bool looser = false;
    bool tighter = false;
    bool answers = false;
    bool known = true;
};

Contrast contrast_of(const Decision& ours, const Decision& baseline) {
    Contrast result;
    if (ours == baseline) return result;
    const Samples samples = samples_of(ours, baseline);
    for (const Arguments& call : samples.calls) {
        const Verdict here = verdict_on(ours, call);
        const Verdict there = verdict_on(baseline, call);
        const bool passes_here = permits(here.action);
        const bool passes_there = permits(there.action);
        result.looser = result.looser || (passes_here && !passes_there);
        result.tighter = result.tighter || (!passes_here && passes_there);
        result.answers = result.answers || (passes_here == passes_there && here != there);
    }
    // Who lets nothing through is not looser, who lets everything through not tighter, whatever samples miss.
    const Passage here = passage_of(ours);
    const Passage there = passage_of(baseline);
    const bool may_be_looser = here != Passage::none && there != Passage::all;
    const bool may_be_tighter = there != Passage::none && here != Passage::all;
    result.known =
        samples.complete || ((result.looser || !may_be_looser) && (result.tighter || !may_be_tighter));
    return result;
}

std::set<std::string> names_of(const std::set<Arch>& archs) {
    std::set<std::string> names;
    for (const Arch arch : archs)
        for (const SyscallRow& row : syscalls_of(arch))
            names.emplace(row.name);
    return names;
}

std::set<Arch> without(const std::set<Arch>& archs, const std::set<Arch>& others) {
    std::set<Arch> result;
    for (const Arch arch : archs)
        if (!others.contains(arch)) result.insert(arch);
    return result;
}

void sort_in(ProfileDiff& result, const std::string& name, const Side& ours, const Side& baseline) {
    const Decision here = ours.decision(name);
    const Decision there = baseline.decision(name);
    const bool surface = passage_of(there) != Passage::none;
    if (surface) ++result.baseline_surface;
    if (surface && passage_of(here) == Passage::none) ++result.surface_gone;
    const Contrast contrast = contrast_of(here, there);
    const Difference difference{name, stance_of(name, here), stance_of(name, there)};
    const bool both_reach = ours.reaches(name) && baseline.reaches(name);
    if ((contrast.looser && contrast.tighter) || !contrast.known)
        result.conditions.push_back(difference);
    else if (contrast.looser)
        result.loosened.push_back(difference);
    else if (contrast.tighter)
        result.tightened.push_back(difference);
    else if (contrast.answers && both_reach)
        result.answers.push_back(difference);
}

}  // namespace

ProfileDiff diff(const Profile& ours, const Profile& baseline, Arch native) {
    const Side here(ours, native);
    const Side there(baseline, native);
    ProfileDiff result;
    result.archs_loosened = without(here.archs(), there.archs());
    result.archs_tightened = without(there.archs(), here.archs());
    std::set<Arch> archs = here.archs();
    archs.insert(there.archs().begin(), there.archs().end());
    for (const std::string& name : names_of(archs))
        sort_in(result, name, here, there);
    return result;
}

}  // namespace scgen
