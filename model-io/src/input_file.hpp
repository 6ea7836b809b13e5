#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nram {

/// A file, or standard input for "-", read once from its start to its end.
class InputFile {
 public:
  /// Throws Error(io) if the file cannot be opened or is a directory.
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// The path, or "standard input": how messages begin.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// How many bytes are still to be read, if the file knows (a pipe does not).
  [[nodiscard]] std::optional<std::uint64_t> remaining() const;

  /// The next `count` bytes (fewer only at the end) without consuming them.
  std::string_view peek(std::size_t count);

  /// Fills `bytes` from the file; returns how many there were, fewer only at the end.
  std::size_t read(std::span<std::byte> bytes);

  /// Everything left. Throws Error(data) if that is more than `max_bytes`; `what` says of what
  /// ("a program file").
  std::string read_all(std::uint64_t max_bytes, std::string_view what);

 private:
  std::size_t read_directly(std::span<std::byte> bytes);

  std::string name_;
  int file_ = -1;
  std::optional<std::uint64_t> unread_;  // of the file itself, not counting peeked_
  std::string peeked_;
};

}  // namespace nram
