#include "commands.hpp"
#include "reading.hpp"
#include "scgen/report/workloads.hpp"
#include "verdict.hpp"

namespace scgen {

int run_list(const Options& options, Terminal& terminal) {
    Ingest ingest(options.input.ingest);
    read_logs(options.input, ingest, terminal, [](bool) {});
    const Attribution found = attribute(ingest.observations(), group_of(options), options.selection);
    const bool recorded = ingest.tally()[Outcome::observed] > 0;
    std::vector<std::string> errors;
    if (!recorded)
        errors.push_back(no_record_reason(ingest.tally()));
    else
        errors = unmatched_errors(found.unmatched);
    if (recorded && errors.empty() && found.workloads.empty())
        errors.emplace_back("no workload matches. Leave an option out, or see `scgen list` without any.");
    if (options.format == ReportFormat::json)
        put(workloads_json(errors.empty() ? found.workloads : std::vector<Workload>{}));
    else if (errors.empty())
        put(workloads_table(found.workloads));
    terminal.remarks(input_summary(facts_of(ingest)));
    if (const std::string text = unattributed_text(found.unattributed); !text.empty()) terminal.warning(text);
    for (const std::string& error : errors)
        terminal.error(error);
    if (!recorded) return no_record_exit_code(ingest.tally());
    return errors.empty() ? 0 : 1;
}

}  // namespace scgen
