#include "engine_option.hpp"

#include "choice.hpp"

#include <optional>

namespace nram::cli {

void EngineOption::add_to(CLI::App& verb) {
  take_one_of(verb.add_option("--engine", text_, "What executes the program"), "engine",
              {"auto", "reference", "interpreter", "jit"})
      ->each([this](const std::string&) { given_ = true; })
      ->capture_default_str();
}

Engine EngineOption::engine() const { return engine_named(text_).value(); }

}  // namespace nram::cli
