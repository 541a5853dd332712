#include "commands.hpp"
#include "output.hpp"
#include "scgen/profile/json.hpp"
#include "scgen/profile/recording.hpp"
#include "scgen/report/table.hpp"
#include "written.hpp"

namespace scgen {

int run_recording_profile(const Options& options, Terminal& terminal) {
    const Arch native = options.archs.empty() ? native_arch() : options.archs.front();
    write_result(write_profile(recording_profile(native, options.all_but_commonest)), options);
    terminal.note("it denies nothing: use it to record, and never to confine.");
    if (!options.all_but_commonest) return 0;
    const auto names = commonest_calls();
    terminal.warning(
        "not logged: " + enumerate({names.begin(), names.end()}, names.size()) +
        ". A log that is recorded so does not show whether the workload makes them, and its profile must "
        "allow them unseen: give this one to generate as --base, and with --arch the ABIs that are wanted.");
    return 0;
}

}  // namespace scgen
