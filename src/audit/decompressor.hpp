#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace scgen {

/// Whether a file that begins so is compressed with gzip, xz, zstd or bzip2.
bool is_compressed(std::string_view begin) noexcept;

/// The plain bytes of a compressed file, as a stream.
///
/// Shape:  members of one file that follow each other (a log that gzip appended to) are one stream.
/// Errors: Error naming the file, for damaged or cut data.
class Decompressor {
  public:
    /// `begin` is what was already read from `fd`, which stays the caller's.
    Decompressor(std::string name, std::string_view begin, int fd);
    ~Decompressor();
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;

    /// Fills some of `buffer`; 0 at the end.
    std::size_t read(std::span<char> buffer);

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace scgen
