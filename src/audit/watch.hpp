#pragma once

#include <set>
#include <string>

#include "descriptor.hpp"

namespace scgen {

/// inotify: says which files grew, and in which directories names came or went.
///
/// Errors: Error where the kernel has no more of either, with the limit to raise.
class Watch {
  public:
    Watch();

    /// Polls readable when events() has something to say.
    int fd() const noexcept { return inotify_.get(); }

    /// The number by which events() speaks of this open file, or of all the names it has.
    int add_file(int file, const std::string& name);
    void remove(int number) noexcept;

    /// Directories whose changes may change which file bears `path`: its own, that of each link on the way, or the
    /// deepest one that is there.
    ///
    /// Shape:  `unreadable` gets the name of one that may not be watched.
    std::set<int> add_directories_of(const std::string& path, std::string& unreadable);

    struct Events {
        std::set<int> numbers;
        /// There were too many: anything may have happened.
        bool overflow = false;
    };
    /// What happened since the last call; it does not wait.
    Events events();

  private:
    int add(const std::string& path, unsigned mask, const std::string& name, std::string* unreadable);
    void add_deepest(const std::string& directory, std::set<int>& numbers, std::string& unreadable);

    Descriptor inotify_;
};

}  // namespace scgen
