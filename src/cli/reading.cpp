#include "reading.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "scgen/report/table.hpp"
#include "stop.hpp"

namespace scgen {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds tick{100};

bool is_stream(const std::string& log) {
    struct stat status {};
    const int result = log == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(log.c_str(), &status);
    return result == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/// Whether a log is most likely what this machine writes. An empty device (/dev/null) is nobody's.
bool is_of_this_machine(const std::string& log) {
    struct stat status {};
    const int result = log == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(log.c_str(), &status);
    if (result == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))) return true;
    return log.starts_with("/var/log/") || log == "/dev/kmsg" || log == "/proc/kmsg";
}

std::string show_bytes(std::uint64_t bytes) {
    constexpr std::uint64_t kib = 1024;
    if (bytes < kib * kib) return std::to_string(bytes / kib) + " KiB";
    return std::to_string(bytes / (kib * kib)) + " MiB";
}

/// The line that a terminal shows while input is read: bytes, rate and time left for files, records for
/// streams.
class Progress {
  public:
    Progress(Terminal& terminal, const Ingest& ingest) : terminal_(terminal), ingest_(ingest) {}

    void show(const Source& source) {
        constexpr milliseconds pause{200};
        if (!terminal_.shows_progress()) return;
        const auto now = Clock::now();
        if (now - shown_ < pause) return;
        shown_ = now;
        terminal_.progress(text_of(source, now));
    }

    void begin_log(std::uint64_t bytes) {
        begin_ = Clock::now();
        shown_ = begin_;
        first_byte_ = bytes;
    }

  private:
    std::string text_of(const Source& source, Clock::time_point now) const {
        const std::uint64_t read = source.bytes_read() - first_byte_;
        const auto taken = std::chrono::duration_cast<milliseconds>(now - begin_).count();
        const std::uint64_t rate = taken > 0 ? read * 1000 / static_cast<std::uint64_t>(taken) : 0;
        std::string out = source.name() + ": " + show_bytes(source.bytes_read());
        if (source.size() > 0) {
            out += " of " + show_bytes(source.size()) + ", " + show_bytes(rate) + "/s";
            if (rate > 0 && source.size() > source.bytes_read())
                out += ", " + std::to_string((source.size() - source.bytes_read()) / rate + 1) + " s left";
        }
        return out + ", " + counted(ingest_.tally()[Outcome::observed], "record");
    }

    Terminal& terminal_;
    const Ingest& ingest_;
    Clock::time_point begin_{};
    Clock::time_point shown_{};
    std::uint64_t first_byte_ = 0;
};

/// When reading must end though the input has not.
class Deadlines {
  public:
    explicit Deadlines(const InputOptions& input) : idle_(input.idle), last_new_(Clock::now()) {
        if (input.run_for) end_ = last_new_ + *input.run_for;
    }

    void something_new() { last_new_ = Clock::now(); }

    std::optional<Ending> reached() const {
        const auto now = Clock::now();
        if (end_ && now >= *end_) return Ending::time_up;
        if (idle_ && now - last_new_ >= *idle_) return Ending::idle;
        return std::nullopt;
    }

    milliseconds patience() const {
        auto least = Clock::duration(tick);
        const auto now = Clock::now();
        if (end_) least = std::min(least, *end_ - now);
        if (idle_) least = std::min(least, last_new_ + *idle_ - now);
        return std::clamp(std::chrono::ceil<milliseconds>(least), milliseconds(0), tick);
    }

  private:
    std::optional<milliseconds> idle_;
    Clock::time_point last_new_;
    std::optional<Clock::time_point> end_;
};

class Reading {
  public:
    Reading(const InputOptions& input, Ingest& ingest, Terminal& terminal, const AfterBlock& after_block)
        : input_(input),
          ingest_(ingest),
          after_block_(after_block),
          progress_(terminal, ingest),
          deadlines_(input) {
        if (any_stream(input.logs)) signals_.emplace();
    }

    Ending run() {
        for (const std::string& log : input_.logs) {
            Source source = Source::open(log, input_.max_line, signals_ ? signals_->fd() : -1);
            const auto ending = drain(source);
            grew(ingest_.end_input());
            if (ending) return *ending;
        }
        return Ending::end_of_input;
    }

  private:
    std::optional<Ending> drain(Source& source) {
        progress_.begin_log(source.bytes_read());
        for (;;) {
            const Block block = source.next(deadlines_.patience());
            grew(ingest_.feed(block));
            progress_.show(source);
            if (signals_ && signals_->requested()) return Ending::signal;
            if (block.end) return std::nullopt;
            if (const auto ending = deadlines_.reached()) return ending;
        }
    }

    void grew(bool grown) {
        if (grown) deadlines_.something_new();
        after_block_(grown);
    }

    const InputOptions& input_;
    Ingest& ingest_;
    const AfterBlock& after_block_;
    Progress progress_;
    Deadlines deadlines_;
    std::optional<StopSignals> signals_;
};

}  // namespace

bool any_stream(const std::vector<std::string>& logs) {
    return std::any_of(logs.begin(), logs.end(), is_stream);
}

Ending read_logs(const InputOptions& input, Ingest& ingest, Terminal& terminal,
                 const AfterBlock& after_block) {
    const Ending ending = Reading(input, ingest, terminal, after_block).run();
    terminal.wipe();
    if (ending == Ending::time_up) terminal.note("stopped: the time of --for is up.");
    if (ending == Ending::idle) terminal.note("stopped: nothing new came for as long as --idle says.");
    if (ending == Ending::signal) terminal.note("stopped by a signal; what came until then is used.");
    return ending;
}

InputFacts facts_of(const Ingest& ingest) {
    return {.tally = ingest.tally(),
            .origins = ingest.origins(),
            .duplicates = ingest.duplicates(),
            .conflicts = ingest.conflicts(),
            .over_limit = ingest.observations().over_limit(),
            .unnamed = 0,
            .losses = ingest.ledger().account(),
            .container_output = ingest.container_output(),
            .machine = {}};
}

InputFacts facts_at_end(const Ingest& ingest, const InputOptions& input) {
    InputFacts facts = facts_of(ingest);
    if (facts.tally[Outcome::observed] == 0 &&
        std::any_of(input.logs.begin(), input.logs.end(), is_of_this_machine))
        facts.machine = ask_machine();
    return facts;
}

}  // namespace scgen
