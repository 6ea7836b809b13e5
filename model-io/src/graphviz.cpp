#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/graphviz.hpp>

namespace nram {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::io, "cannot draw the graph: " + what);
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

// A nameless file. Files rather than pipes: neither side ever waits for the other.
TemporaryFile temporary_file() {
  TemporaryFile file(std::tmpfile());
  if (!file) {
    fail(fmt::format("no temporary file can be made: {}", std::strerror(errno)));
  }
  return file;
}

std::string content_of(std::FILE* file) {
  std::rewind(file);
  std::string content;
  std::array<char, 1U << 14U> chunk{};
  for (std::size_t got = 0; (got = std::fread(chunk.data(), 1, chunk.size(), file)) > 0;) {
    content.append(chunk.data(), got);
  }
  return content;
}

class SpawnActions {
 public:
  SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  void redirect(int target, std::FILE* file) {
    ::posix_spawn_file_actions_adddup2(&actions_, ::fileno(file), target);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

void draw_dot(const std::string& dot, std::string_view format, const std::string& path) {
  const TemporaryFile input = temporary_file();
  const TemporaryFile output = temporary_file();
  const TemporaryFile messages = temporary_file();
  const bool written = std::fwrite(dot.data(), 1, dot.size(), input.get()) == dot.size() &&
                       std::fflush(input.get()) == 0;
  if (!written) {
    fail(fmt::format("the temporary file cannot be written: {}", std::strerror(errno)));
  }
  std::rewind(input.get());

  SpawnActions actions;
  actions.redirect(STDIN_FILENO, input.get());
  actions.redirect(STDOUT_FILENO, output.get());
  actions.redirect(STDERR_FILENO, messages.get());
  std::string program = "dot";
  std::string language = fmt::format("-T{}", format);
  const std::array<char*, 3> arguments{program.data(), language.data(), nullptr};
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, program.c_str(), actions.get(), nullptr, arguments.data(), environ);
  if (error == ENOENT) {
    fail(
        "the program `dot` is not installed; install Graphviz (apt install graphviz), or write "
        "the graph as DOT");
  }
  if (error != 0) {
    fail(fmt::format("the program `dot` cannot be started: {}", std::strerror(error)));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      fail(fmt::format("the program `dot` got lost: {}", std::strerror(errno)));
    }
  }
  const std::string picture = content_of(output.get());
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || picture.empty()) {
    constexpr std::size_t longest = 400;
    fail(fmt::format("the program `dot` has failed: {}",
                     content_of(messages.get()).substr(0, longest)));
  }
  write_file(path, picture);
}

}  // namespace nram
