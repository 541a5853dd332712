// A minijail policy: `name: filter`, one line a name, for one architecture, in the part of the grammar that
// both of minijail's compilers take (libminijail's, written in C, knows 1, expressions and `return ERRNO`;
// actions by name are the Python compiler's alone).
//
// What is not named is killed, with the process where the kernel can. That is never weaker than what a
// profile says, so names that the profile denies with trap or kill are left out, and a default errno becomes
// a note.
//
// Masks: `arg & M` holds when any bit of M is set, `arg in M` when none outside of M is. So (arg & M) == V
// comes to one `arg & bit` for each bit of V, and `arg in ~(M without V)`.
//
// Source: minijail0(5); syscall_filter.c, bpf.c and tools/parser.py of minijail.

#include <array>
#include <charconv>
#include <optional>

#include "emit_forms.hpp"
#include "scgen/abi/syscall_table.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

constexpr std::array<Arch, 7> archs_of_32_bits{Arch::x86,    Arch::arm, Arch::armeb, Arch::mips,
                                               Arch::mipsel, Arch::ppc, Arch::parisc};
/// ABIs that no build of minijail is for: they live beside the one of 64 bits.
constexpr std::array<Arch, 3> archs_of_none{Arch::x32, Arch::mips64n32, Arch::mipsel64n32};

template <std::size_t size>
bool is_among(const std::array<Arch, size>& archs, Arch arch) {
    for (const Arch each : archs)
        if (each == arch) return true;
    return false;
}

/// The name, for people.
std::string arch_word(Arch arch) {
    const auto info = arch_info(arch);
    return info ? std::string(info->name) : std::to_string(static_cast<std::uint32_t>(arch));
}

Arch single_arch(const Profile& profile, const EmitOptions& options) {
    const auto& archs = profile.architectures;
    const std::set<Arch> all = archs.empty() ? std::set<Arch>{native_arch()} : archs;
    if (!options.arch && all.size() > 1) {
        std::set<std::string> words;
        for (const Arch arch : all)
            words.insert(arch_word(arch));
        throw Error("minijail: a policy is for one architecture, and the profile has " + joined(words, ", ") +
                    "; choose one with --arch");
    }
    const Arch arch = options.arch.value_or(*all.begin());
    if (!all.contains(arch))
        throw Error("minijail: the profile does not have architecture " + arch_word(arch) +
                    "; choose one with --arch");
    const auto info = arch_info(arch);
    if (!info || !info->has_table || is_among(archs_of_none, arch))
        throw Error("minijail: architecture " + arch_word(arch) +
                    ": no minijail is built for it; choose another with --arch");
    return arch;
}

/// Conditions as minijail writes them, ANDed. Empty: always. Nothing: never.
using Terms = std::optional<std::vector<std::string>>;

class Conditions {
  public:
    explicit Conditions(Arch arch)
        : all_ones_(is_among(archs_of_32_bits, arch) ? 0xffffffffU : ~std::uint64_t{0}) {}

    Terms terms(const std::string& name, const std::vector<Comparison>& args) const {
        std::vector<std::string> all;
        for (const auto& arg : args) {
            const Terms of_one = arg.op == Comparison::Op::masked_eq ? masked(arg) : plain(name, arg);
            if (!of_one) return std::nullopt;
            all.insert(all.end(), of_one->begin(), of_one->end());
        }
        return all;
    }

  private:
    static std::string term(const Comparison& arg, std::string_view op, std::uint64_t value) {
        std::array<char, 16> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
        return "arg" + std::to_string(arg.index) + " " + std::string(op) + " 0x" +
               std::string(digits.data(), end);
    }

    Terms plain(const std::string& name, const Comparison& arg) const {
        constexpr std::array<std::string_view, 6> signs{"!=", "<", "<=", "==", ">=", ">"};
        if (arg.value > all_ones_)
            throw Error(
                "minijail: " + name + ": " + conditions_text({arg}) +
                " compares with more than the 32 bits of this architecture's arguments; choose another with "
                "--arch, or write --format oci");
        return std::vector{term(arg, signs[static_cast<std::size_t>(arg.op)], arg.value)};
    }

    Terms masked(const Comparison& arg) const {
        const std::uint64_t mask = arg.value & all_ones_;
        if ((arg.value_two & ~mask) != 0) return std::nullopt;
        if (mask == all_ones_) return std::vector{term(arg, "==", arg.value_two)};
        std::vector<std::string> all;
        for (std::uint64_t bit = 1; bit != 0; bit <<= 1U)
            if ((arg.value_two & bit) != 0) all.push_back(term(arg, "&", bit));
        const std::uint64_t zeros = mask & ~arg.value_two;
        if (zeros != 0) all.push_back(term(arg, "in", all_ones_ & ~zeros));
        return all;
    }

    std::uint64_t all_ones_;
};

void refuse_helpers(const std::string& what, Verdict verdict) {
    if (verdict.action == Action::trace || verdict.action == Action::notify)
        throw Error("minijail: " + what + ": " + std::string(action_token(verdict.action)) +
                    " leaves the decision to another process, which a policy cannot; write --format oci");
}

class Policy {
  public:
    Policy(const Profile& profile, Arch arch)
        : arch_(arch),
          conditions_(arch),
          otherwise_(verdict_of(profile.default_action, profile.default_errno)) {
        refuse_helpers("defaultAction", otherwise_);
        if (permits(otherwise_.action))
            throw Error("minijail: the profile permits whatever it does not name (" +
                        verdict_text(otherwise_) +
                        "), and a policy denies that; write --format oci, c or bpf");
        for (const auto& [name, clauses] : clauses_of(profile))
            add(name, clauses);
    }

    Written written() {
        Written result;
        result.bytes = "# " + arch_word(arch_) + ": minijail0 -n -S FILE -- COMMAND\n" + lines_;
        note(result, absent_, "no call of " + arch_word(arch_) + ", left out");
        note(result, logged_, "allowed without being logged in this form");
        note(result, killed_, "denied otherwise in the profile, killed in this form");
        if (otherwise_.action != Action::kill_process)
            result.notes.push_back(
                "minijail: defaultAction: " + verdict_text(otherwise_) +
                " in the profile; minijail kills the process that makes a call not listed");
        if (!startable_)
            result.notes.push_back(
                "minijail: execve is not allowed, and the command is started with it under the "
                "filter: it will not start");
        return result;
    }

  private:
    static void note(Written& result, const std::set<std::string>& names, const std::string& what) {
        if (!names.empty()) result.notes.push_back("minijail: " + names_text(names) + ": " + what);
    }

    void add(const std::string& name, const Clauses& clauses) {
        if (!syscall_number(arch_, name)) {
            absent_.insert(name);
            return;
        }
        for (const auto& clause : clauses)
            refuse_helpers(name, clause.verdict);
        const bool permitting = permits(clauses.front().verdict.action);
        for (const auto& clause : clauses)
            if (permits(clause.verdict.action) != permitting)
                throw Error("minijail: " + name +
                            ": allowed under some conditions and denied under others (" +
                            conditions_text(clause.args) +
                            "), which is not the same thing in a policy; write --format oci, c or bpf");
        if (permitting)
            allow(name, clauses);
        else
            deny(name, clauses);
    }

    void allow(const std::string& name, const Clauses& clauses) {
        std::string expression;
        bool always = false;
        for (const auto& clause : clauses) {
            const Terms terms = conditions_.terms(name, clause.args);
            if (!terms) continue;
            if (clause.verdict.action == Action::log) logged_.insert(name);
            always = always || terms->empty();
            std::string all;
            for (const auto& term : *terms)
                all += (all.empty() ? "" : " && ") + term;
            expression += (expression.empty() ? "" : " || ") + all;
        }
        if (always)
            lines_ += name + ": 1\n";
        else if (!expression.empty())
            lines_ += name + ": " + expression +
                      (otherwise_.action == Action::errno_ ? "; " + return_errno(otherwise_) : "") + "\n";
        if (name == "execve" && (always || !expression.empty())) startable_ = true;
    }

    void deny(const std::string& name, const Clauses& clauses) {
        const Clause& first = clauses.front();
        if (first.unconditional() && first.verdict.action == Action::errno_)
            lines_ += name + ": " + return_errno(first.verdict) + "\n";
        else if (first.verdict.action != Action::kill_process || !first.unconditional())
            killed_.insert(name);
    }

    static std::string return_errno(Verdict verdict) {
        return "return " + std::to_string(verdict.errno_ret.value_or(1));
    }

    Arch arch_;
    Conditions conditions_;
    Verdict otherwise_;
    std::string lines_;
    bool startable_ = false;
    std::set<std::string> absent_;
    std::set<std::string> logged_;
    std::set<std::string> killed_;
};

}  // namespace

Written emit_minijail(const Profile& profile, const EmitOptions& options) {
    Written written = Policy(profile, single_arch(profile, options)).written();
    note_extras(profile, "minijail", written.notes);
    return written;
}

}  // namespace scgen
