// The one user of libseccomp: Profile in, program out, done as runc and crun do it.
//
// A runtime makes a context for the default action (which holds the native ABI), adds the listed ABIs, and
// adds each name of each rule by its native number; libseccomp translates the number for every other ABI by
// way of the name. What a runtime skips is skipped here, and what it dies of is an Error here, because a
// profile that does not load is a container that does not start.
//
// libseccomp asks the running kernel which actions it has, and refuses the others. The profile is for another
// machine as often as not, so the API level is set to the newest this libseccomp has: the program then
// depends on the profile and libseccomp alone. Programs for machines of the other byte order come out in that
// order, and are turned round for the evaluator.

#include "scgen/profile/filter.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "scgen/abi/arch.hpp"
#include "scgen/error.hpp"
#include "trial.hpp"

namespace scgen {
namespace {

/// libseccomp copies all its rules for each rule added, so its time grows with the square of their number;
/// one that would be far too long for the kernel is not begun.
constexpr std::size_t max_rules = 8192;

struct Release {
    void operator()(void* context) const noexcept { seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

std::string reason(int negative_errno) {
    return std::strerror(-negative_errno);
}

std::string name_of(Arch arch) {
    if (const auto info = arch_info(arch)) return std::string(info->name);
    return "ABI " + std::to_string(static_cast<std::uint32_t>(arch));
}

/// libseccomp takes errnos as far as the kernel does.
std::uint32_t scmp_errno(std::uint32_t number) {
    constexpr std::uint32_t last = 4095;
    if ((number & 0xffffU) > last)
        throw Error("errno " + std::to_string(number) + ": libseccomp refuses it; the largest is " +
                    std::to_string(last));
    return SCMP_ACT_ERRNO(number);
}

/// libseccomp's action is the kernel's return value; errno and trace carry an errno, EPERM unless told
/// otherwise.
std::uint32_t scmp_action(Action action, std::optional<std::uint32_t> errno_ret) {
    switch (action) {
        case Action::errno_: return scmp_errno(errno_ret.value_or(EPERM));
        case Action::trace: return SCMP_ACT_TRACE(errno_ret.value_or(EPERM));
        case Action::kill_process: return SCMP_ACT_KILL_PROCESS;
        case Action::kill_thread: return SCMP_ACT_KILL_THREAD;
        case Action::trap: return SCMP_ACT_TRAP;
        case Action::notify: return SCMP_ACT_NOTIFY;
        case Action::log: return SCMP_ACT_LOG;
        case Action::allow: return SCMP_ACT_ALLOW;
    }
    throw Error("the action " + std::to_string(static_cast<std::uint32_t>(action)) + " is none of seccomp's");
}

scmp_arg_cmp scmp_comparison(const Comparison& comparison) {
    scmp_compare op = SCMP_CMP_EQ;
    switch (comparison.op) {
        case Comparison::Op::ne: op = SCMP_CMP_NE; break;
        case Comparison::Op::lt: op = SCMP_CMP_LT; break;
        case Comparison::Op::le: op = SCMP_CMP_LE; break;
        case Comparison::Op::eq: op = SCMP_CMP_EQ; break;
        case Comparison::Op::ge: op = SCMP_CMP_GE; break;
        case Comparison::Op::gt: op = SCMP_CMP_GT; break;
        case Comparison::Op::masked_eq: op = SCMP_CMP_MASKED_EQ; break;
    }
    return {.arg = comparison.index, .op = op, .datum_a = comparison.value, .datum_b = comparison.value_two};
}

/// The conditions of each libseccomp rule that one rule of a profile becomes.
std::vector<std::vector<scmp_arg_cmp>> conditions_of(const Rule& rule) {
    std::array<int, 6> uses{};
    bool repeated = false;
    std::vector<scmp_arg_cmp> all;
    for (const auto& comparison : rule.args) {
        if (comparison.index >= uses.size())
            throw Error("argument " + std::to_string(comparison.index) + ": a call has arguments 0 to 5");
        repeated = ++uses[comparison.index] > 1 || repeated;
        all.push_back(scmp_comparison(comparison));
    }
    if (!repeated) return {all};
    std::vector<std::vector<scmp_arg_cmp>> each;
    for (const auto& one : all)
        each.push_back({one});
    return each;
}

void set_search(void* context, Filter::Search search) {
    if (search != Filter::Search::binary) return;
    const int failed = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (failed != 0) throw Error("libseccomp: binary search: " + reason(failed));
}

Context new_context(const Profile& profile, Filter::Search search) {
    static_cast<void>(seccomp_api_set(6));
    if (profile.default_action == Action::notify)
        throw Error(
            "notify as the default action: runtimes refuse it, for the supervisor could never be reached");
    Context context(seccomp_init(scmp_action(profile.default_action, profile.default_errno)));
    if (!context)
        throw Error("libseccomp refuses the default action " +
                    std::string(action_name(profile.default_action)));
    set_search(context.get(), search);
    if (profile.architectures.empty() || profile.architectures.contains(native_arch())) return context;
    const int failed = seccomp_arch_remove(context.get(), seccomp_arch_native());
    if (failed != 0) throw Error("libseccomp: the native ABI cannot be left out: " + reason(failed));
    return context;
}

void add_archs(void* context, const Profile& profile) {
    for (const Arch arch : profile.architectures) {
        const int failed = seccomp_arch_add(context, static_cast<std::uint32_t>(arch));
        if (failed == 0 || failed == -EEXIST) continue;
        if (failed == -EDOM)
            throw Error(name_of(arch) +
                        ": its byte order is not that of the other ABIs; give it a profile of its own");
        throw Error(name_of(arch) + ": libseccomp " + libseccomp_version() +
                    " does not know this ABI; leave it out or use a newer libseccomp");
    }
}

[[noreturn]] void refuse_rule(const std::string& name, int failed) {
    if (failed == -EEXIST)
        throw Error(
            name +
            ": two of its rules contradict each other: their conditions overlap and their actions differ; "
            "libseccomp takes neither order. Drop one of them");
    throw Error(name + ": libseccomp refuses its rule: " + reason(failed));
}

void add_name(void* context, const std::string& name, std::uint32_t action,
              const std::vector<std::vector<scmp_arg_cmp>>& conditions, std::set<std::string>& skipped) {
    const int nr = seccomp_syscall_resolve_name(name.c_str());
    if (nr == __NR_SCMP_ERROR || name.find('\0') != std::string::npos) {
        skipped.insert(name);
        return;
    }
    for (const auto& each : conditions) {
        const int failed =
            seccomp_rule_add_array(context, action, nr, static_cast<unsigned>(each.size()), each.data());
        if (failed != 0) refuse_rule(name, failed);
    }
}

std::set<std::string> add_rules(void* context, const Profile& profile) {
    const std::uint32_t by_default = scmp_action(profile.default_action, profile.default_errno);
    std::set<std::string> skipped;
    std::size_t added = 0;
    for (const auto& rule : profile.rules) {
        if (rule.action == Action::notify && rule.names.contains("write"))
            throw Error(
                "write: runc refuses notify on it, for it needs write itself to reach the supervisor");
        const std::uint32_t action = scmp_action(rule.action, rule.errno_ret);
        if (action == by_default) continue;
        const auto conditions = conditions_of(rule);
        added += rule.names.size() * conditions.size();
        if (added > max_rules)
            throw Error("more than " + std::to_string(max_rules) +
                        " rules, which no program the kernel takes can hold; join rules or drop conditions");
        for (const auto& name : rule.names)
            add_name(context, name, action, conditions, skipped);
    }
    return skipped;
}

/// What `write_to` writes to a file descriptor, as bytes.
template <class WriteTo>
std::string capture(const char* what, WriteTo write_to) {
    const int fd = memfd_create("scgen", MFD_CLOEXEC);
    if (fd < 0) throw Error(std::string(what) + ": memfd_create: " + std::strerror(errno));
    const std::unique_ptr<const int, void (*)(const int*)> closer(&fd,
                                                                  [](const int* open) { ::close(*open); });
    const int failed = write_to(fd);
    if (failed != 0) throw Error(std::string(what) + ": libseccomp: " + reason(failed));
    std::string bytes(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)), '\0');
    if (::pread(fd, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw Error(std::string(what) + ": its memory file cannot be read: " + std::strerror(errno));
    return bytes;
}

/// Whether the ABIs of a profile, which libseccomp has found to agree, keep the high byte first. The token
/// says so: it has
/// __AUDIT_ARCH_LE for the others.
ByteOrder order_of(const Profile& profile) {
    const Arch arch = profile.architectures.empty() ? native_arch() : *profile.architectures.begin();
    return (static_cast<std::uint32_t>(arch) & 0x40000000U) != 0 ? ByteOrder::little : ByteOrder::big;
}

bool is_native(ByteOrder order) {
    return (order == ByteOrder::little) == (std::endian::native == std::endian::little);
}

Instruction turned(Instruction each) {
    each.code = static_cast<std::uint16_t>((each.code >> 8) | (each.code << 8));
    each.k = (each.k >> 24) | (each.k >> 8 & 0xff00U) | (each.k << 8 & 0xff0000U) | (each.k << 24);
    return each;
}

std::vector<Instruction> instructions_in(const std::string& bytes, ByteOrder order) {
    static_assert(sizeof(Instruction) == 8, "as struct sock_filter");
    std::vector<Instruction> all(bytes.size() / sizeof(Instruction));
    std::memcpy(all.data(), bytes.data(), all.size() * sizeof(Instruction));
    if (!is_native(order))
        for (auto& each : all)
            each = turned(each);
    return all;
}

struct Built {
    Context context;
    std::set<std::string> skipped;
};

Built build_at_once(const Profile& profile, Filter::Search search) {
    Context context = new_context(profile, search);
    add_archs(context.get(), profile);
    auto skipped = add_rules(context.get(), profile);
    return {std::move(context), std::move(skipped)};
}

/// Whether libseccomp might never come back. Two rules for one name that begin with the same condition and go on
/// differently (argument 0 is not 5 and argument 1 above 2; argument 0 is not 5 and argument 2 below 1) can send 2.5.4
/// round in circles, and with it every runtime that loads the profile.
bool may_not_end(const Profile& profile) {
    std::map<std::string_view, std::size_t> rules;
    std::set<std::string_view> long_ones;
    for (const auto& rule : profile.rules) {
        if (rule.args.empty()) continue;
        for (const std::string& name : rule.names) {
            ++rules[name];
            if (rule.args.size() > 1) long_ones.insert(name);
        }
    }
    return std::any_of(long_ones.begin(), long_ones.end(),
                       [&](std::string_view name) { return rules[name] > 1; });
}

void refuse_endless(const Profile& profile, Filter::Search search) {
    if (!may_not_end(profile)) return;
    std::size_t rules = 0;
    for (const auto& rule : profile.rules)
        rules += rule.names.size();
    constexpr std::size_t few = 512;
    const unsigned seconds = rules <= few ? 2 : 30;
    const auto work = [&] {
        const Built built = build_at_once(profile, search);
        capture("filter", [&](int fd) { return seccomp_export_bpf(built.context.get(), fd); });
    };
    if (comes_to_an_end(seconds, work)) return;
    throw Error(
        "libseccomp " + libseccomp_version() + " was still at it after " + std::to_string(seconds) +
        " s, and a runtime would be, too: it does not come to an end over some rules for one name that share "
        "a condition. Drop conditions");
}

Built build(const Profile& profile, Filter::Search search) {
    refuse_endless(profile, search);
    return build_at_once(profile, search);
}

}  // namespace

Filter::Filter(Program program, std::set<std::string> skipped)
    : program_(std::move(program)), skipped_(std::move(skipped)) {}

Filter Filter::compile(const Profile& profile, Search search) {
    Built built = build(profile, search);
    const std::string bytes =
        capture("filter", [&](int fd) { return seccomp_export_bpf(built.context.get(), fd); });
    const ByteOrder order = order_of(profile);
    return {Program(instructions_in(bytes, order), order), std::move(built.skipped)};
}

bool Filter::is_native() const noexcept {
    return scgen::is_native(program_.byte_order());
}

std::string Filter::bytes() const {
    std::string bytes;
    for (auto each : instructions()) {
        if (!is_native()) each = turned(each);
        std::array<char, sizeof(Instruction)> raw{};
        std::memcpy(raw.data(), &each, raw.size());
        bytes.append(raw.data(), raw.size());
    }
    return bytes;
}

std::string filter_pseudo_code(const Profile& profile) {
    const Built built = build(profile, Filter::Search::linear);
    return capture("filter", [&](int fd) { return seccomp_export_pfc(built.context.get(), fd); });
}

bool libseccomp_knows(Syscall syscall, std::string_view name) {
    const std::unique_ptr<char, decltype(&std::free)> theirs(
        seccomp_syscall_resolve_num_arch(static_cast<std::uint32_t>(syscall.arch), syscall.nr), &std::free);
    return theirs && name == theirs.get();
}

bool libseccomp_knows(std::string_view name) {
    return name.find('\0') == std::string_view::npos &&
           seccomp_syscall_resolve_name(std::string(name).c_str()) != __NR_SCMP_ERROR;
}

bool libseccomp_knows(Arch arch) {
    const auto info = arch_info(arch);
    return info &&
           seccomp_arch_resolve_name(std::string(info->name).c_str()) == static_cast<std::uint32_t>(arch);
}

std::string libseccomp_version() {
    const auto* version = seccomp_version();
    return std::to_string(version->major) + '.' + std::to_string(version->minor) + '.' +
           std::to_string(version->micro);
}

}  // namespace scgen
