#include "scgen/profile/recording.hpp"

#include <array>

#include "scgen/profile/baseline.hpp"

namespace scgen {
namespace {

constexpr std::array<std::string_view, 10> commonest{"close",          "futex",  "mmap", "mprotect",
                                                     "newfstatat",     "openat", "read", "rt_sigaction",
                                                     "rt_sigprocmask", "write"};

}  // namespace

std::span<const std::string_view> commonest_calls() noexcept {
    return commonest;
}

Profile recording_profile(Arch native, bool all_but_commonest) {
    Profile profile;
    profile.default_action = Action::log;
    Host host;
    host.arch = native;
    // Docker's default knows which ABIs go together.
    profile.architectures = resolve_baseline("docker", std::nullopt, host).architectures;
    profile.architectures.insert(native);
    if (all_but_commonest)
        profile.rules.push_back({{commonest.begin(), commonest.end()}, Action::allow, std::nullopt, {}});
    return canonical(std::move(profile));
}

}  // namespace scgen
