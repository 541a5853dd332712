#include "scgen/observe/node.hpp"

#include <chrono>

namespace scgen {

NodeContainers containers_of_node(const std::string& root) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    Roster roster(root);
    roster.scan(std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), false);
    roster.name_containers();
    return roster.containers();
}

}  // namespace scgen
