#include "decompressor.hpp"

#include <archive.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "late_library.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

constexpr std::array<std::string_view, 4> magics{"\x1f\x8b",
                                                 "\xfd"
                                                 "7zXZ",
                                                 "\x28\xb5\x2f\xfd", "BZh"};

constexpr std::size_t piece = std::size_t{256} * 1024;

/// The version of its ABI is the same since 2011; a new one would come with a new major version.
static_assert(ARCHIVE_VERSION_NUMBER / 1'000'000 == 3);

struct LibArchive : LateLibrary {
    LibArchive()
        : LateLibrary("libarchive.so.13", "to read compressed logs, or give scgen what zcat prints") {}

    decltype(&::archive_read_new) read_new = function("archive_read_new");
    decltype(&::archive_read_free) read_free = function("archive_read_free");
    decltype(&::archive_read_support_filter_gzip) support_gzip = function("archive_read_support_filter_gzip");
    decltype(&::archive_read_support_filter_xz) support_xz = function("archive_read_support_filter_xz");
    decltype(&::archive_read_support_filter_zstd) support_zstd = function("archive_read_support_filter_zstd");
    decltype(&::archive_read_support_filter_bzip2) support_bzip2 =
        function("archive_read_support_filter_bzip2");
    decltype(&::archive_read_support_format_raw) support_raw = function("archive_read_support_format_raw");
    decltype(&::archive_read_support_format_empty) support_empty =
        function("archive_read_support_format_empty");
    decltype(&::archive_read_open) read_open = function("archive_read_open");
    decltype(&::archive_read_next_header) next_header = function("archive_read_next_header");
    decltype(&::archive_read_data) read_data = function("archive_read_data");
    decltype(&::archive_filter_code) filter_code = function("archive_filter_code");
    decltype(&::archive_error_string) error_string = function("archive_error_string");
    decltype(&::archive_set_error) set_error = function("archive_set_error");
};

}  // namespace

bool is_compressed(std::string_view begin) noexcept {
    return std::any_of(magics.begin(), magics.end(),
                       [begin](std::string_view magic) { return begin.starts_with(magic); });
}

class Decompressor::State {
  public:
    State(std::string name, std::string_view begin, int fd)
        : name_(std::move(name)),
          fd_(fd),
          piece_(begin.begin(), begin.end()),
          owner_(library_.read_new(), library_.read_free),
          archive_(owner_.get()) {
        if (archive_ == nullptr) throw Error(name_ + ": out of memory for the decompressor");
        library_.support_gzip(archive_);
        library_.support_xz(archive_);
        library_.support_zstd(archive_);
        library_.support_bzip2(archive_);
        library_.support_raw(archive_);
        library_.support_empty(archive_);
        archive_entry* entry = nullptr;
        if (library_.read_open(archive_, this, nullptr, supply, nullptr) != ARCHIVE_OK) fail();
        const int status = library_.next_header(archive_, &entry);
        at_end_ = status == ARCHIVE_EOF;
        const bool unknown = library_.filter_code(archive_, 0) == ARCHIVE_FILTER_NONE;
        if (!at_end_ && (status != ARCHIVE_OK || unknown)) fail();
    }

    std::size_t read(std::span<char> buffer) {
        if (at_end_) return 0;
        const la_ssize_t count = library_.read_data(archive_, buffer.data(), buffer.size());
        if (count < 0) fail();
        at_end_ = count == 0;
        return static_cast<std::size_t>(count);
    }

  private:
    [[noreturn]] void fail() const {
        const char* what = library_.error_string(archive_);
        throw Error(name_ + ": decompress: " + (what != nullptr ? what : "damaged data") +
                    "; the file is cut or damaged, or still being written: make a whole copy of it");
    }

    /// Hands libarchive what was read already, then the rest of the file.
    static la_ssize_t supply(archive* archive, void* self, const void** bytes) {
        auto& state = *static_cast<State*>(self);
        if (!std::exchange(state.begun_, true)) {
            *bytes = state.piece_.data();
            return static_cast<la_ssize_t>(state.piece_.size());
        }
        state.piece_.resize(piece);
        ssize_t count = 0;
        do
            count = ::read(state.fd_, state.piece_.data(), state.piece_.size());
        while (count < 0 && errno == EINTR);
        if (count < 0) state.library_.set_error(archive, errno, "read: %s", std::strerror(errno));
        *bytes = state.piece_.data();
        return count;
    }

    std::string name_;
    const LibArchive& library_ = loaded<LibArchive>(name_);
    int fd_;
    std::vector<char> piece_;
    /// Freed also when the constructor throws.
    std::unique_ptr<archive, decltype(LibArchive::read_free)> owner_;
    archive* archive_;
    bool begun_ = false;
    bool at_end_ = false;
};

Decompressor::Decompressor(std::string name, std::string_view begin, int fd)
    : state_(std::make_unique<State>(std::move(name), begin, fd)) {}
Decompressor::~Decompressor() = default;

std::size_t Decompressor::read(std::span<char> buffer) {
    return state_->read(buffer);
}

}  // namespace scgen
