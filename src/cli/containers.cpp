#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "commands.hpp"
#include "output.hpp"
#include "scgen/observe/node.hpp"
#include "scgen/observe/node_watch.hpp"
#include "scgen/report/json_text.hpp"
#include "scgen/report/table.hpp"
#include "stop.hpp"

namespace scgen {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

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

/// Waits for a signal, or until a time; whether it came.
bool wait(const StopSignals& signals, std::optional<Clock::time_point> until) {
    int patience = -1;
    if (until) {
        constexpr milliseconds longest{60'000};
        patience = static_cast<int>(
            std::clamp(std::chrono::ceil<milliseconds>(*until - Clock::now()), milliseconds(0), longest)
                .count());
    }
    pollfd ready{signals.fd(), POLLIN, 0};
    if (::poll(&ready, 1, patience) < 0 && errno != EINTR)
        throw Error(std::string("wait for a signal: ") + std::strerror(errno));
    return signals.requested();
}

/// Keeps the snapshot up to date until a signal comes, or the time of --for is up; all that was seen.
NodeContainers follow(const Options& options, Terminal& terminal) {
    constexpr std::chrono::seconds pause{1};
    const StopSignals signals;
    NodeWatch watch(options.root);
    if (!watch.without_events().empty())
        terminal.warning(watch.without_events() + ". Looking every " +
                         std::to_string(NodeWatch::pause.count()) +
                         " ms instead: processes that live for less are missed.");
    std::optional<Clock::time_point> end;
    if (options.input.run_for) end = Clock::now() + *options.input.run_for;
    std::string written;
    for (bool stopped = false; !stopped && (!end || Clock::now() < *end);) {
        std::optional<Clock::time_point> until = end;
        if (options.file) {
            std::string text = snapshot_json(watch.containers().containers);
            if (text != written) replace_file(*options.file, text);
            written = std::move(text);
            const auto next = Clock::now() + pause;
            until = end ? std::min(*end, next) : next;
        }
        stopped = wait(signals, until);
    }
    if (const std::uint64_t gaps = watch.gaps(); gaps > 0)
        terminal.warning("the kernel had more to tell of processes than there was room for, " +
                         counted(gaps, "time") + ": some that ended meanwhile may be missing.");
    return watch.containers();
}

}  // namespace

int run_containers(const Options& options, Terminal& terminal) {
    if (options.file) check_place(*options.file);
    const NodeContainers found =
        options.follow_node ? follow(options, terminal) : containers_of_node(options.root);
    tell(found, terminal);
    if (found.containers.empty()) {
        terminal.error(options.follow_node ? "no container ran here, as far as /proc tells."
                                           : "no container runs here, as far as /proc tells.");
        return 1;
    }
    const std::string text = snapshot_json(found.containers);
    if (options.file)
        replace_file(*options.file, text);
    else
        put(text);
    return 0;
}

}  // namespace scgen
