// Stands for journal.cpp where scgen is built without libsystemd.
#include "scgen/audit/source.hpp"
#include "scgen/error.hpp"

namespace scgen {

Source Source::journal(const std::string& place, bool, std::size_t) {
    const std::string reader = place.empty() ? "journalctl" : "journalctl --directory=" + place;
    throw Error("--journal: this scgen was built without libsystemd; use: " + reader +
                " -o json _TRANSPORT=audit + _TRANSPORT=kernel | scgen");
}

}  // namespace scgen
