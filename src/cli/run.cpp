#include <linux/seccomp.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "audited_command.hpp"
#include "commands.hpp"
#include "documents.hpp"
#include "offer.hpp"
#include "output.hpp"
#include "reading.hpp"
#include "scgen/abi/syscall_table.hpp"
#include "scgen/profile/filter.hpp"
#include "scgen/report/completeness.hpp"
#include "scgen/report/denials.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/table.hpp"

// The profile becomes a filter as in a container, with one flag more: SECCOMP_FILTER_FLAG_LOG, without which the kernel
// keeps errnos and traps to itself. Records hold no arguments and no errno, so each is asked of the profile again.

namespace scgen {
namespace {

/// The profile as a runtime would take it, which adds the native ABI to those that are listed.
Profile profile_to_run(const Options& options, Terminal& terminal) {
    Profile profile = load_profile(options.profiles.paths.front(), options.profiles, terminal);
    if (!profile.architectures.empty()) profile.architectures.insert(native_arch());
    return profile;
}

bool denies_by_default(const Profile& profile) noexcept {
    return profile.default_action != Action::allow && profile.default_action != Action::log;
}

std::set<Action> actions_of(const Profile& profile) {
    // One for ABIs that are not listed, one for the records that try the way.
    std::set<Action> actions{Action::kill_thread, Action::log, profile.default_action};
    for (const Rule& rule : profile.rules)
        actions.insert(rule.action);
    actions.erase(Action::allow);
    return actions;
}

/// What would not run, or not as in a container, is not begun.
void refuse_what_cannot_run(const Profile& profile, const std::string& path) {
    for (const Action action : {Action::notify, Action::trace})
        if (actions_of(profile).count(action) > 0)
            throw Error(
                path + ": hands calls to a " + (action == Action::notify ? "supervisor" : "tracer") + " (" +
                std::string(action_token(action)) +
                "), which `scgen run` is none: they would fail with ENOSYS. Give it a profile without.");
    const Arch native = native_arch();
    const Syscall execve{native, syscall_number(native, "execve").value_or(-1)};
    const Replayed start = Replay(profile).ask(execve);
    if (start.reply != Reply::denied) return;
    throw Error(
        path + ": denies execve (" + std::string(action_name(start.ruling.action)) +
        "), so that COMMAND could not be started under it. A profile holds execve when it was recorded from "
        "before the program's start on.");
}

KernelFilter kernel_filter(const Profile& profile) {
    const Filter filter = Filter::compile(profile);
    KernelFilter out{{filter.instructions().begin(), filter.instructions().end()}, SECCOMP_FILTER_FLAG_LOG};
    if (profile.flags.count("SECCOMP_FILTER_FLAG_SPEC_ALLOW") > 0)
        out.flags |= SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    return out;
}

/// The first records of each call that was denied, as lines of a log.
class DeniedRecords {
  public:
    void saw(const Ingest::Sighting& sighting) {
        constexpr unsigned most = 100;
        const Record& record = sighting.record;
        if (!teaches(Learn::denied, record.action)) return;
        Lines& lines = lines_[{record.syscall, record.action}];
        if (lines.count++ < most) lines.text.append(sighting.line).append("\n");
    }

    std::string of(const std::vector<DeniedCall>& calls) const {
        std::string text;
        for (const DeniedCall& denied : calls)
            text += lines_.at(denied.call).text;
        return text;
    }

  private:
    struct Lines {
        unsigned count = 0;
        std::string text;
    };
    std::map<Observed, Lines> lines_;
};

/// Where records are kept that nobody has named a place for.
std::string temporary_folder() {
    const char* const folder = std::getenv("TMPDIR");
    return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

void check_place_of_records(const Options& options) {
    if (options.log) return check_place(*options.log);
    try {
        check_place(temporary_folder() + "/scgen-run.log");
    } catch (const Error& error) {
        throw Error(std::string("run: no place for records of denied calls; name one with --log FILE: ") +
                    error.what());
    }
}

/// Writes a file that nobody else can have made: its path.
std::string write_new_file(const std::string& text) {
    std::string path = temporary_folder() + "/scgen-run-XXXXXX.log";
    const int fd = ::mkstemps(path.data(), 4);
    std::FILE* const file = fd < 0 ? nullptr : ::fdopen(fd, "w");
    bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (file != nullptr) written = std::fclose(file) == 0 && written;
    if (!written) throw Error(path + ": write: " + std::strerror(errno));
    return path;
}

void offer(const Denials& denials, const DeniedRecords& records, const Profile& profile,
           const Options& options, Terminal& terminal) {
    const std::vector<DeniedCall> calls = denials.that_can_be_added();
    const std::string text = records.of(calls);
    if (options.log) replace_file(*options.log, text);
    if (calls.empty() || options.quiet) return;
    if (!denies_by_default(profile)) {
        terminal.line(
            "The profile allows what it does not name: to allow the calls, take them out of its rules.");
        return;
    }
    for (const std::string& caution : cautions_of(denials))
        terminal.warning(caution + ".");
    const std::string path = options.log ? *options.log : write_new_file(text);
    terminal.line("A denial may be an attack that was stopped. If it is none, this allows the calls:");
    terminal.line("    " + command_that_adds(profile, options.profiles, path));
}

void tell(const Denials& denials, const InputFacts& facts, const std::string& path, Terminal& terminal) {
    if (facts.tally.lines() > 0 || fails_strict(assess(facts))) terminal.remarks(input_summary(facts));
    if (denials.logged_records > 0)
        terminal.line("logged and allowed, which is no denial: " + counted(denials.logged_calls, "call") +
                      " (" + counted(denials.logged_records, "record") + ")");
    terminal.block(denials_table(denials));
    const std::uint64_t count = denials.of_profile();
    terminal.line(escape(path) + ": denied " + (count == 0 ? "nothing" : counted(count, "call")) +
                  " of what COMMAND did.");
}

}  // namespace

int run_run(const Options& options, Terminal& terminal) {
    const std::string& path = options.profiles.paths.front();
    const Profile profile = profile_to_run(options, terminal);
    refuse_what_cannot_run(profile, path);
    check_place_of_records(options);
    DeniedRecords records;
    AuditedCommand command(options, kernel_filter(profile), actions_of(profile), terminal,
                           [&records](const Ingest::Sighting& sighting) { records.saw(sighting); });
    if (const auto status = command.not_run()) return *status;
    const int status = command.listen();
    const InputFacts facts = facts_of(command.ingest());
    const Denials denials = denials_of(command.ingest().observations(), profile);
    tell(denials, facts, path, terminal);
    if (const std::uint64_t count = command.ingest().undecided(); count > 0)
        terminal.warning(
            counted(count, "record") +
            " of audit sessions that began meanwhile (login, sshd, cron) left out: nobody can tell whether "
            "COMMAND began them. `scgen decode --live` shows what is theirs.");
    offer(denials, records, profile, options, terminal);
    if (!options.strict || status != 0) return status;
    const bool sure = command.heard_the_end() && !fails_strict(assess(facts));
    if (!sure) terminal.error("--strict: records were lost, so that a call may have been denied unseen.");
    if (denials.of_profile() > 0) terminal.error("--strict: COMMAND ended with 0, though calls were denied.");
    return sure && denials.of_profile() == 0 ? 0 : 1;
}

}  // namespace scgen
