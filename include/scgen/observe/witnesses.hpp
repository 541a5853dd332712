#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "scgen/observe/attribution.hpp"
#include "scgen/observe/ingest.hpp"

namespace scgen {

/// A record that shows a call: whose it was, and the line it stood on.
///
/// Shape: interpreted bytes, hostile; `line` is as it was read; empty where it took several.
struct Witness {
    std::int32_t pid = 0;
    std::string comm;
    std::string line;
};

/// The first record of each call of each process, kept so that what is said later can be shown.
///
/// Shape: bounded: past its limits nothing more is kept, and find() has nothing for the calls that came then.
class Witnesses {
  public:
    void saw(const Ingest::Sighting& sighting);

    /// A witness of a call of `workload`, or null.
    const Witness* find(const Workload& workload, const Observed& call) const;

  private:
    std::map<std::pair<Observed, std::int32_t>, Witness> witnesses_;
};

}  // namespace scgen
