#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "scgen/profile/evaluator.hpp"
#include "scgen/profile/profile.hpp"

namespace scgen {

/// The BPF program that a container runtime loads for a Profile, compiled by libseccomp with the runtime's
/// own rules.
///
/// Shape:  rules equal to the default are left out; names libseccomp does not know are skipped; a rule with
/// two
///         conditions on one argument is one rule for each of its conditions; an ABI that is not listed is
///         killed (libseccomp's SCMP_FLTATR_ACT_BADARCH). Flags and listeners do not change the program.
///         Unlike a runtime, which adds the listed ABIs to its own, the program is for exactly the ABIs
///         listed, so that it is the same on every machine; an empty list is the native one. Not in it is the
///         stub that runc puts in front since 1.0.0-rc93: numbers above the largest that the profile names
///         give ENOSYS there instead of an errno, trap or kill by default. crun has none, and nothing that is
///         allowed depends on it.
/// Source: libcontainer/seccomp/seccomp_linux.go of runc, src/libcrun/seccomp.c of crun, libseccomp 2.5.4.
class Filter {
  public:
    /// How the program looks for a number: one after the other, or by halves, as runc does since 1.2 for more
    /// than ten rules.
    enum class Search : std::uint8_t { linear, binary };

    /// Errors: Error for what libseccomp or the runtimes refuse: an ABI that this libseccomp does not know,
    /// ABIs of both
    ///         byte orders, rules that contradict each other, notify as the default or on write, too long a
    ///         program.
    static Filter compile(const Profile& profile, Search search = Search::linear);

    Ruling evaluate(const SeccompData& data) const noexcept { return program_.evaluate(data); }
    std::span<const Instruction> instructions() const noexcept { return program_.instructions(); }

    /// struct sock_filter[] as bytes, in the byte order of the ABIs: what bubblewrap, crun's annotation and
    /// seccomp(2) take.
    std::string bytes() const;

    /// Whether the ABIs have this machine's byte order. libseccomp 2.5.4 makes long programs for the other
    /// one wrong: their long jumps end elsewhere.
    bool is_native() const noexcept;

    /// The names of the profile that are not in the program because libseccomp does not know them at all.
    const std::set<std::string>& skipped() const noexcept { return skipped_; }

  private:
    Filter(Program program, std::set<std::string> skipped);

    Program program_;
    std::set<std::string> skipped_;
};

/// The same filter as libseccomp's pseudo code, for people to read.
///
/// Errors: as Filter::compile.
std::string filter_pseudo_code(const Profile& profile);

/// Whether libseccomp calls number `nr` of `arch` by this name, so that a rule for the name holds there.
bool libseccomp_knows(Syscall syscall, std::string_view name);

/// Whether libseccomp knows the name on any ABI.
bool libseccomp_knows(std::string_view name);

/// Whether libseccomp can compile for the ABI.
bool libseccomp_knows(Arch arch);

/// The version of libseccomp in use, "2.5.4".
std::string libseccomp_version();

}  // namespace scgen
