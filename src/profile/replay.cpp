#include "scgen/profile/replay.hpp"

#include "agreement.hpp"
#include "clauses.hpp"

namespace scgen {
namespace {

bool is_decided_elsewhere(Action action) noexcept {
    return action == Action::notify || action == Action::trace;
}

}  // namespace

Replay::Replay(const Profile& profile) : filter_(Filter::compile(profile)), meaning_(profile) {}

Replayed Replay::ask(Syscall syscall) const {
    if (syscall.arch == Arch::none) return {Reply::unknown};
    bool any_passes = false;
    bool any_fails = false;
    for (const auto& args : telling_arguments(meaning_.provisions(syscall))) {
        const Ruling ruling = filter_.evaluate(seccomp_data(syscall, args));
        (permits(ruling.action) ? any_passes : any_fails) = true;
        if (!is_decided_elsewhere(ruling.action)) continue;
        any_passes = any_fails = true;
    }
    Replayed replayed;
    replayed.ruling = filter_.evaluate(seccomp_data(syscall));
    if (any_passes) replayed.reply = any_fails ? Reply::depends : Reply::allowed;
    if (replayed.reply == Reply::denied) replayed.because = reason(syscall);
    return replayed;
}

Denial Replay::reason(Syscall syscall) const {
    if (!meaning_.archs().contains(syscall.arch)) return Denial::abi_not_listed;
    const auto name = syscall_name(syscall);
    const bool meant = permits(meaning_.rulings(seccomp_data(syscall)).front().action);
    return name && meant && !libseccomp_knows(syscall, *name) ? Denial::unknown_to_libseccomp : Denial::rules;
}

}  // namespace scgen
