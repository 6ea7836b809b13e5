#include "case_text.hpp"

#include <algorithm>

namespace nram {

std::string case_text(const Program& program, std::size_t rule) {
  const std::vector<Rule>& rules = program.rules();
  const Rule& chosen = rules[rule];
  const auto here = rules.begin() + static_cast<std::ptrdiff_t>(rule);
  const bool first = std::none_of(
      rules.begin(), here, [&](const Rule& earlier) { return earlier.state == chosen.state; });
  return chosen.care == 0 && !first ? "otherwise" : condition_text(program.machine(), chosen);
}

}  // namespace nram
