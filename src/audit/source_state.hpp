#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "scgen/audit/source.hpp"

namespace scgen {

/// One kind of source. Nothing here waits: whoever reads polls fd() first.
class Source::State {
  public:
    explicit State(std::string name) : name_(std::move(name)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    virtual ~State() = default;

    virtual Block next() = 0;
    virtual int fd() const noexcept = 0;
    virtual void stop() = 0;

    bool ended() const noexcept { return ended_; }
    const std::string& name() const noexcept { return name_; }
    std::uint64_t size() const noexcept { return size_; }
    std::uint64_t bytes_read() const noexcept { return bytes_read_; }

  protected:
    void set_size(std::uint64_t size) noexcept { size_ = size; }
    void count_read(std::uint64_t bytes) noexcept { bytes_read_ += bytes; }
    void set_ended() noexcept { ended_ = true; }

  private:
    std::string name_;
    std::uint64_t size_ = 0;
    std::uint64_t bytes_read_ = 0;
    bool ended_ = false;
};

/// Throws Error: "NAME: WHAT: the text of `error`".
[[noreturn]] void fail_input(const std::string& name, const char* what, int error);

/// Refuses files that begin as what is no text, with what reads them.
void refuse_binary(const std::string& name, std::string_view begin);

}  // namespace scgen
