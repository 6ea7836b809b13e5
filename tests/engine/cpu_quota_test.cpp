#include "cpu_quota.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include <nram/engine/parallel.hpp>

using namespace nram;

namespace {

// A tree of files as the system has it.
class GroupTree {
 public:
  explicit GroupTree(const std::string& membership) {
    std::string name = (std::filesystem::temp_directory_path() / "nram-quota-XXXXXX").string();
    root_ = mkdtemp(name.data());
    write("membership", membership);
  }
  ~GroupTree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  GroupTree(const GroupTree&) = delete;
  GroupTree& operator=(const GroupTree&) = delete;

  void write(const std::string& file, const std::string& content) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << content;
  }
  [[nodiscard]] std::optional<double> quota() const {
    return parallel::cpu_quota({root_ / "membership", root_ / "mount"});
  }

 private:
  std::filesystem::path root_;
};

}  // namespace

TEST_CASE("the quota of a control group, version 2") {
  const GroupTree tree("0::/user/container\n");
  CHECK(!tree.quota());
  tree.write("mount/user/container/cpu.max", "max 100000\n");
  CHECK(!tree.quota());
  tree.write("mount/user/container/cpu.max", "250000 100000\n");
  CHECK(tree.quota() == 2.5);
  tree.write("mount/user/cpu.max", "50000 100000\n");  // of the group around it
  CHECK(tree.quota() == 0.5);
  tree.write("mount/user/cpu.max", "nonsense\n");
  CHECK(tree.quota() == 2.5);
}

TEST_CASE("within a container the files of its group are at the top") {
  const GroupTree tree("0::/docker/0123456789abcdef\n");
  tree.write("mount/cpu.max", "150000 100000\n");
  CHECK(tree.quota() == 1.5);
}

TEST_CASE("the quota of a control group, version 1") {
  const GroupTree tree("5:memory:/a\n4:cpu,cpuacct:/a/b\n3:cpuset:/\n0::/\n");
  CHECK(!tree.quota());
  tree.write("mount/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1\n");
  tree.write("mount/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
  CHECK(!tree.quota());
  tree.write("mount/cpu,cpuacct/a/b/cpu.cfs_quota_us", "300000\n");
  CHECK(tree.quota() == 3.0);
  tree.write("mount/cpu/cpu.cfs_quota_us", "120000\n");
  tree.write("mount/cpu/cpu.cfs_period_us", "100000\n");
  CHECK(tree.quota() == 1.2);
}

TEST_CASE("a quota pays for threads, rounded up") {
  CHECK(parallel::threads_within(0.2, 8) == 1);
  CHECK(parallel::threads_within(1.0, 8) == 1);
  CHECK(parallel::threads_within(1.5, 8) == 2);
  CHECK(parallel::threads_within(8.0, 8) == 8);
  CHECK(parallel::threads_within(1e30, 8) == 8);
  CHECK(parallel::threads_within(0.1, 1) == 1);
  CHECK(default_threads() >= 1);
}
