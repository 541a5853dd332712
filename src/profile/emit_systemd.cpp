// A drop-in that gives a unit exactly the profile's filter, whatever the unit said before.
//
// An allow list in a unit is never only what it says: with its first line systemd adds the group @default
// (execve, clock and id calls, about sixty names, more with each release). A later line that begins with ~
// takes names out again. So the list opens with @default itself, takes it out, and from then on is exact:
//
//     SystemCallFilter=                   forget what the unit had
//     SystemCallFilter=@default           an allow list; @default would come in anyway
//     SystemCallFilter=~@default          now it is empty
//     SystemCallFilter=accept4 access ... exactly these
//
// Source: systemd 252, src/core/load-fragment.c config_parse_syscall_filter(); systemd.exec(5).

#include <algorithm>
#include <array>
#include <utility>

#include "emit_forms.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

/// Source: systemd 252, src/shared/seccomp-util.c seccomp_arch_from_string().
constexpr std::array<std::pair<Arch, std::string_view>, 20> arch_names{{
    {Arch::x86_64, "x86-64"},
    {Arch::x86, "x86"},
    {Arch::x32, "x32"},
    {Arch::aarch64, "arm64"},
    {Arch::arm, "arm"},
    {Arch::riscv64, "riscv64"},
    {Arch::s390x, "s390x"},
    {Arch::s390, "s390"},
    {Arch::ppc64le, "ppc64-le"},
    {Arch::ppc64, "ppc64"},
    {Arch::ppc, "ppc"},
    {Arch::loongarch64, "loongarch64"},
    {Arch::mips64, "mips64"},
    {Arch::mips64n32, "mips64-n32"},
    {Arch::mips, "mips"},
    {Arch::mipsel64, "mips64-le"},
    {Arch::mipsel64n32, "mips64-le-n32"},
    {Arch::mipsel, "mips-le"},
    {Arch::parisc, "parisc"},
    {Arch::parisc64, "parisc64"},
}};

/// systemd knows errnos from 1 to ERRNO_MAX, to which the kernel cuts larger ones anyway.
constexpr std::uint32_t errno_max = 4095;

std::string arch_words(const std::set<Arch>& archs) {
    if (archs.empty()) return "native";
    std::set<std::string> words;
    for (const Arch arch : archs) {
        std::string word;
        for (const auto& [known, name] : arch_names)
            if (known == arch) word = name;
        if (word.empty()) {
            const auto info = arch_info(arch);
            throw Error("systemd: architecture " + std::string(info ? info->name : "of no name") +
                        ": SystemCallArchitectures= has no word for it; leave it out with --arch");
        }
        words.insert(word);
    }
    return joined(words, " ");
}

/// Lines of `key` with the words, broken where they grow long; systemd joins them.
std::string lines(const std::string& key, std::string_view sign, const std::set<std::string>& words) {
    constexpr std::size_t width = 110;
    std::string text;
    std::string line;
    for (const auto& word : words) {
        if (!line.empty() && line.size() + 1 + word.size() > width) {
            text += line + "\n";
            line.clear();
        }
        line += line.empty() ? key + "=" + std::string(sign) + word : " " + word;
    }
    return line.empty() ? text : text + line + "\n";
}

/// What systemd can deny with: an errno, or the kill of the process, never weaker than the profile's.
Verdict nearest(Verdict verdict, const std::string& what) {
    if (verdict.action != Action::errno_) return {Action::kill_process, {}};
    if (verdict.errno_ret == 0U)
        throw Error("systemd: " + what +
                    ": errno 0 lets a denied call seem to succeed, which a unit cannot say; give it "
                    "another errno");
    return {Action::errno_, std::min(verdict.errno_ret.value_or(1), errno_max)};
}

std::string denial_word(Verdict verdict) {
    return verdict.action == Action::errno_ ? std::to_string(verdict.errno_ret.value_or(1)) : "kill";
}

void note_nearest(const std::string& what, Verdict wanted, Verdict actual, std::vector<std::string>& notes) {
    if (wanted == actual || wanted.action == Action::errno_) return;
    notes.push_back("systemd: " + what + ": " + verdict_text(wanted) + " in the profile, " +
                    verdict_text(actual) + " in this form");
}

void write_allow_list(const NameList& list, Written& written) {
    const Verdict denial = nearest(list.otherwise, "defaultAction");
    note_nearest("defaultAction", list.otherwise, denial, written.notes);
    note_denials(list, denial, "systemd", written.notes);
    written.bytes += "SystemCallFilter=\nSystemCallFilter=@default\nSystemCallFilter=~@default\n";
    written.bytes += lines("SystemCallFilter", "", list.permitted());
    written.bytes += "SystemCallErrorNumber=" + denial_word(denial) + "\n";
    written.bytes += "SystemCallLog=\n" + lines("SystemCallLog", "", list.logged);
}

void write_deny_list(const NameList& list, Written& written) {
    std::set<std::string> words;
    for (const auto& [name, verdict] : list.denied) {
        const Verdict denial = nearest(verdict, name);
        note_nearest(name, verdict, denial, written.notes);
        words.insert(name + ":" + denial_word(denial));
    }
    written.bytes += "SystemCallFilter=\n" + lines("SystemCallFilter", "~", words);
    written.bytes += "SystemCallLog=\n";
    if (list.otherwise.action == Action::allow) {
        written.bytes += lines("SystemCallLog", "", list.logged);
        return;
    }
    // An empty list of exceptions is, to systemd, no logging at all.
    if (list.allowed.empty())
        throw Error(
            "systemd: a unit cannot log every call; allow at least one without logging, exit_group say");
    written.bytes += lines("SystemCallLog", "~", list.allowed);
}

}  // namespace

Written emit_systemd(const Profile& profile) {
    const NameList list = name_list(profile, "systemd");
    Written written;
    written.bytes =
        "# A drop-in: put it in /etc/systemd/system/UNIT.d/ and run systemctl daemon-reload.\n[Service]\n"
        "SystemCallArchitectures=\nSystemCallArchitectures=" +
        arch_words(profile.architectures) + "\n";
    if (list.allows())
        write_allow_list(list, written);
    else
        write_deny_list(list, written);
    note_extras(profile, "systemd", written.notes);
    note_execve(list, "systemd", written.notes);
    return written;
}

}  // namespace scgen
