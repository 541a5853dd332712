#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scgen/observe/attribution.hpp"
#include "scgen/observe/container.hpp"
#include "scgen/observe/ingest.hpp"
#include "scgen/observe/node_watch.hpp"
#include "scgen/observe/owners.hpp"

namespace scgen {

/// The containers that records may be of: those of --containers, and where the log is being written on this node, those
/// that are found here as processes come and go.
class KnownContainers {
  public:
    KnownContainers() = default;
    explicit KnownContainers(std::vector<Container> given) : given_(std::move(given)) {}

    /// Looks at this node from now on.
    ///
    /// Errors: as NodeWatch.
    void watch_node();

    bool watches() const noexcept { return node_ != nullptr; }
    bool empty() const noexcept { return given_.empty() && !watches(); }

    /// All that is known by now; lives until the next call.
    const std::vector<Container>& now();

    /// Looks up whose record this is, while it can be.
    void saw(const Record& record);
    /// Lets the node be looked at with each record that `ingest` reads, and then `other`, where it is something.
    void hear(Ingest& ingest, Ingest::OnRecord other);

    /// The container of one record; what has none is counted in unplaced().
    std::optional<Container> find(const Record& record);
    const Attribution::Unplaced& unplaced() const noexcept { return unplaced_; }

    /// What limits what was found on this node, each in a sentence.
    std::vector<std::string> limits() const;
    /// Why short-lived processes are missed; empty where they are not.
    std::string without_events() const { return node_ ? node_->without_events() : std::string(); }

  private:
    bool is_of_this_node(const Record& record);

    std::vector<Container> given_;
    std::unique_ptr<NodeWatch> node_;
    std::vector<Container> all_;
    std::set<std::string> contradictions_;
    std::optional<RecordPlacer> placer_;
    Attribution::Unplaced unplaced_;
    std::string this_host_;
    std::string other_host_;
};

}  // namespace scgen
