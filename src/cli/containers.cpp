#include "commands.hpp"
#include "scgen/observe/node.hpp"
#include "scgen/report/json_text.hpp"

namespace scgen {
namespace {

void append_time(JsonText& json, std::optional<std::int64_t> ms) {
    if (ms)
        json.number(*ms);
    else
        json.null();
}

void append_processes(JsonText& json, const std::vector<Stay>& stays) {
    json.key("processes").begin('[');
    for (const Stay& stay : stays) {
        json.begin('{');
        json.key("pid").number(stay.pid);
        append_time(json.key("from_ms"), stay.from_ms);
        append_time(json.key("until_ms"), stay.until_ms);
        json.end('}');
    }
    json.end(']');
}

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
        json.end(']');
        if (!container.stays.empty()) append_processes(json, container.stays);
        json.end('}');
    }
    json.end(']').end('}');
    return json.str() + "\n";
}

void tell(const NodeContainers& found, Terminal& terminal) {
    for (const std::string& folder : found.hidden)
        terminal.warning("/" + folder +
                         " may not be read: the names of its containers are missing. Run it as root.");
    for (const std::string& fault : found.faults)
        terminal.warning(fault + ": the names of this container may be missing.");
    for (const std::string& id : found.pretended)
        terminal.warning("a control group inside of a container bears the id of container " + id +
                         ", which is elsewhere: its processes are taken for those of the outer one.");
    if (found.forgotten > 0)
        terminal.warning(std::to_string(found.forgotten) +
                         " processes that ended are missing: there were too many to keep.");
    if (found.unreadable > 0)
        terminal.warning("the cgroup of " + std::to_string(found.unreadable) +
                         " processes may not be read: the snapshot may lack them. Run it as root.");
    if (found.inner_pids)
        terminal.warning(
            "the process numbers here are those of a container, not the node's, which logs have. Run it "
            "on the node, or give --root where the node's / and its /proc are mounted.");
}

}  // namespace

int run_containers(const Options& options, Terminal& terminal) {
    const NodeContainers found = containers_of_node(options.root);
    tell(found, terminal);
    if (found.containers.empty()) {
        terminal.error("no container runs here, as far as /proc tells.");
        return 1;
    }
    put(snapshot_json(found.containers));
    return 0;
}

}  // namespace scgen
