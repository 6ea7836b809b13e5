#pragma once

// How much processor time the control groups of this process allow it: containers are given a share
// of a computer that way, not fewer cores.

#include <cstddef>
#include <optional>
#include <string>

namespace nram::parallel {

/// Where the system says which control groups a process is in, and what they allow.
struct ControlGroups {
  std::string membership = "/proc/self/cgroup";
  std::string mount = "/sys/fs/cgroup";
};

/// In processors (1.5: one and a half); nothing if there is no limit, or none that can be read. Of
/// both versions of control groups: cpu.max, cpu.cfs_quota_us. The lowest of a group and those
/// around it counts.
std::optional<double> cpu_quota(const ControlGroups& groups = {});

/// How many threads can use up a quota (rounded up), of at most one a core, which is at least 1.
std::size_t threads_within(double quota, std::size_t cores);

}  // namespace nram::parallel
