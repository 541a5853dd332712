#include "commands.hpp"
#include "scgen/observe/node.hpp"
#include "scgen/report/json_text.hpp"

namespace scgen {
namespace {

std::string snapshot_json(const std::vector<Container>& containers) {
    constexpr std::size_t indent = 2;
    JsonText json(indent);
    json.begin('{').key("containers").begin('[');
    for (const Container& container : containers) {
        json.begin('{');
        json.key("id").text(container.id);
        json.key("namespace").text(container.pod_namespace);
        json.key("pod").text(container.pod);
        json.key("container").text(container.name);
        json.key("pids").begin('[');
        for (const std::int32_t pid : container.pids)
            json.number(pid);
        json.end(']').end('}');
    }
    json.end(']').end('}');
    return json.str() + "\n";
}

}  // namespace

int run_containers(const Options& options, Terminal& terminal) {
    const NodeContainers found = containers_of_node(options.root);
    for (const std::string& folder : found.hidden)
        terminal.warning("/" + folder +
                         " may not be read: the names of its containers are missing. Run it as root.");
    if (found.unreadable > 0)
        terminal.warning("the cgroup of " + std::to_string(found.unreadable) +
                         " processes may not be read: the snapshot may lack them. Run it as root.");
    if (found.inner_pids)
        terminal.warning(
            "the process numbers here are those of a container, not the node's, which logs have. Run it "
            "on the node, or give --root where the node's / and its /proc are mounted.");
    if (found.containers.empty()) {
        terminal.error("no container runs here, as far as /proc and the state of runc and crun tell.");
        return 1;
    }
    put(snapshot_json(found.containers));
    return 0;
}

}  // namespace scgen
