#include "process.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nram::test {
namespace {

[[noreturn]] void fail(int error, const std::string& action) {
  throw std::system_error(error, std::generic_category(), action);
}

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void open(int descriptor, const std::string& path, int flags) {
    posix_spawn_file_actions_addopen(&actions_, descriptor, path.c_str(), flags, 0600);
  }
  void change_directory(const std::string& path) {
    posix_spawn_file_actions_addchdir_np(&actions_, path.c_str());
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

ScratchDirectory::ScratchDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "nram-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    fail(errno, "mkdtemp " + name);
  }
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ScratchDirectory::operator/(const std::string& name) const {
  return (path_ / name).string();
}

std::vector<std::string> ScratchDirectory::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string read_text(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw std::runtime_error("cannot read " + path);
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::size_t count_of(const std::string& what, const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

void write_text(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  if (!file.flush()) {
    throw std::runtime_error("cannot write " + path);
  }
}

Process::Process(const std::vector<std::string>& arguments, const Launch& launch)
    : own_output_(launch.output_file.empty()) {
  write_text(scratch_ / "in", launch.input);
  FileActions actions;
  actions.open(STDIN_FILENO, scratch_ / "in", O_RDONLY);
  actions.open(STDOUT_FILENO, own_output_ ? scratch_ / "out" : launch.output_file,
               O_WRONLY | O_CREAT | O_TRUNC);
  actions.open(STDERR_FILENO, scratch_ / "err", O_WRONLY | O_CREAT | O_TRUNC);
  if (!launch.directory.empty()) {
    actions.change_directory(launch.directory);
  }
  std::vector<std::string> copies = arguments;
  std::vector<char*> pointers;
  for (std::string& argument : copies) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  const int error =
      posix_spawnp(&id_, pointers[0], actions.get(), nullptr, pointers.data(), environ);
  if (error != 0) {
    id_ = -1;
    fail(error, "start " + arguments[0]);
  }
}

Process::~Process() {
  if (id_ > 0) {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
}

bool Process::has_mapped(const std::string& file) const {
  std::ifstream maps("/proc/" + std::to_string(id_) + "/maps");
  const std::string text{std::istreambuf_iterator<char>(maps), {}};
  return text.find(file) != std::string::npos;
}

void Process::send(int signal) const { kill(id_, signal); }

Ended Process::wait(std::chrono::seconds patience) {
  constexpr auto pause = std::chrono::milliseconds(2);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  int status = 0;
  rusage usage{};
  while (wait4(id_, &status, WNOHANG, &usage) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      kill(id_, SIGKILL);
    }
    std::this_thread::sleep_for(pause);
  }
  id_ = -1;
  Ended ended;
  ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended.out = own_output_ ? read_text(scratch_ / "out") : "";
  ended.err = read_text(scratch_ / "err");
  ended.peak_bytes = static_cast<std::size_t>(usage.ru_maxrss) * 1024;
  return ended;
}

std::string nram_path() { return NRAM_COMMAND; }

Ended nram(const std::vector<std::string>& arguments, const Launch& launch) {
  std::vector<std::string> all{nram_path()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return Process(all, launch).wait();
}

Ended shell(const std::string& command, const Launch& launch) {
  const std::string folder = std::filesystem::path(nram_path()).parent_path().string();
  return Process({"bash", "-c", "PATH='" + folder + "':$PATH\n" + command}, launch).wait();
}

}  // namespace nram::test
