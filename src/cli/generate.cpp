#include <algorithm>
#include <optional>

#include "announcer.hpp"
#include "commands.hpp"
#include "documents.hpp"
#include "output.hpp"
#include "reading.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/explanation.hpp"
#include "scgen/report/table.hpp"
#include "verdict.hpp"
#include "written.hpp"

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
    Destination(const Options& options, Terminal& terminal) : options_(options), terminal_(terminal) {
        const GroupBy group_by = group_of(options);
        const bool labels = group_by == GroupBy::container || group_by == GroupBy::pod;
        if (options.directory) directory_.emplace(*options.directory, extension_of(options.form), labels);
        if (options.file) check_place(*options.file);
        if (options.evidence) check_place(*options.evidence);
    }

    bool is_file() const noexcept { return options_.file || options_.directory; }

    /// Whether anything was written until now.
    bool begun() const noexcept { return begun_; }

    void write(const Verdict& verdict) {
        begun_ = true;
        if (directory_) {
            std::map<std::string, std::string> profiles;
            for (const Made& made : verdict.made)
                profiles[made.workload.name] = bytes_of(made);
            directory_->write(profiles);
            return;
        }
        const std::string bytes = bytes_of(verdict.made.front());
        if (!options_.file || bytes != written_) write_result(bytes, options_);
        written_ = bytes;
    }

    /// Where the profile of a workload went; empty for standard output.
    std::string path_of(const Workload& workload) const {
        if (directory_) return directory_->path_of(workload.name);
        return options_.file.value_or("");
    }

  private:
    /// What a form cannot say is told once, however often it is written.
    std::string bytes_of(const Made& made) {
        const auto& processes = made.workload.processes;
        const std::string& name = processes.size() == 1 ? *processes.begin() : made.workload.name;
        Written written = written_as(made.generated.profile, name, options_);
        for (const std::string& note : written.notes)
            if (told_.insert(note).second) terminal_.note(made.name + ": " + note);
        return std::move(written.bytes);
    }

    const Options& options_;
    Terminal& terminal_;
    std::optional<ProfileDirectory> directory_;
    std::optional<std::string> written_;
    bool begun_ = false;
    std::set<std::string> told_;
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

    void update(bool grown) {
        constexpr std::chrono::seconds pause{1};
        announcer_.announce(ingest_.observations(), grown);
        pending_ = pending_ || grown;
        const auto now = std::chrono::steady_clock::now();
        if (!destination_.is_file() || !pending_ || now < next_) return;
        const Verdict verdict = judge(ingest_.observations(), facts(), options_);
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
        for (const std::string& doubt : made.doubts)
            terminal.warning(doubt);
        if (verdict.made.size() > 1) terminal.line("  added unseen: " + added_names(made.generated));
        if (!path.empty()) terminal.line("  written to " + path);
    }
    if (!verdict.unstarted.empty())
        terminal.warning(
            "no start of " + enumerate(verdict.unstarted, 8) +
            " was recorded: no call of a container runtime, no execve. A container does not start "
            "under such a profile. Record from before the start on, or name the runtime with "
            "--runtime runc or --runtime crun.");
    std::map<std::string, std::string> added;
    for (const Made& made : verdict.made)
        added.insert(made.generated.added.begin(), made.generated.added.end());
    if (!added.empty()) terminal.line("added unseen, because:");
    terminal.remarks(reasons_summary(added));
    for (const std::string& reason : verdict.skipped)
        terminal.warning(reason);
}

void write_evidence(const Verdict& verdict, const Witnesses& witnesses, const InputFacts& facts,
                    const Options& options) {
    std::vector<Explained> explained;
    for (const Made& made : verdict.made)
        explained.push_back({&made.workload, &made.generated});
    replace_file(*options.evidence, evidence_json(explained, witnesses, facts));
}

int conclude(const Verdict& verdict, const InputFacts& facts, const Options& options,
             Destination& destination, Terminal& terminal) {
    if (verdict.exit_code == 0) destination.write(verdict);
    terminal.remarks(input_summary(facts));
    if (const std::string text = unattributed_text(verdict.unattributed); !text.empty())
        terminal.warning(text);
    if (!verdict.unplaced.empty()) terminal.warning(verdict.unplaced);
    if (verdict.exit_code == 0) say_made(verdict, options, destination, terminal);
    if (!verdict.table.empty()) terminal.block(verdict.table);
    for (const std::string& error : verdict.errors)
        terminal.error(error);
    if (verdict.exit_code != 0 && destination.begun())
        terminal.warning("what was written while this was not known is still there.");
    return verdict.exit_code;
}

}  // namespace

int run_generate(const Options& given, Terminal& terminal) {
    Options options = given;
    if (options.base) options.generate.base = load_profile(*options.base, terminal);
    Ingest ingest(options.input.ingest);
    Destination destination(options, terminal);
    std::optional<Live> live;
    std::optional<Witnesses> witnesses;
    if (any_stream(options.input)) live.emplace(options, ingest, terminal, destination);
    if (options.evidence) witnesses.emplace();
    if (witnesses) ingest.on_record([&](const Ingest::Sighting& sighting) { witnesses->saw(sighting); });
    read_logs(
        options.input, ingest, terminal,
        [&live](bool grown) {
            if (live) live->update(grown);
        },
        [&live] { return live ? live->due() : std::nullopt; });
    if (live) live->finish();
    InputFacts facts = facts_at_end(ingest, options.input);
    const Verdict verdict = judge(ingest.observations(), facts, options);
    facts.unnamed = verdict.unnamed;
    const int exit_code = conclude(verdict, facts, options, destination, terminal);
    if (witnesses && verdict.exit_code == 0) write_evidence(verdict, *witnesses, facts, options);
    return exit_code;
}

}  // namespace scgen
