#include "scratch.hpp"

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

#include <unistd.h>

namespace nram::test {

Scratch::Scratch() {
  // In RAM if there is such a place: AtomicFile waits for the disk, hundreds of times in all.
  const std::filesystem::path shared = "/dev/shm";
  const bool in_ram = std::filesystem::is_directory(shared) && ::access(shared.c_str(), W_OK) == 0;
  const auto place = in_ram ? shared : std::filesystem::temp_directory_path();
  std::string name = (place / "nram-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary directory can be made");
  }
  root_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

std::string Scratch::file(const std::string& name, std::string_view content) const {
  std::ofstream out(path(name), std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  return path(name);
}

std::size_t Scratch::files() const {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(root_), {}));
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  return content.str();
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, "there is no " << from << " in " << text);
  return text.replace(at, from.size(), to);
}

std::string damaged(const std::string& content, unsigned seed) {
  std::mt19937 random(seed);
  std::string text = content;
  for (unsigned change = 0; change <= random() % 3 && !text.empty(); ++change) {
    const std::size_t at = random() % text.size();
    const char byte = static_cast<char>(random() % 4 == 0 ? "\0\xFF[{}\"0:,-"[random() % 10]
                                                          : static_cast<char>(random()));
    switch (random() % 3) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.erase(at, 1);
        break;
      default:
        text.insert(at, 1, byte);
    }
  }
  return text;
}

}  // namespace nram::test
