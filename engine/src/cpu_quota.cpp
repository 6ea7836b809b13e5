#include "cpu_quota.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string_view>

namespace nram::parallel {
namespace {

// The numbers of files such as "150000 100000"; "max" and -1 stand for no limit.
std::optional<double> quotient(double quota, double period) {
  return quota > 0 && period > 0 ? std::optional(quota / period) : std::nullopt;
}

std::optional<double> quota_v2(const std::string& directory) {
  std::ifstream file(directory + "/cpu.max");
  double quota = 0;
  double period = 0;
  return file >> quota >> period ? quotient(quota, period) : std::nullopt;
}

std::optional<double> quota_v1(const std::string& directory) {
  std::ifstream quota_file(directory + "/cpu.cfs_quota_us");
  std::ifstream period_file(directory + "/cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  return quota_file >> quota && period_file >> period ? quotient(quota, period) : std::nullopt;
}

// The lowest quota of the group and those around it. Within a container the path may be the one
// outside of it; then only the last directory, where the groups are mounted, exists.
template <typename Quota>
std::optional<double> lowest(const std::string& mount, std::string path, Quota quota) {
  std::optional<double> result;
  for (;;) {
    const std::optional<double> here = quota(mount + path);
    if (here) {
      result = std::min(result.value_or(*here), *here);
    }
    if (path.empty()) {
      return result;
    }
    path.resize(path.find_last_of('/') == std::string::npos ? 0 : path.find_last_of('/'));
  }
}

bool has_cpu(const std::string& controllers) {
  std::istringstream list(controllers);
  for (std::string one; std::getline(list, one, ',');) {
    if (one == "cpu") {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<double> cpu_quota(const ControlGroups& groups) {
  std::optional<double> result;
  const auto consider = [&](std::optional<double> quota) {
    if (quota) {
      result = std::min(result.value_or(*quota), *quota);
    }
  };
  std::ifstream membership(groups.membership);
  // Lines "HIERARCHY:CONTROLLERS:PATH"; version 2 has the hierarchy 0 and no controllers.
  for (std::string line; std::getline(membership, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) {
      continue;
    }
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (controllers.empty()) {
      consider(lowest(groups.mount, path, quota_v2));
    } else if (has_cpu(controllers)) {
      consider(lowest(groups.mount + "/" + controllers, path, quota_v1));
      consider(lowest(groups.mount + "/cpu", path, quota_v1));
    }
  }
  return result;
}

std::size_t threads_within(double quota, std::size_t cores) {
  return quota >= static_cast<double>(cores)
             ? cores
             : std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(quota)));
}

}  // namespace nram::parallel
