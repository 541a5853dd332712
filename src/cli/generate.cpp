#include <optional>

#include "announcer.hpp"
#include "commands.hpp"
#include "documents.hpp"
#include "output.hpp"
#include "reading.hpp"
#include "scgen/profile/json.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/table.hpp"
#include "verdict.hpp"

// On a stream the answer is given again and again: once a second, if anything came, the verdict on all that
// was seen so far is made anew and the files that it changes are replaced. What is written at the end is the
// same function of the same observations, so a recording that was watched and one that was read later give
// the same profile.

namespace scgen {
namespace {

/// Where profiles go while the input grows and when it ended.
class Destination {
  public:
    /// A place that cannot be written to is better known before hours of recording than after.
    explicit Destination(const Options& options) : options_(options) {
        if (options.directory) directory_.emplace(*options.directory);
        if (options.file) check_place(*options.file);
    }

    bool is_file() const noexcept { return options_.file || options_.directory; }

    void write(const Verdict& verdict) {
        if (directory_) {
            std::map<std::string, std::string> profiles;
            for (const Made& made : verdict.made)
                profiles[made.workload.name] = write_profile(made.generated.profile);
            directory_->write(profiles);
            return;
        }
        const std::string text = write_profile(verdict.made.front().generated.profile);
        if (!options_.file)
            put(text);
        else if (text != written_)
            replace_file(*options_.file, text);
        written_ = text;
    }

    /// Where the profile of a workload went; empty for standard output.
    std::string path_of(const Workload& workload) const {
        if (directory_) return directory_->path_of(workload.name);
        return options_.file.value_or("");
    }

  private:
    const Options& options_;
    std::optional<ProfileDirectory> directory_;
    std::optional<std::string> written_;
};

/// Keeps what a stream shows up to date: new calls on standard error, the files once a second.
class Live {
  public:
    Live(const Options& options, const Ingest& ingest, Terminal& terminal, Destination& destination)
        : options_(options),
          ingest_(ingest),
          terminal_(terminal),
          destination_(destination),
          announcer_(options, terminal) {}

    void saw(const Ingest::Sighting& sighting) { announcer_.saw(sighting); }

    void update(bool grown) {
        constexpr std::chrono::seconds pause{1};
        announcer_.announce(ingest_.observations(), grown);
        pending_ = pending_ || grown;
        const auto now = std::chrono::steady_clock::now();
        if (!destination_.is_file() || !pending_ || now < next_) return;
        const Verdict verdict = judge(ingest_.observations(), ingest_.tally(), options_);
        if (verdict.exit_code == 0) write(verdict);
        pending_ = false;
        next_ = std::chrono::steady_clock::now() + pause;
    }

    void finish() { announcer_.finish(ingest_.observations()); }

  private:
    /// A disk that is full now may not be at the end, and what was recorded so far cannot be had again.
    void write(const Verdict& verdict) {
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

std::string added_names(const Generated& generated) {
    std::vector<std::string> names;
    for (const auto& [name, reason] : generated.added)
        names.push_back(escape(name));
    return names.empty() ? "nothing" : enumerate(names, names.size());
}

void say_made(const Verdict& verdict, const Options& options, const Destination& destination,
              Terminal& terminal) {
    for (const Made& made : verdict.made) {
        const std::string path = destination.path_of(made.workload);
        terminal.remarks(profile_summary(made.name, made.workload, made.generated, options.generate.learn));
        if (verdict.made.size() > 1) terminal.line("  added unseen: " + added_names(made.generated));
        if (!path.empty()) terminal.line("  written to " + path);
    }
    std::map<std::string, std::string> added;
    for (const Made& made : verdict.made)
        added.insert(made.generated.added.begin(), made.generated.added.end());
    if (!added.empty()) terminal.line("added unseen, because:");
    terminal.remarks(reasons_summary(added));
    for (const std::string& reason : verdict.skipped)
        terminal.warning(reason);
}

int conclude(const Verdict& verdict, const Ingest& ingest, const Options& options, Destination& destination,
             Terminal& terminal) {
    if (verdict.exit_code == 0) destination.write(verdict);
    terminal.remarks(input_summary(facts_of(ingest)));
    if (const std::string text = unattributed_text(verdict.unattributed); !text.empty())
        terminal.warning(text);
    if (verdict.exit_code == 0) say_made(verdict, options, destination, terminal);
    if (!verdict.table.empty()) terminal.block(verdict.table);
    for (const std::string& error : verdict.errors)
        terminal.error(error);
    return verdict.exit_code;
}

}  // namespace

int run_generate(const Options& given, Terminal& terminal) {
    Options options = given;
    if (options.base) options.generate.base = load_profile(*options.base, terminal);
    Ingest ingest(options.input.ingest);
    Destination destination(options);
    std::optional<Live> live;
    if (any_stream(options.input.logs)) {
        live.emplace(options, ingest, terminal, destination);
        ingest.on_record([&live](const Ingest::Sighting& sighting) { live->saw(sighting); });
    }
    read_logs(options.input, ingest, terminal, [&live](bool grown) {
        if (live) live->update(grown);
    });
    if (live) live->finish();
    return conclude(judge(ingest.observations(), ingest.tally(), options), ingest, options, destination,
                    terminal);
}

}  // namespace scgen
