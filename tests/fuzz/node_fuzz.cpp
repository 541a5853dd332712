// Any bytes in the files of a node, of processes and of what runtimes keep: containers, each once, with the processes that
// there are. The input is files, one after another, with "\n--\n" between them.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "scgen/observe/node.hpp"

namespace scgen {
namespace {

namespace fs = std::filesystem;

void require(bool holds, const char* law) {
    if (holds) return;
    std::cerr << "broken: " << law << "\n";
    std::abort();
}

/// A node's files in a folder of their own, as long as the program runs.
class Node {
  public:
    Node() {
        std::string name = (fs::temp_directory_path() / "node-fuzz-XXXXXX").string();
        require(::mkdtemp(name.data()) != nullptr, "there is a place for files");
        root_ = name;
        for (const std::string& file : files_)
            fs::create_directories((root_ / file).parent_path());
    }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node() {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }

    void fill(std::string_view text) {
        constexpr std::string_view between = "\n--\n";
        for (const std::string& file : files_) {
            const std::size_t end = std::min(text.find(between), text.size());
            std::ofstream(root_ / file, std::ios::binary) << text.substr(0, end);
            text.remove_prefix(std::min(end + between.size(), text.size()));
        }
    }

    std::string root() const { return root_.string(); }

  private:
    const std::string id_ = std::string(64, 'a');
    const std::array<std::string, 8> files_{"proc/10/cgroup",
                                            "proc/10/stat",
                                            "proc/11/cgroup",
                                            "proc/11/stat",
                                            "run/runc/web/state.json",
                                            "run/crun/" + id_ + "/config.json",
                                            "var/lib/docker/containers/" + id_ + "/config.v2.json",
                                            "var/lib/containers/storage/overlay-containers/containers.json"};
    fs::path root_;
};

void judge(const NodeContainers& found) {
    for (std::size_t i = 1; i < found.containers.size(); ++i)
        require(found.containers[i - 1].id < found.containers[i].id,
                "a container is there twice, or out of order");
    for (const Container& container : found.containers) {
        require(!container.id.empty(), "a container has no id");
        for (const std::int32_t pid : container.pids)
            require(pid == 10 || pid == 11, "a process that is none");
        for (const Stay& stay : container.stays)
            require(container.pids.contains(stay.pid), "a stay of another process");
    }
    for (const std::int32_t pid : {10, 11}) {
        const auto in = std::count_if(found.containers.begin(), found.containers.end(),
                                      [pid](const Container& each) { return each.pids.contains(pid); });
        require(in <= 1, "a process in two containers");
    }
}

}  // namespace
}  // namespace scgen

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static scgen::Node node;
    node.fill({reinterpret_cast<const char*>(data), size});
    scgen::judge(scgen::containers_of_node(node.root()));
    return 0;
}
