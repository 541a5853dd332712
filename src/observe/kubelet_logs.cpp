#include "kubelet_logs.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace scgen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t id_digits = 64;
constexpr std::size_t least_digits = 12;

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

bool is_id(std::string_view text) noexcept {
    return text.size() >= least_digits && text.size() <= id_digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// POD_NAMESPACE_CONTAINER-ID.log; the names of Kubernetes have no underscores.
std::optional<Container> of_file(std::string_view name) {
    constexpr std::string_view log = ".log";
    if (!name.ends_with(log)) return std::nullopt;
    name.remove_suffix(log.size());
    const std::size_t dash = name.rfind('-');
    if (dash == std::string_view::npos || !is_id(name.substr(dash + 1))) return std::nullopt;
    const auto parts = split(name.substr(0, dash), '_');
    if (parts.size() != 3) return std::nullopt;
    if (std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); }))
        return std::nullopt;
    return Container{std::string(name.substr(dash + 1)), parts[1], parts[0], parts[2], {}};
}

/// The id in ".../ID-json.log".
std::string id_of_target(const fs::path& link) {
    std::error_code error;
    const std::string target = fs::read_symlink(link, error).filename().string();
    const std::string id = target.substr(0, target.find('-'));
    return !error && id.size() == id_digits && is_id(id) ? id : std::string();
}

/// Calls `each` with the entries of a folder; nothing where it cannot be read.
template <class Each>
void for_each_entry(const fs::path& folder, Each&& each) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error))
        each(entry->path());
}

}  // namespace

KubeletLogs::KubeletLogs(const std::string& root) {
    for_each_entry(fs::path(root) / "var/log/containers", [this](const fs::path& file) {
        if (auto container = of_file(file.filename().string())) by_id_.try_emplace(container->id, *container);
    });
    for_each_entry(fs::path(root) / "var/log/pods", [this](const fs::path& folder) {
        const auto parts = split(folder.filename().string(), '_');
        if (parts.size() != 3) return;
        const Container pod{{}, parts[0], parts[1], {}, {}};
        pod_by_uid_.try_emplace(parts[2], pod);
        for_each_entry(folder, [&](const fs::path& of_container) {
            for_each_entry(of_container, [&](const fs::path& file) {
                Container container = pod;
                container.id = id_of_target(file);
                container.name = of_container.filename().string();
                if (!container.id.empty()) by_id_.try_emplace(container.id, container);
            });
        });
    });
}

void KubeletLogs::take_names(Container& container, const std::string& pod_uid) const {
    // An id sorts behind all that it begins with; two that begin one are too rare to look for both.
    auto found = by_id_.upper_bound(container.id);
    const bool known = found != by_id_.begin() && container.id.starts_with((--found)->first);
    const auto pod = pod_by_uid_.find(pod_uid);
    const Container* names = nullptr;
    if (known)
        names = &found->second;
    else if (pod != pod_by_uid_.end())
        names = &pod->second;
    if (names == nullptr) return;
    if (container.pod.empty()) {
        container.pod = names->pod;
        container.pod_namespace = names->pod_namespace;
        if (!names->name.empty()) container.name = names->name;
    } else if (container.name.empty() && pod_label(container) == pod_label(*names)) {
        container.name = names->name;
    }
}

}  // namespace scgen
