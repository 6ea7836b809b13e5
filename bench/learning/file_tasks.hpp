#pragma once

// The eight tasks of samples/tasks, of any size, with what answers a question about any input.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <nram/model-io/example.hpp>
#include <nram/trainer/random.hpp>

namespace nram::bench {

struct FileTask {
  std::string_view name;
  /// An input of n elements.
  std::vector<Word> (*draw)(std::size_t n, Random& random);
  /// What it is to become, with the cells that count; nothing if it is no input of the task.
  std::optional<Example> (*solve)(const std::vector<Word>& memory);
};

std::span<const FileTask> file_tasks();

}  // namespace nram::bench
