#include "portfolio/machine_modules.hpp"

#include "programs/used_constants.hpp"

#include <nram/trainer/constants_in_examples.hpp>

namespace nram {

std::vector<Module> modules_for(const Task& task, const TrainOptions& options) {
  std::vector<Word> constants = task.constants();
  if (options.warm_start) {
    const std::vector<Word> own = constants_used(options.warm_start->program);
    constants.insert(constants.end(), own.begin(), own.end());
  }
  return with_constants(options.modules, constants);
}

std::string names_of(std::span<const Module> modules) {
  std::string text;
  for (const Module& module : modules) {
    text += (text.empty() ? "" : " ") + module.name;
  }
  return text;
}

}  // namespace nram
