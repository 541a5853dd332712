#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace scgen {

/// Replaces the file at `path` by one that holds `text`, whole or not at all.
///
/// Shape:  a new file beside it is written, synced and renamed over it, and the directory synced. A
///         symbolic link is replaced, never followed; what is no regular file is refused. Mode 0644 less
///         the umask.
/// Errors: Error naming the path; the old file is then as it was, unless it says that only the directory's
///         sync failed.
void replace_file(const std::string& path, std::string_view text);

/// Checks that replace_file() could make a file at `path`, before there is anything to write.
///
/// Errors: Error naming the path.
void check_place(const std::string& path);

/// A directory that gets one file for each workload.
///
/// Shape:  a workload keeps its file name for the life of this, and no two share one, whatever they are
///         called. Files are written only when they changed.
class ProfileDirectory {
  public:
    /// Shape:  with `labels`, workloads are called NAMESPACE/POD/CONTAINER, and their files NAMESPACE_POD_CONTAINER.
    /// Errors: Error when the directory is not there and cannot be made.
    ProfileDirectory(std::string path, std::string_view extension, bool labels = false);

    /// Makes the directory hold exactly these (workload -> text), of those that were written through this.
    ///
    /// Errors: Error naming the file.
    void write(const std::map<std::string, std::string>& profiles);

    /// The path of a workload that was written.
    const std::string& path_of(const std::string& workload) const { return files_.at(workload).path; }

  private:
    struct File {
        std::string path;
        std::string text;
        bool written = false;
    };

    File& file_of(const std::string& workload);

    std::string path_;
    bool labels_;
    std::string extension_;
    std::map<std::string, File> files_;
    std::set<std::string> taken_;
};

}  // namespace scgen
