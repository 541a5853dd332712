#include "pod_file.hpp"

#include <algorithm>
#include <filesystem>

#include "scgen/report/escape.hpp"
#include "written.hpp"

namespace scgen {
namespace {

namespace fs = std::filesystem;

/// Where `path` lies below a kubelet's seccomp folder, as it is written or as links lead there.
std::optional<std::string> place_below_kubelet(const fs::path& path) {
    std::error_code ignored;
    const fs::path folder = fs::canonical(path.parent_path(), ignored);
    if (!ignored)
        if (auto place = below_kubelet((folder / path.filename()).string())) return place;
    // With .. in it, only the file system knows where a path leads.
    if (std::find(path.begin(), path.end(), "..") != path.end()) return std::nullopt;
    return below_kubelet(path.lexically_normal().string());
}

}  // namespace

std::string pod_file_path(const std::string& path) {
    return without_json(path) + std::string(pod_extension);
}

Written pod_file(const std::string& path, bool in_directory, std::string_view title,
                 const PodTarget& target) {
    Written written;
    const fs::path file = fs::absolute(path);
    auto place = place_below_kubelet(file);
    if (!place) {
        std::error_code ignored;
        const fs::path folder = fs::weakly_canonical(file.parent_path(), ignored);
        place = (in_directory ? folder.filename() / file.filename() : file.filename()).string();
        const std::string what = in_directory ? "the folder " + folder.filename().string() : *place;
        written.notes.push_back(
            "k8s: copy " + escape(what) +
            " to /var/lib/kubelet/seccomp/ on every node: that is what localhostProfile counts on");
    }
    written.bytes = pod_snippet(title, target, *place);
    return written;
}

}  // namespace scgen
