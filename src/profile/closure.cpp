// --closure full widens a profile by what the same program would call elsewhere, and by nothing it could not
// do before:
//
//  - siblings: other names of the same power (siblings.tsv);
//  - guarded substitutes: a broader call, under conditions that leave it the power of what was seen. glibc
//  forks by
//    clone, so fork brings clone without the flags that make namespaces, as Docker's default has it;
//    getrlimit brings prlimit64 of the own process, without a limit to set; 32-bit ABIs carry socket calls in
//    socketcall and System V IPC in ipc, by a number in the first argument, which is what libseccomp adds
//    there as well;
//  - clone3 keeps its flags behind a pointer, where a filter cannot look. Who was not seen calling it gets
//  ENOSYS, on
//    which libc falls back to clone.

#include "closure.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "profile_facts.hpp"

namespace scgen {
namespace {

constexpr std::uint32_t enosys = 38;
/// NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
constexpr std::uint64_t namespace_flags = 0x7e020000;
constexpr Verdict allow{Action::allow, std::nullopt};

bool clone_flags_are_second(Arch arch) noexcept {
    return arch == Arch::s390 || arch == Arch::s390x;
}

/// 32-bit ABIs that had socketcall and ipc before they had the calls themselves.
bool is_multiplexed(Arch arch) noexcept {
    constexpr std::array archs{Arch::x86,    Arch::s390, Arch::ppc, Arch::mips,
                               Arch::mipsel, Arch::m68k, Arch::sh,  Arch::sheb};
    return std::find(archs.begin(), archs.end(), arch) != archs.end();
}

class Widening {
  public:
    Widening(const std::set<std::string>& seen, const std::set<Arch>& archs,
             const std::set<std::string>& deny)
        : seen_(seen), archs_(archs), deny_(deny) {
        if (archs_.empty()) archs_.insert(native_arch());
    }

    Wider result() {
        add_siblings();
        add_guarded_clone();
        add_guarded_limits();
        add_multiplexed();
        answer_clone3();
        for (auto& [name, clauses] : result_.clauses)
            clauses = normalised(std::move(clauses));
        return std::move(result_);
    }

  private:
    bool saw(std::string_view name) const { return seen_.contains(std::string(name)); }

    void add(std::string_view text, const Clause& clause, const std::string& reason) {
        const std::string name(text);
        if (seen_.contains(name) || deny_.contains(name)) return;
        result_.clauses[name].push_back(clause);
        const auto [known, fresh] = result_.reasons.try_emplace(name, reason);
        if (!fresh && clause.unconditional()) known->second = reason;
    }

    void add_siblings() {
        for (const auto& [member, sibling, why] : generated::siblings)
            if (saw(member))
                add(sibling, {{}, allow},
                    "equivalent of " + std::string(member) + " (seen): " + std::string(why));
    }

    void add_guarded_clone() {
        const bool fork = saw("fork");
        if (!fork && !saw("vfork")) return;
        const auto second = std::count_if(archs_.begin(), archs_.end(), clone_flags_are_second);
        // One rule holds on all ABIs of a profile, and the wrong argument guards nothing.
        if (second != 0 && static_cast<std::size_t>(second) != archs_.size()) return;
        const Comparison guard{second == 0 ? 0U : 1U, Comparison::Op::masked_eq, namespace_flags, 0};
        add("clone", {{guard}, allow},
            std::string("equivalent of ") + (fork ? "fork" : "vfork") +
                " (seen), only without namespace flags: glibc makes processes by clone");
    }

    void add_guarded_limits() {
        const Comparison own_process{0, Comparison::Op::eq, 0, 0};
        const Comparison no_new_limit{2, Comparison::Op::eq, 0, 0};
        for (const std::string_view reader : {"getrlimit", "ugetrlimit"})
            if (saw(reader) && !saw("setrlimit"))
                add("prlimit64", {{own_process, no_new_limit}, allow},
                    "equivalent of " + std::string(reader) +
                        " (seen), only to read limits of the process itself: newer libcs call it instead");
        if (saw("setrlimit"))
            add("prlimit64", {{own_process}, allow},
                "equivalent of setrlimit (seen), only for the process itself: newer libcs call it instead");
    }

    void add_multiplexed() {
        if (std::none_of(archs_.begin(), archs_.end(), is_multiplexed)) return;
        for (const auto& [name, multiplexer, number] : generated::multiplexed) {
            if (!saw(name)) continue;
            // ipc keeps a version in the upper half.
            const Comparison sub_call = multiplexer == "ipc"
                                            ? Comparison{0, Comparison::Op::masked_eq, 0xffff, number}
                                            : Comparison{0, Comparison::Op::eq, number, 0};
            add(multiplexer, {{sub_call}, allow},
                "carries calls that were seen on 32-bit ABIs; only for those");
        }
    }

    void answer_clone3() {
        if (saw("clone") || saw("fork") || saw("vfork"))
            add("clone3", {{}, {Action::errno_, enosys}},
                "not allowed, but answered with ENOSYS, on which libc falls back to clone");
    }

    const std::set<std::string>& seen_;
    std::set<Arch> archs_;
    const std::set<std::string>& deny_;
    Wider result_;
};

/// Calls that programs try first and do without on ENOSYS only, or that nobody calls: the kernel puts uprobe
/// and uretprobe into traced processes.
bool wants_enosys(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 5> names{"clone", "clone3", "socketcall", "uprobe", "uretprobe"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Wider same_power(const std::set<std::string>& seen, const std::set<Arch>& archs,
                 const std::set<std::string>& deny) {
    return Widening(seen, archs, deny).result();
}

std::map<std::string, std::string> forbidden(const std::set<std::string>& allowed) {
    std::map<std::string, std::string> result;
    for (const auto& [name, risk] : generated::risks)
        if (risk.severity != Severity::low && !wants_enosys(name) && !allowed.contains(std::string(name)))
            result.emplace(name, risk.reason);
    return result;
}

}  // namespace scgen
