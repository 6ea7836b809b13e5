#include "engine_option.hpp"

#include <optional>

namespace nram::cli {

void EngineOption::add_to(CLI::App& verb) {
  verb.add_option("--engine", text_, "What executes the program")
      ->check([](const std::string& text) {
        return engine_named(text) ? std::string() : "there is no engine '" + text + "'";
      })
      ->each([this](const std::string&) { given_ = true; })
      ->type_name("auto|reference|interpreter|jit")
      ->capture_default_str();
}

Engine EngineOption::engine() const { return engine_named(text_).value(); }

}  // namespace nram::cli
