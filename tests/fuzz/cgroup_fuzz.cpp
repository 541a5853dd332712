// Any bytes as /proc/PID/cgroup: ids that are some, whatever the order of the lines; and nothing that a container may
// name takes it out of the container.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/observe/cgroup.hpp"

namespace scgen {
namespace {

const ContainerIds known{"web", "my-web", "a-b"};

void require(bool holds, const char* law) {
    if (holds) return;
    std::cerr << "broken: " << law << "\n";
    std::abort();
}

bool is_hex(std::string_view text, bool dashes) {
    return std::all_of(text.begin(), text.end(), [dashes](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (dashes && c == '-');
    });
}

void judge_place(const CgroupPlace& place, std::string_view text) {
    constexpr std::size_t id_digits = 64;
    for (const std::string& id : place.ids) {
        require(text.find(id) != std::string_view::npos, "an id that is not in the text");
        require(known.contains(id) || (id.size() == id_digits && is_hex(id, false)), "an id that is none");
    }
    const std::string& uid = place.pod_uid;
    require(uid.empty() || ((uid.size() == 36 || uid.size() == 32) && is_hex(uid, true)),
            "a UID that is none");
    require(!place.ids.empty() || uid.empty(), "a pod without a container");
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        lines.emplace_back(line);
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return lines;
}

void judge(std::string_view text) {
    const CgroupPlace place = read_cgroup(text, known);
    judge_place(place, text);
    std::string turned;
    std::vector<std::string> lines = lines_of(text);
    std::for_each(lines.rbegin(), lines.rend(),
                  [&turned](const std::string& line) { turned += line + "\n"; });
    require(read_cgroup(turned, known).ids.size() == place.ids.size(), "how deep it is depends on the order");
    for (const std::string& line : lines) {
        const CgroupPlace alone = read_cgroup(line, known);
        judge_place(alone, line);
        require(alone.ids.empty() || (!place.ids.empty() && place.ids.size() <= alone.ids.size()),
                "a hierarchy that says less does not count");
        for (const std::string_view name : {"/conmon", "/x"})
            require(alone.ids.empty() || read_cgroup(line + std::string(name), known) == alone,
                    "a group that a container made takes it out");
    }
}

}  // namespace
}  // namespace scgen

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    scgen::judge({reinterpret_cast<const char*>(data), size});
    return 0;
}
