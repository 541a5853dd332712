// Lines for a firejail profile: the filter of the machine's own ABI, and a block on every other.
//
// Without seccomp.block-secondary firejail lets a second ABI through unfiltered: its filters begin with
// "another architecture: allow". seccomp.32.keep would be the way to filter it, but firejail 0.9.72 fills
// that filter with the numbers of the 64-bit ABI (sandbox.c runs `fseccomp keep`, not `keep32`, for it), so
// it is not used. seccomp.drop takes errnos by name only: of "chmod:38" it drops the whole entry without a
// word. Its tables skip unknown names in silence too. Source: firejail 0.9.72, by what `firejail --debug`
// prints of the filters it builds; firejail-profile(5).

#include <array>

#include "emit_forms.hpp"
#include "scgen/error.hpp"
#include "scgen/profile/errno_name.hpp"

namespace scgen {
namespace {

/// What firejail lets through in every allow list, because it needs them itself.
constexpr std::array<std::string_view, 3> always_allowed{"execve", "execveat", "prctl"};

/// The ABIs that are a machine's own, not the second one of another.
constexpr std::array<Arch, 9> primary{Arch::x86_64, Arch::aarch64,  Arch::riscv64,
                                      Arch::s390x,  Arch::ppc64le,  Arch::ppc64,
                                      Arch::mips64, Arch::mipsel64, Arch::loongarch64};

/// firejail's profile reader cuts a line here and takes the rest for another (MAX_READ in profile.c).
constexpr std::size_t longest_line = 8192;

bool is_primary(Arch arch) {
    for (const Arch each : primary)
        if (each == arch) return true;
    return arch == native_arch();
}

void judge_architectures(const Profile& profile, std::vector<std::string>& notes) {
    std::set<std::string> second;
    bool own = profile.architectures.empty();
    for (const Arch arch : profile.architectures) {
        own = own || is_primary(arch);
        const auto info = arch_info(arch);
        if (!is_primary(arch)) second.emplace(info ? info->name : "an ABI of no name");
    }
    if (!own)
        throw Error("firejail: architectures: " + names_text(second) +
                    " alone: firejail filters the machine's own ABI, and would let that one's calls through "
                    "under these "
                    "names; add the 64-bit one with --arch");
    if (!second.empty())
        notes.push_back(
            "firejail: " + names_text(second) +
            ": allowed in the profile, blocked in this form, which filters the machine's own ABI alone");
}

std::string errno_word(Verdict verdict, const std::string& what) {
    const auto name = errno_name(verdict.errno_ret.value_or(1));
    if (!name)
        throw Error("firejail: " + what + ": errno " + std::to_string(verdict.errno_ret.value_or(1)) +
                    " has no name, and firejail takes names only; give it another");
    return std::string(*name);
}

/// firejail kills the thread.
Verdict nearest(Verdict verdict) {
    return verdict.action == Action::errno_ ? verdict : Verdict{Action::kill_thread, {}};
}

std::string denial_word(Verdict verdict, const std::string& what) {
    return verdict.action == Action::errno_ ? errno_word(verdict, what) : "kill";
}

void note_nearest(const std::string& what, Verdict wanted, std::vector<std::string>& notes) {
    if (wanted == nearest(wanted)) return;
    notes.push_back("firejail: " + what + ": " + verdict_text(wanted) +
                    " in the profile, kill_thread in this form");
}

void note_own_calls(const std::set<std::string>& permitted, std::vector<std::string>& notes) {
    std::set<std::string> added;
    for (const auto name : always_allowed)
        if (!permitted.contains(std::string(name))) added.emplace(name);
    if (!added.empty())
        notes.push_back(
            "firejail: " + names_text(added) +
            ": not allowed in the profile; firejail allows what it needs itself, whatever it is told");
}

/// seccomp.block-secondary has its own view of one call.
void note_personality(bool permitted, std::vector<std::string>& notes) {
    if (permitted)
        notes.push_back(
            "firejail: personality: allowed in the profile; with the block on other ABIs firejail denies "
            "it for all but the plain Linux personality");
}

std::string filter_line(const std::string& key, const std::set<std::string>& words) {
    const std::string line = key + " " + joined(words, ",") + "\n";
    if (line.size() >= longest_line)
        throw Error("firejail: the list of names is longer than the " + std::to_string(longest_line) +
                    " bytes of a profile's line; take out names the machine does not have");
    return line;
}

void write_keep(const NameList& list, const std::set<std::string>& names, Verdict otherwise,
                Written& written) {
    if (names.empty())
        throw Error(
            "firejail: the profile allows no call, and firejail has no empty list; allow exit_group at "
            "least");
    written.bytes += filter_line("seccomp.keep", names) + "seccomp.block-secondary\n";
    written.bytes += "seccomp-error-action " +
                     (otherwise.action == Action::log ? "log" : denial_word(otherwise, "defaultAction")) +
                     "\n";
    note_own_calls(names, written.notes);
    note_personality(names.contains("personality") || otherwise.action == Action::log, written.notes);
    if (!list.logged.empty() && otherwise.action != Action::log)
        written.notes.push_back("firejail: " + names_text(list.logged) +
                                ": allowed without being logged in this form");
}

void write_allow_list(const NameList& list, Written& written) {
    const Verdict denial = nearest(list.otherwise);
    note_nearest("defaultAction", list.otherwise, written.notes);
    note_denials(list, denial, "firejail", written.notes);
    write_keep(list, list.permitted(), denial, written);
}

/// A profile that logs what it does not name: firejail's error action can be log, but then for all.
void write_log_list(const NameList& list, Written& written) {
    if (!list.denied.empty())
        throw Error("firejail: " + list.denied.begin()->first + ": " +
                    verdict_text(list.denied.begin()->second) +
                    " beside a default that logs cannot be said; make the default action errno, or write "
                    "--format oci");
    write_keep(list, list.allowed, list.otherwise, written);
}

void write_deny_list(const NameList& list, Written& written) {
    std::set<std::string> words;
    for (const auto& [name, verdict] : list.denied) {
        note_nearest(name, verdict, written.notes);
        words.insert(name + ":" + denial_word(verdict, name));
    }
    if (words.empty())
        throw Error(
            "firejail: the profile denies no call, and firejail has no empty list; leave seccomp out of it");
    written.bytes += filter_line("seccomp.drop", words) + "seccomp.block-secondary\n";
    written.notes.push_back(
        "firejail: names that this firejail does not know are not denied, and it does not say so; "
        "look at firejail --debug-syscalls");
    note_personality(!list.denied.contains("personality"), written.notes);
    if (!list.logged.empty())
        written.notes.push_back("firejail: " + names_text(list.logged) +
                                ": allowed without being logged in this form");
}

}  // namespace

Written emit_firejail(const Profile& profile) {
    const NameList list = name_list(profile, "firejail");
    Written written;
    judge_architectures(profile, written.notes);
    if (list.allows())
        write_allow_list(list, written);
    else if (list.otherwise.action == Action::log)
        write_log_list(list, written);
    else
        write_deny_list(list, written);
    note_extras(profile, "firejail", written.notes);
    return written;
}

}  // namespace scgen
