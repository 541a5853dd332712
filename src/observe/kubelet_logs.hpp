#pragma once

#include <map>
#include <string>

#include "scgen/observe/container.hpp"

namespace scgen {

/// What the names of the kubelet's log files tell of a node's containers.
///
/// Shape:  /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log, where a name that is too long for the file system lacks the
///         end of the id; and /var/log/pods/NAMESPACE_POD_UID/CONTAINER/N.log, which Docker's is a link to ID-json.log.
/// Source: kubelet pkg/kubelet/kuberuntime/legacy.go and helpers.go (BuildPodLogsDirectory, logSymlink).
class KubeletLogs {
  public:
    /// Reads the folders under `root`, which may be missing. Links are read and not followed.
    explicit KubeletLogs(const std::string& root);

    /// Gives a container the names that it lacks: by its id, or its pod's by `pod_uid`.
    void take_names(Container& container, const std::string& pod_uid) const;

  private:
    /// Containers by what is known of their ids.
    std::map<std::string, Container> by_id_;
    std::map<std::string, Container> pod_by_uid_;
};

}  // namespace scgen
