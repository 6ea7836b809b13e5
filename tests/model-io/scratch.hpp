#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <support/errors.hpp>

#include <nram/engine/error.hpp>

namespace nram::test {

/// A directory that exists as long as this object.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (root_ / name).string(); }
  /// Puts a file there; returns its path.
  [[nodiscard]] std::string file(const std::string& name, std::string_view content) const;
  [[nodiscard]] std::size_t files() const;

 private:
  std::filesystem::path root_;
};

/// The content of a file.
std::string slurp(const std::string& path);

/// `text` with the one occurrence of `from` replaced; fails the test if it does not occur.
std::string with(std::string text, std::string_view from, std::string_view to);

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Whether the function throws nram::Error; any other exception gets through and fails the test.
template <typename Function>
bool is_refused(Function function) {
  try {
    function();
    return false;
  } catch (const Error&) {
    return true;
  }
}

/// The content with one to three random bytes changed, taken out or put in.
std::string damaged(const std::string& content, unsigned seed);

/// Calls `read` with every proper prefix of the content and with `damages` damaged versions of it.
/// It may throw nothing but nram::Error. Returns how many prefixes it accepted.
template <typename Read>
std::size_t maltreat(const std::string& content, unsigned damages, Read read) {
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < content.size(); ++size) {
    accepted += is_refused([&] { read(content.substr(0, size)); }) ? 0 : 1;
  }
  for (unsigned seed = 0; seed < damages; ++seed) {
    (void)is_refused([&] { read(damaged(content, seed)); });
  }
  return accepted;
}

}  // namespace nram::test
