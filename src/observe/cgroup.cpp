#include "scgen/observe/cgroup.hpp"

#include <algorithm>
#include <optional>

// Groups are read from the root on. Before any container, a group of "conmon" is a runtime's monitor, which is outside of
// the container that it names. Behind one, names are what the container chose: they may say that it holds others, which
// is judged by whoever knows all processes, but never that it is none.

namespace scgen {
namespace {

constexpr std::size_t id_digits = 64;

bool is_hex(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// The run of exactly 64 hex digits in a group's name.
std::string_view long_id_in(std::string_view name) noexcept {
    for (std::size_t begin = 0; begin < name.size();) {
        if (!is_hex(name[begin])) {
            ++begin;
            continue;
        }
        std::size_t end = begin;
        while (end < name.size() && is_hex(name[end]))
            ++end;
        if (end - begin == id_digits) return name.substr(begin, id_digits);
        begin = end;
    }
    return {};
}

/// Cuts "ID" out of "ID" and "PREFIX-ID.scope", for ids that only runtimes know.
std::string_view known_id_in(std::string_view name, const ContainerIds& known) noexcept {
    constexpr std::string_view scope = ".scope";
    if (known.contains(name)) return name;
    if (!name.ends_with(scope)) return {};
    name.remove_suffix(scope.size());
    for (std::size_t dash = name.find('-'); dash != std::string_view::npos; dash = name.find('-', dash + 1))
        if (known.contains(name.substr(dash + 1))) return name.substr(dash + 1);
    return {};
}

bool contains(std::string_view text, std::string_view part) noexcept {
    return text.find(part) != std::string_view::npos;
}

/// The UID in "podUID" or "kubepods-burstable-podUID.slice"; a static pod's has 32 digits and no dashes.
std::string pod_uid_in(std::string_view name) {
    constexpr std::string_view slice = ".slice";
    constexpr std::size_t with_dashes = 36;
    constexpr std::size_t without = 32;
    if (name.ends_with(slice)) name.remove_suffix(slice.size());
    const std::size_t pod = name.rfind("pod");
    if (pod == std::string_view::npos || (pod > 0 && name[pod - 1] != '-')) return {};
    std::string uid(name.substr(pod + 3));
    std::replace(uid.begin(), uid.end(), '_', '-');
    for (std::size_t i = 0; i < uid.size(); ++i) {
        const bool dash = uid.size() == with_dashes && (i == 8 || i == 13 || i == 18 || i == 23);
        if (dash ? uid[i] != '-' : !is_hex(uid[i])) return {};
    }
    return uid.size() == with_dashes || uid.size() == without ? uid : std::string();
}

/// What a path says; nothing for a runtime's monitor.
CgroupPlace read_path(std::string_view path, const ContainerIds& known) {
    CgroupPlace place;
    while (!path.empty()) {
        const std::string_view name = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(name.size() + 1, path.size()));
        if (place.ids.empty() && contains(name, "conmon")) return {};
        if (contains(name, "libpod_pod_")) continue;  // a pod of Podman, whose id is as long
        std::string_view id = long_id_in(name);
        if (id.empty()) id = known_id_in(name, known);
        if (!id.empty()) place.ids.emplace_back(id);
        if (place.ids.empty())
            if (std::string uid = pod_uid_in(name); !uid.empty()) place.pod_uid = std::move(uid);
    }
    return place;
}

}  // namespace

CgroupPlace read_cgroup(std::string_view text, const ContainerIds& known) {
    CgroupPlace found;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second == std::string_view::npos) continue;
        CgroupPlace place = read_path(line.substr(second + 1), known);
        if (place.ids.empty()) continue;
        if (found.ids.empty() || place.ids.size() < found.ids.size()) found = std::move(place);
    }
    return found;
}

}  // namespace scgen
