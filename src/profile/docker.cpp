#include "scgen/profile/docker.hpp"

#include <algorithm>
#include <array>

namespace scgen {
namespace {

/// An ABI as Docker knows it: its word in `arches`, and which engines look it up in archMap.
struct NativeRow {
    Arch arch;
    std::string_view word;
    bool docker_maps;
    bool containerd_maps;
    bool podman_maps;

    bool mapped_by(Engine engine) const noexcept {
        switch (engine) {
            case Engine::docker: return docker_maps;
            case Engine::containerd: return containerd_maps;
            case Engine::podman: return podman_maps;
        }
        return false;
    }
};

// moby/profiles seccomp_linux.go goToNative and nativeToSeccomp: for loong64 the one says loongarch64, the
// other loong64, so its archMap entry is never found. containerd contrib/seccomp arches(), a switch over
// GOARCH, which has no mips64n32, and no mipsel64 (it says mips64le). containers-common
// pkg/seccomp/conversion.go.
constexpr std::array natives{
    NativeRow{Arch::x86_64, "amd64", true, true, true},
    NativeRow{Arch::x86, "x86", false, false, false},
    NativeRow{Arch::aarch64, "arm64", true, true, true},
    NativeRow{Arch::arm, "arm", false, false, false},
    NativeRow{Arch::riscv64, "riscv64", true, true, false},
    NativeRow{Arch::s390x, "s390x", true, true, true},
    NativeRow{Arch::s390, "s390", false, false, false},
    NativeRow{Arch::ppc64le, "ppc64le", false, false, false},
    NativeRow{Arch::ppc64, "ppc64", false, false, false},
    NativeRow{Arch::ppc, "ppc", false, false, false},
    NativeRow{Arch::loongarch64, "loongarch64", false, true, false},
    NativeRow{Arch::mips64, "mips64", true, true, true},
    NativeRow{Arch::mips64n32, "mips64n32", true, false, true},
    NativeRow{Arch::mipsel64, "mipsel64", true, false, true},
    NativeRow{Arch::mipsel64n32, "mipsel64n32", true, false, true},
    NativeRow{Arch::mips, "mips", false, false, false},
    NativeRow{Arch::mipsel, "mipsel", false, false, false},
};

const NativeRow* native_row(Arch arch) noexcept {
    const auto* const found =
        std::find_if(natives.begin(), natives.end(), [&](const NativeRow& row) { return row.arch == arch; });
    return found == natives.end() ? nullptr : found;
}

class Resolver {
  public:
    explicit Resolver(const Host& host) : host_(host), row_(native_row(host.arch)) {}

    bool keeps(const ConditionalRule& rule) const {
        return !excluded(rule.excludes) && included(rule.includes);
    }

    std::set<Arch> architectures(const DockerProfile& profile) const {
        if (!profile.head.architectures.empty()) return profile.head.architectures;
        const bool mapped = row_ != nullptr && row_->mapped_by(host_.engine);
        const auto entry = profile.arch_map.find(host_.arch);
        if (!mapped || entry == profile.arch_map.end()) return {};
        std::set<Arch> result = entry->second;
        result.insert(host_.arch);
        return result;
    }

    bool podman() const noexcept { return host_.engine == Engine::podman; }

  private:
    bool has_cap(const std::string& cap) const { return host_.privileged || host_.caps.contains(cap); }
    bool is_native(const std::set<std::string>& words) const {
        return row_ != nullptr && words.contains(std::string(row_->word));
    }
    bool has_cap_of(const std::set<std::string>& caps) const {
        return std::any_of(caps.begin(), caps.end(), [&](const auto& cap) { return has_cap(cap); });
    }
    bool has_caps(const std::set<std::string>& caps) const {
        return std::all_of(caps.begin(), caps.end(), [&](const auto& cap) { return has_cap(cap); });
    }

    bool excluded(const When& when) const {
        return is_native(when.arches) || has_cap_of(when.caps) ||
               (!podman() && when.min_kernel && host_.kernel >= *when.min_kernel);
    }
    bool included(const When& when) const {
        return (when.arches.empty() || is_native(when.arches)) && has_caps(when.caps) &&
               (podman() || !when.min_kernel || host_.kernel >= *when.min_kernel);
    }

    const Host& host_;
    const NativeRow* row_;
};

}  // namespace

Profile resolve(const DockerProfile& profile, const Host& host) {
    const Resolver resolver(host);
    Profile result = profile.head;
    result.architectures = resolver.architectures(profile);
    if (resolver.podman() && profile.named_default_errno) result.default_errno = profile.named_default_errno;
    for (const auto& conditional : profile.rules) {
        if (!resolver.keeps(conditional)) continue;
        Rule rule = conditional.rule;
        if (resolver.podman() && conditional.named_errno) rule.errno_ret = conditional.named_errno;
        result.rules.push_back(std::move(rule));
    }
    return canonical(std::move(result));
}

}  // namespace scgen
