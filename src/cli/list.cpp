#include "commands.hpp"
#include "reading.hpp"
#include "scgen/report/workloads.hpp"
#include "verdict.hpp"

namespace scgen {

int run_list(const Options& options, Terminal& terminal) {
    Ingest ingest(options.input.ingest);
    read_logs(options.input, ingest, terminal, [](bool) {});
    const Attribution found = attribute(ingest.observations(), group_of(options), options.selection);
    const auto [errors, exit_code] = nothing_found(ingest.tally(), found);
    if (options.format == ReportFormat::json)
        put(workloads_json(errors.empty() ? found.workloads : std::vector<Workload>{}));
    else if (errors.empty())
        put(workloads_table(found.workloads));
    terminal.remarks(input_summary(facts_of(ingest)));
    if (const std::string text = unattributed_text(found.unattributed); !text.empty()) terminal.warning(text);
    for (const std::string& error : errors)
        terminal.error(error);
    return errors.empty() ? 0 : exit_code;
}

}  // namespace scgen
