#include "commands.hpp"
#include "documents.hpp"
#include "reading.hpp"
#include "scgen/report/check_report.hpp"
#include "scgen/report/completeness.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/table.hpp"
#include "verdict.hpp"

namespace scgen {
namespace {

/// Everything that runs under the profile: the workloads, and start-up that became none of them.
std::vector<Workload> all_that_was_seen(Attribution&& found) {
    std::vector<Workload> workloads = std::move(found.workloads);
    if (found.unattributed.calls.empty()) return workloads;
    found.unattributed.name = "start-up of no workload";
    workloads.push_back(std::move(found.unattributed));
    return workloads;
}

}  // namespace

int run_check(const Options& options, Terminal& terminal) {
    const std::string& path = options.profiles.paths.front();
    const Replay replay(load_profile(path, options.profiles, terminal));
    Ingest ingest(options.input.ingest);
    options.containers->hear(ingest, {});
    read_logs(options.input, ingest, terminal, [](bool) {});
    const InputFacts facts = facts_at_end(ingest, options.input);
    terminal.remarks(input_summary(facts));
    Attribution found = attribute(ingest.observations(), group_of(options), options.selection,
                                  options.containers->now(), Detail::calls);
    if (const std::string text = unplaced_text(found.unplaced, *options.containers); !text.empty())
        terminal.warning(text);
    if (const auto [errors, exit_code] = nothing_found(facts, found);
        !errors.empty() && found.unattributed.calls.empty()) {
        for (const std::string& error : errors)
            terminal.error(error);
        return exit_code;
    }
    const std::vector<Workload> workloads = all_that_was_seen(std::move(found));
    const CheckResult result = check(workloads, replay, options.replayed);
    if (options.format == ReportFormat::json)
        put(check_json(path, result));
    else
        put(check_table(result));
    for (const std::string& remark : check_remarks(result))
        terminal.note(remark);
    if (result.calls == 0) {
        terminal.error(
            "only calls under other actions were recorded: nothing to check. --learn all replays every "
            "action.");
        return 1;
    }
    const Completeness completeness = assess(facts);
    if (result.findings.empty() && options.strict && fails_strict(completeness)) {
        terminal.error(strict_error(completeness, "what was lost may be calls that the profile denies"));
        return 1;
    }
    if (result.findings.empty()) {
        terminal.line(escape(path) + ": allows what was seen: " + counted(result.calls, "call") + " of " +
                      counted(workloads.size(), "workload") +
                      (result.undecided.empty() ? "" : ", but for those that cannot be told"));
        return 0;
    }
    terminal.error(path + ": would deny " + counted(result.findings.size(), "call") + " of " +
                   std::to_string(result.calls) + " that were seen.");
    return 1;
}

}  // namespace scgen
