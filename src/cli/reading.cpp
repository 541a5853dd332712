#include "reading.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>

#include "progress.hpp"
#include "scgen/error.hpp"
#include "stop.hpp"

// One loop for all kinds of input. Streams are open from the start and wait in one poll(), so that what comes is fed,
// and what it means told, at once; there is no tick. Files come one after the other, each a piece in its turn, so
// that any number may be given and none holds up a stream.

namespace scgen {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

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

    std::optional<Clock::time_point> next() const {
        if (!idle_) return end_;
        const auto idle = last_new_ + *idle_;
        return end_ ? std::min(*end_, idle) : idle;
    }

  private:
    std::optional<milliseconds> idle_;
    Clock::time_point last_new_;
    std::optional<Clock::time_point> end_;
};

class Reading {
  public:
    Reading(const InputOptions& input, Ingest& ingest, Terminal& terminal, const AfterBlock& after_block,
            const WhenDue& when_due)
        : input_(input),
          ingest_(ingest),
          terminal_(terminal),
          after_block_(after_block),
          when_due_(when_due),
          progress_(terminal, ingest),
          deadlines_(input) {
        if (any_stream(input)) signals_.emplace();
        open_streams();
    }

    Ending run() {
        std::optional<Ending> ending;
        while (!ending) {
            open_next_file();
            if (open_.empty()) break;
            read_what_is_there(wait(next_deadline()));
            if (signals_ && signals_->requested())
                ending = Ending::signal;
            else
                ending = deadlines_.reached();
        }
        if (ending) finish();
        grew(ingest_.end_input());
        return ending.value_or(Ending::end_of_input);
    }

  private:
    struct Open {
        Source source;
        std::uint64_t number;
    };

    void open_streams() {
        if (input_.live) add(Source::live(input_.max_line));
        if (input_.journal) add(Source::journal(*input_.journal, input_.follow, input_.max_line));
        std::vector<std::string> followed;
        for (const std::string& log : input_.logs) {
            if (input_.follow && Source::can_grow(log))
                followed.push_back(log);
            else if (is_stream(log))
                add(Source::open(log, input_.max_line));
            else
                files_.push_back(log);
        }
        if (followed.empty()) return;
        for (const std::string& log : followed)
            if (::access(log.c_str(), F_OK) != 0) terminal_.note(log + ": is not there yet; waiting for it.");
        add(Source::follow(followed, input_.max_line));
    }

    void add(Source source) { open_.push_back({std::move(source), ++opened_}); }

    void open_next_file() {
        if (files_.empty() || file_ != 0) return;
        file_ = ++opened_;
        std::optional<Foresight> ahead;
        if (input_.threads > 1) ahead = ingest_.foresight(file_ << 32U);
        open_.push_back({Source::open(files_.front(), input_.max_line, ahead), file_});
        files_.pop_front();
        progress_.begin_file();
    }

    std::optional<Clock::time_point> next_deadline() const {
        std::optional<Clock::time_point> first = deadlines_.next();
        for (const auto& other : {when_due_ ? when_due_() : std::nullopt, progress_.due()})
            if (other && (!first || *other < *first)) first = other;
        return first;
    }

    /// Waits for any input, a signal, or `until`; the sources that need not be waited for, by their place in open_.
    std::vector<std::size_t> wait(std::optional<Clock::time_point> until) {
        std::vector<pollfd> fds{{signals_ && !finishing_ ? signals_->fd() : -1, POLLIN, 0}};
        bool ready = false;
        for (const Open& open : open_) {
            fds.push_back({open.source.fd(), POLLIN, 0});
            ready = ready || fds.back().fd < 0;
        }
        int patience = ready ? 0 : -1;
        if (!ready && until) {
            constexpr milliseconds longest{60'000};
            const auto left = std::chrono::ceil<milliseconds>(*until - Clock::now());
            patience = static_cast<int>(std::clamp(left, milliseconds(0), longest).count());
        }
        if (::poll(fds.data(), fds.size(), patience) < 0 && errno != EINTR)
            throw Error(std::string("wait for input: ") + std::strerror(errno));
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < open_.size(); ++i)
            if (fds[i + 1].fd < 0 || fds[i + 1].revents != 0) places.push_back(i);
        return places;
    }

    void read_what_is_there(const std::vector<std::size_t>& places) {
        for (const std::size_t place : places)
            feed(open_[place]);
        if (places.empty()) after_block_(false);
        show_progress();
        if (std::any_of(open_.begin(), open_.end(),
                        [this](const Open& open) { return open.number == file_ && open.source.ended(); }))
            file_ = 0;
        open_.erase(
            std::remove_if(open_.begin(), open_.end(), [](const Open& open) { return open.source.ended(); }),
            open_.end());
    }

    void feed(Open& open) {
        Block block = open.source.next(milliseconds(0));
        block.input += open.number << 32U;
        for (const std::string& note : block.notes)
            terminal_.warning(note);
        grew(ingest_.feed(block));
    }

    void show_progress() {
        if (!progress_.is_due()) return;
        std::vector<const Source*> sources;
        for (const Open& open : open_)
            sources.push_back(&open.source);
        progress_.show(sources);
    }

    /// Takes what has come already. It may never be all, where more comes all the time.
    void finish() {
        constexpr std::chrono::seconds patience{3};
        const auto until = Clock::now() + patience;
        finishing_ = true;
        bool whole = files_.empty() && file_ == 0;
        for (Open& open : open_)
            open.source.stop();
        while (!open_.empty() && Clock::now() < until)
            read_what_is_there(wait(until));
        whole = whole && open_.empty();
        if (!whole) terminal_.note("not all of the input was read.");
    }

    void grew(bool grown) {
        if (grown) deadlines_.something_new();
        after_block_(grown);
    }

    const InputOptions& input_;
    Ingest& ingest_;
    Terminal& terminal_;
    const AfterBlock& after_block_;
    const WhenDue& when_due_;
    Progress progress_;
    Deadlines deadlines_;
    std::optional<StopSignals> signals_;
    std::vector<Open> open_;
    std::deque<std::string> files_;  ///< still to be opened
    std::uint64_t opened_ = 0;
    std::uint64_t file_ = 0;  ///< the number of the one that is open; 0 for none
    bool finishing_ = false;
};

}  // namespace

bool any_stream(const InputOptions& input) {
    const auto endless = [&input](const std::string& log) {
        return is_stream(log) || (input.follow && Source::can_grow(log));
    };
    return input.live || (input.journal && input.follow) ||
           std::any_of(input.logs.begin(), input.logs.end(), endless);
}

Ending read_logs(const InputOptions& input, Ingest& ingest, Terminal& terminal, const AfterBlock& after_block,
                 const WhenDue& when_due) {
    const Ending ending = Reading(input, ingest, terminal, after_block, when_due).run();
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
    const bool of_this_machine = input.live || (input.journal && input.journal->empty()) ||
                                 std::any_of(input.logs.begin(), input.logs.end(), is_of_this_machine);
    if (facts.tally[Outcome::observed] == 0 && of_this_machine) facts.machine = ask_machine();
    return facts;
}

}  // namespace scgen
