#include "progress.hpp"

#include <algorithm>

#include "scgen/report/table.hpp"

namespace scgen {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds pause{200};

std::string show_bytes(std::uint64_t bytes) {
    constexpr std::uint64_t kib = 1024;
    if (bytes < kib * kib) return std::to_string(bytes / kib) + " KiB";
    return std::to_string(bytes / (kib * kib)) + " MiB";
}

std::uint64_t per_second(std::uint64_t count, std::chrono::steady_clock::duration taken) {
    const auto ms = std::chrono::duration_cast<milliseconds>(taken).count();
    return ms > 0 ? count * 1000 / static_cast<std::uint64_t>(ms) : 0;
}

}  // namespace

Progress::Progress(Terminal& terminal, const Ingest& ingest)
    : terminal_(terminal), ingest_(ingest), begin_(Clock::now()), shown_(begin_) {}

std::optional<std::chrono::steady_clock::time_point> Progress::due() const {
    if (!terminal_.shows_progress() || ingest_.tally().lines() == lines_shown_) return std::nullopt;
    return shown_ + pause;
}

bool Progress::is_due() const {
    const auto when = due();
    return when && Clock::now() >= *when;
}

void Progress::show(const std::vector<const Source*>& sources) {
    const auto now = Clock::now();
    const bool one_file = sources.size() == 1 && sources.front()->size() > 0;
    draw(one_file ? file_text(*sources.front(), now) : stream_text(sources, now), now);
}

void Progress::show_calls(std::string_view name, std::size_t calls) {
    const auto now = Clock::now();
    draw(std::string(name) + ": " + records_text(now) + ", " + counted(calls, "different call"), now);
}

void Progress::draw(const std::string& text, Clock::time_point now) {
    terminal_.progress(text);
    shown_ = now;
    lines_shown_ = ingest_.tally().lines();
    records_shown_ = ingest_.tally()[Outcome::observed];
}

void Progress::begin_file() {
    begin_ = shown_ = Clock::now();
}

std::string Progress::file_text(const Source& file, Clock::time_point now) const {
    const std::uint64_t read = std::min(file.bytes_read(), file.size());
    const std::uint64_t rate = per_second(read, now - begin_);
    std::string out = file.name() + ": " + show_bytes(read) + " of " + show_bytes(file.size()) + ", " +
                      show_bytes(rate) + "/s";
    if (rate > 0 && file.size() > read)
        out += ", " + std::to_string((file.size() - read) / rate + 1) + " s left";
    return out + ", " + counted(ingest_.tally()[Outcome::observed], "record");
}

std::string Progress::stream_text(const std::vector<const Source*>& sources, Clock::time_point now) const {
    std::uint64_t bytes = 0;
    for (const Source* source : sources)
        bytes += source->bytes_read();
    const std::string name = sources.size() == 1 ? sources.front()->name() : counted(sources.size(), "input");
    return name + ": " + show_bytes(bytes) + ", " + records_text(now);
}

std::string Progress::records_text(Clock::time_point now) const {
    const std::uint64_t records = ingest_.tally()[Outcome::observed];
    return counted(records, "record") + ", " +
           std::to_string(per_second(records - records_shown_, now - shown_)) + "/s";
}

}  // namespace scgen
