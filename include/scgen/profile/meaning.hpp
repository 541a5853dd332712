#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scgen/profile/evaluator.hpp"
#include "scgen/profile/profile.hpp"

namespace scgen {

/// What one rule says of one number: a ruling, if all conditions hold.
struct Provision {
    /// The rule's place in Profile::rules, and the name by which it came to this number.
    std::size_t rule = 0;
    std::string name;
    std::vector<Comparison> conditions;
    Ruling ruling;
};

/// What a profile says about any call, read off its rules without compiling anything: the judge of the
/// compiled filter.
///
/// Shape:  the first rule without conditions decides all there is to say of its call, wherever it stands;
/// else each rule
///         whose conditions hold; else the default. On ABIs with socketcall or ipc a rule for a call that
///         those carry holds there too, on the call's sub-number instead of argument 0. ABIs with 32-bit
///         registers, and x32, compare the low halves of arguments. Numbers of an ABI not listed are killed:
///         under x86_64 alone those with bit 30 too, but for -1, which tracers use to skip a call.
/// Source: OCI runtime-spec config-linux.md; libseccomp 2.5.4 db_rule_add() in src/db.c, abi_rule_add() in
/// src/syscalls.c,
///         _gen_bpf_arch() in src/gen_bpf.c; runc matchCall().
class Meaning {
  public:
    using NameOnArch = std::pair<Arch, std::string>;

    /// `left_out` are names that a filter lacks because libseccomp does not know them, wholly (Arch::none) or
    /// on one ABI.
    explicit Meaning(const Profile& profile, const std::set<NameOnArch>& left_out = {});

    /// What may become of the call: one ruling, or several where rules that differ hold at once, among which
    /// libseccomp chooses by the shape of their conditions.
    std::vector<Ruling> rulings(const SeccompData& data) const;

    /// All that is said of a number in the order of the rules; empty when the default is all.
    std::span<const Provision> provisions(Syscall syscall) const;

    /// The ABIs of the profile: those listed, or the native one.
    const std::set<Arch>& archs() const noexcept { return archs_; }

  private:
    void add(std::size_t index, const Rule& rule, const std::set<NameOnArch>& left_out);
    void add(Arch arch, const Provision& provision, bool left_out);
    bool is_listed(const SeccompData& data) const;

    std::set<Arch> archs_;
    Ruling default_;
    std::map<Syscall, std::vector<Provision>> provisions_;
};

/// Whether the ABI's arguments are compared by their low halves only.
bool compares_low_halves(Arch arch) noexcept;

/// The action's ruling with the errno that runtimes give it: EPERM where errno or trace name none.
Ruling ruling_of(const Rule& rule) noexcept;

}  // namespace scgen
