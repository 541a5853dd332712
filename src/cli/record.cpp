#include "audited_command.hpp"
#include "commands.hpp"
#include "destination.hpp"
#include "reading.hpp"
#include "scgen/report/hints.hpp"

namespace scgen {

int run_record(const Options& options, Terminal& terminal) {
    Destination destination(options, terminal);
    AuditedCommand command(options, log_every_call(), {Action::log}, terminal, destination.on_record());
    if (const auto status = command.not_run()) return *status;
    const int status = command.listen();
    if (command.ingest().tally()[Outcome::observed] == 0) {
        std::string reason = "record: no seccomp record of COMMAND came: nothing to learn from.";
        for (const std::string& hint : no_record_hints(facts_at_end(command.ingest(), options.input)))
            reason += " " + hint;
        terminal.error(reason);
        return 1;
    }
    const int answer = conclude(command.ingest(), options, destination, terminal);
    return answer != 0 ? answer : status;
}

}  // namespace scgen
