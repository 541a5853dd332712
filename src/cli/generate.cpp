#include <algorithm>
#include <optional>

#include "announcer.hpp"
#include "commands.hpp"
#include "destination.hpp"
#include "reading.hpp"
#include "verdict.hpp"

// On a stream the answer is given again and again: once a second, if anything came, the verdict on all that
// was seen so far is made anew and the files that it changes are replaced. What is written at the end is the
// same function of the same observations, so a recording that was watched and one that was read later give
// the same profile.

namespace scgen {
namespace {

/// Keeps what a stream shows up to date: new calls on standard error, the files once a second.
class Live {
  public:
    Live(const Options& options, const Ingest& ingest, Terminal& terminal, Destination& destination)
        : options_(options),
          ingest_(ingest),
          terminal_(terminal),
          destination_(destination),
          announcer_(options, terminal) {}

    void update(bool grown) {
        constexpr std::chrono::seconds pause{1};
        announcer_.announce(ingest_.observations(), grown);
        pending_ = pending_ || grown;
        const auto now = std::chrono::steady_clock::now();
        if (!destination_.is_file() || !pending_ || now < next_) return;
        const Judgement verdict = judge(ingest_.observations(), facts(), options_);
        if (verdict.exit_code == 0) write(verdict);
        pending_ = false;
        next_ = std::chrono::steady_clock::now() + pause;
    }

    void finish() { announcer_.finish(ingest_.observations()); }

    /// When update() is wanted though nothing comes.
    std::optional<std::chrono::steady_clock::time_point> due() const {
        const auto announce = announcer_.due();
        if (!destination_.is_file() || !pending_) return announce;
        return announce ? std::min(*announce, next_) : next_;
    }

  private:
    /// All that was read so far; what was lost of it is looked up where somebody wants to know.
    InputFacts facts() const {
        if (options_.strict) return facts_of(ingest_);
        InputFacts facts;
        facts.tally = ingest_.tally();
        return facts;
    }

    /// A disk that is full now may not be at the end, and what was recorded so far cannot be had again.
    void write(const Judgement& verdict) {
        try {
            destination_.write(verdict);
        } catch (const Error& error) {
            if (failure_ != error.what()) terminal_.warning(error.what());
            failure_ = error.what();
        }
    }

    const Options& options_;
    const Ingest& ingest_;
    Terminal& terminal_;
    Destination& destination_;
    Announcer announcer_;
    std::chrono::steady_clock::time_point next_{};
    bool pending_ = false;
    std::string failure_;
};

}  // namespace

int run_generate(const Options& options, Terminal& terminal) {
    Ingest ingest(options.input.ingest);
    Destination destination(options, terminal);
    std::optional<Live> live;
    if (any_stream(options.input)) live.emplace(options, ingest, terminal, destination);
    options.containers->hear(ingest, destination.on_record());
    read_logs(
        options.input, ingest, terminal,
        [&live](bool grown) {
            if (live) live->update(grown);
        },
        [&live] { return live ? live->due() : std::nullopt; });
    if (live) live->finish();
    return conclude(ingest, options, destination, terminal);
}

}  // namespace scgen
