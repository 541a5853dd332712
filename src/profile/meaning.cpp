// The plain judge. It is slow and short on purpose: every call walks a list of rules, as the documents
// describe it, so that what it says can be checked by reading. Three things in it are not the profile's but
// libseccomp's, and are part of what a profile means to every runtime: which rule wins, the companions on
// socketcall and ipc, and 32-bit comparison. The companion of a rule with conditions keeps the conditions on
// arguments 1 to 5, although there they are about the multiplexer's arguments: a pointer in argument 1.

#include "scgen/profile/meaning.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tuple>

namespace scgen {
namespace {

constexpr std::uint32_t x32_bit = 0x40000000;

/// Sub-numbers of socketcall (include/uapi/linux/net.h).
constexpr std::array<std::string_view, 20> socket_calls{
    "socket",     "bind",    "connect", "listen",  "accept",   "getsockname", "getpeername",
    "socketpair", "send",    "recv",    "sendto",  "recvfrom", "shutdown",    "setsockopt",
    "getsockopt", "sendmsg", "recvmsg", "accept4", "recvmmsg", "sendmmsg"};

/// Sub-numbers of ipc (include/uapi/linux/ipc.h).
constexpr std::array<std::pair<std::uint64_t, std::string_view>, 12> ipc_calls{{{1, "semop"},
                                                                                {2, "semget"},
                                                                                {3, "semctl"},
                                                                                {4, "semtimedop"},
                                                                                {11, "msgsnd"},
                                                                                {12, "msgrcv"},
                                                                                {13, "msgget"},
                                                                                {14, "msgctl"},
                                                                                {21, "shmat"},
                                                                                {22, "shmdt"},
                                                                                {23, "shmget"},
                                                                                {24, "shmctl"}}};

/// The multiplexer that carries a call, and the call's number there.
std::optional<std::pair<std::string_view, std::uint64_t>> multiplexer_of(std::string_view name) {
    for (std::size_t i = 0; i < socket_calls.size(); ++i)
        if (socket_calls[i] == name) return std::pair(std::string_view("socketcall"), i + 1);
    for (const auto& [number, call] : ipc_calls)
        if (call == name) return std::pair(std::string_view("ipc"), number);
    return std::nullopt;
}

std::vector<std::vector<Comparison>> alternatives(const Rule& rule) {
    std::set<std::uint32_t> indexes;
    for (const auto& each : rule.args)
        indexes.insert(each.index);
    if (indexes.size() == rule.args.size()) return {rule.args};
    std::vector<std::vector<Comparison>> all;
    for (const auto& each : rule.args)
        all.push_back({each});
    return all;
}

/// Values as the ABI compares them, without what holds always.
std::vector<Comparison> as_compared(Arch arch, std::vector<Comparison> conditions) {
    if (compares_low_halves(arch)) {
        for (auto& each : conditions) {
            each.value &= 0xffffffffU;
            each.value_two &= 0xffffffffU;
        }
    }
    std::erase_if(conditions, [](const Comparison& each) {
        return each.op == Comparison::Op::masked_eq && each.value == 0 && each.value_two == 0;
    });
    return conditions;
}

std::vector<Comparison> on_multiplexer(std::uint64_t number, std::vector<Comparison> conditions) {
    std::erase_if(conditions, [](const Comparison& each) { return each.index == 0; });
    conditions.push_back({.index = 0, .op = Comparison::Op::eq, .value = number, .value_two = 0});
    return conditions;
}

bool holds(const Comparison& comparison, std::uint64_t argument) {
    switch (comparison.op) {
        case Comparison::Op::ne: return argument != comparison.value;
        case Comparison::Op::lt: return argument < comparison.value;
        case Comparison::Op::le: return argument <= comparison.value;
        case Comparison::Op::eq: return argument == comparison.value;
        case Comparison::Op::ge: return argument >= comparison.value;
        case Comparison::Op::gt: return argument > comparison.value;
        case Comparison::Op::masked_eq: return (argument & comparison.value) == comparison.value_two;
    }
    return false;
}

bool all_hold(const Provision& provision, const SeccompData& data, bool low_halves) {
    return std::all_of(provision.conditions.begin(), provision.conditions.end(), [&](const Comparison& each) {
        if (each.index >= data.args.size()) return false;
        const std::uint64_t argument = data.args[each.index];
        return holds(each, low_halves ? argument & 0xffffffffU : argument);
    });
}

Ruling ruling_with_errno(Action action, std::optional<std::uint32_t> errno_ret) {
    constexpr std::uint32_t eperm = 1;
    if (action != Action::errno_ && action != Action::trace) return {action, 0};
    return {action, static_cast<std::uint16_t>(errno_ret.value_or(eperm) & 0xffffU)};
}

}  // namespace

bool compares_low_halves(Arch arch) noexcept {
    switch (arch) {
        case Arch::x86:
        case Arch::x32:
        case Arch::arm:
        case Arch::mips:
        case Arch::mipsel:
        case Arch::mips64n32:
        case Arch::mipsel64n32:
        case Arch::ppc:
        case Arch::s390:
        case Arch::parisc:
        case Arch::m68k:
        case Arch::sh:
        case Arch::sheb: return true;
        default: return false;
    }
}

Ruling ruling_of(const Rule& rule) noexcept {
    return ruling_with_errno(rule.action, rule.errno_ret);
}

Meaning::Meaning(const Profile& profile, const std::set<NameOnArch>& left_out)
    : archs_(profile.architectures),
      default_(ruling_with_errno(profile.default_action, profile.default_errno)) {
    if (archs_.empty()) archs_.insert(native_arch());
    for (std::size_t index = 0; index < profile.rules.size(); ++index)
        if (ruling_of(profile.rules[index]) != default_) add(index, profile.rules[index], left_out);
}

void Meaning::add(std::size_t index, const Rule& rule, const std::set<NameOnArch>& left_out) {
    for (const auto& name : rule.names) {
        if (left_out.contains({Arch::none, name})) continue;
        for (const auto& conditions : alternatives(rule))
            for (const Arch arch : archs_)
                add(arch, {index, name, conditions, ruling_of(rule)}, left_out.contains({arch, name}));
    }
}

void Meaning::add(Arch arch, const Provision& provision, bool left_out) {
    Provision here = provision;
    if (const auto carrier = multiplexer_of(provision.name)) {
        if (const auto number = syscall_number(arch, carrier->first)) {
            here.conditions = as_compared(arch, on_multiplexer(carrier->second, provision.conditions));
            provisions_[{arch, *number}].push_back(here);
        }
    }
    const auto number = syscall_number(arch, provision.name);
    if (!number || left_out) return;
    here.conditions = as_compared(arch, provision.conditions);
    provisions_[{arch, *number}].push_back(std::move(here));
}

bool Meaning::is_listed(const SeccompData& data) const {
    const auto token = static_cast<Arch>(data.arch);
    if (token == Arch::x32) return false;  // libseccomp's token, which no kernel uses
    if (token != Arch::x86_64) return archs_.contains(token);
    const bool is_x32 = static_cast<std::uint32_t>(data.nr) >= x32_bit;
    if (archs_.contains(Arch::x86_64)) return !is_x32 || data.nr == -1 || archs_.contains(Arch::x32);
    return is_x32 && archs_.contains(Arch::x32);
}

std::span<const Provision> Meaning::provisions(Syscall syscall) const {
    const auto found = provisions_.find(syscall);
    return found == provisions_.end() ? std::span<const Provision>{} : found->second;
}

std::vector<Ruling> Meaning::rulings(const SeccompData& data) const {
    if (!is_listed(data)) return {{Action::kill_thread, 0}};
    const Arch arch = arch_of(data.arch, data.nr);
    const auto said = provisions({arch, data.nr});
    const auto decided =
        std::find_if(said.begin(), said.end(), [](const Provision& each) { return each.conditions.empty(); });
    if (decided != said.end()) return {decided->ruling};
    std::set<Ruling> all;
    for (const auto& each : said)
        if (all_hold(each, data, compares_low_halves(arch))) all.insert(each.ruling);
    if (all.empty()) return {default_};
    return {all.begin(), all.end()};
}

}  // namespace scgen
