#include "known_containers.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <string_view>

#include "scgen/report/table.hpp"

namespace scgen {
namespace {

/// A host as syslog and journald name it, with its domain or without.
std::string_view short_host(std::string_view host) noexcept {
    return host.substr(0, host.find('.'));
}

}  // namespace

void KnownContainers::watch_node() {
    utsname names{};
    if (::uname(&names) == 0) this_host_ = short_host(names.nodename);
    node_ = std::make_unique<NodeWatch>("/");
}

/// Numbers of another host's processes would be taken for this one's.
bool KnownContainers::is_of_this_node(const Record& record) {
    if (!node_ || !other_host_.empty()) return false;
    if (record.host.empty() || short_host(record.host) == this_host_) return true;
    other_host_ = record.host;
    return false;
}

const std::vector<Container>& KnownContainers::now() {
    if (!node_ || !other_host_.empty()) return given_;
    Joined found = joined({{"--containers", given_}, {"this node", node_->containers().containers}});
    contradictions_.insert(found.contradictions.begin(), found.contradictions.end());
    all_ = std::move(found.containers);
    return all_;
}

void KnownContainers::saw(const Record& record) {
    if (is_of_this_node(record)) node_->saw(record);
}

void KnownContainers::hear(Ingest& ingest, Ingest::OnRecord other) {
    if (!node_) {
        ingest.on_record(std::move(other));
        return;
    }
    ingest.on_record([this, other = std::move(other)](const Ingest::Sighting& sighting) {
        saw(sighting.record);
        if (other) other(sighting);
    });
}

std::optional<Container> KnownContainers::find(const Record& record) {
    std::optional<Container> found;
    if (is_of_this_node(record)) found = node_->find(record);
    if (found) {
        const auto named = std::find_if(given_.begin(), given_.end(), [&found](const Container& container) {
            return container.id == found->id && !container.name.empty();
        });
        if (named != given_.end() && found->pod.empty())
            *found = {found->id, named->pod_namespace, named->pod, named->name, {}};
        return found;
    }
    if (!placer_) placer_.emplace(given_);
    const Container* const container = placer_->place(record);
    if (container != nullptr)
        return Container{container->id, container->pod_namespace, container->pod, container->name, {}};
    constexpr std::size_t most_pids = 10'000;
    unplaced_.several_hosts = placer_->several_hosts();
    ++unplaced_.records;
    if (unplaced_.pids.size() < most_pids && unplaced_.pids.insert(record.pid).second) ++unplaced_.processes;
    return std::nullopt;
}

std::vector<std::string> KnownContainers::limits() const {
    std::vector<std::string> limits(contradictions_.begin(), contradictions_.end());
    if (!other_host_.empty())
        limits.push_back("the log is not this node's, whose processes were looked up: it names the host " +
                         other_host_ + ", and this is " + this_host_ +
                         ". Give --containers with a snapshot of that host.");
    if (node_ && node_->gaps() > 0)
        limits.push_back("the kernel had more to tell of processes than there was room for, " +
                         counted(node_->gaps(), "time") +
                         ": some that ended meanwhile are in no container known.");
    return limits;
}

}  // namespace scgen
