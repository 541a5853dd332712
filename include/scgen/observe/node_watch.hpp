#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "scgen/audit/record.hpp"
#include "scgen/observe/roster.hpp"

namespace scgen {

/// Keeps a Roster of this machine up to date, by a thread that does nothing else: what ends quickly is looked up at once.
///
/// Shape:  from the kernel's process events where they can be had, else by looking again and again.
/// Errors: Error from the constructor where `root` has no processes to list, and from the others if that fails later.
class NodeWatch {
  public:
    explicit NodeWatch(const std::string& root);
    ~NodeWatch();
    NodeWatch(const NodeWatch&) = delete;
    NodeWatch& operator=(const NodeWatch&) = delete;

    /// What lives for less is not seen where there are no events.
    static constexpr std::chrono::milliseconds pause{20};

    /// Why there are no events; empty where there are.
    const std::string& without_events() const noexcept;

    /// How often events were lost: children that ended meanwhile may be missing.
    std::uint64_t gaps() const;

    /// All that is known now.
    NodeContainers containers();

    /// Looks at whose record this is, which is cheap where it is known.
    void saw(const Record& record);

    /// The container that a record is of, with its names and without its processes; nothing where that is not known.
    std::optional<Container> find(const Record& record);

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace scgen
