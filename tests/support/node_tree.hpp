#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace scgen {

/// A folder with what a test puts there of a node's files; it goes with this.
class NodeTree {
  public:
    NodeTree() {
        std::string name = (std::filesystem::temp_directory_path() / "node-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        root_ = name;
        std::filesystem::create_directories(root_ / "proc");
    }
    NodeTree(const NodeTree&) = delete;
    NodeTree& operator=(const NodeTree&) = delete;
    ~NodeTree() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    std::string root() const { return root_.string(); }

    void file(const std::string& path, const std::string& text = "") const {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
    }
    void link(const std::string& path, const std::string& target) const {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::filesystem::create_symlink(target, root_ / path);
    }
    /// A process in a group; `ticks` after the machine was started.
    void process(std::int32_t pid, const std::string& group, std::uint64_t ticks = 100) const {
        const std::string folder = "proc/" + std::to_string(pid);
        file(folder + "/cgroup", "0::" + group + "\n");
        std::string stat = std::to_string(pid) + " (a) b)";
        for (int field = 3; field < 22; ++field)
            stat += " 0";
        file(folder + "/stat", stat + " " + std::to_string(ticks) + " 0\n");
    }
    void ends(std::int32_t pid) const { std::filesystem::remove_all(root_ / "proc" / std::to_string(pid)); }

  private:
    std::filesystem::path root_;
};

}  // namespace scgen
