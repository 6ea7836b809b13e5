#include "portfolio/resumed_search.hpp"

#include "portfolio/machine_modules.hpp"

#include <fmt/format.h>

#include <nram/engine/meaning.hpp>
#include <nram/engine/order.hpp>
#include <nram/model-io/printable.hpp>

namespace nram {

Checkpoint::Search search_of(const AttemptContext& context) {
  const auto arithmetic = context.task.arithmetic();
  return {.task = std::string(context.task.name()),
          .settings = describe(context.settings),
          .modules = names_of(context.modules),
          .order = std::string(name_of(context.task.order())),
          .arithmetic = arithmetic ? std::string(name_of(*arithmetic)) : "any"};
}

std::optional<std::string> difference_of(const Checkpoint::Search& saved,
                                         const AttemptContext& context) {
  constexpr std::size_t longest_names = 300;  // of modules
  const Checkpoint::Search own = search_of(context);
  if (saved.task != own.task) {
    return fmt::format("it is of task {}, this is {}", printable(saved.task, longest_quote),
                       own.task);
  }
  if (saved.settings != own.settings) {
    return fmt::format("settings differ: {}", differences(saved.settings, context.settings));
  }
  if (saved.order != own.order) {
    return fmt::format("its numbers are {}, those of this run {} (--order)",
                       printable(saved.order, longest_quote), own.order);
  }
  if (saved.arithmetic != own.arithmetic) {
    return fmt::format("its examples test the modulus {}, those of this run {} (--modulus)",
                       printable(saved.arithmetic, longest_quote), own.arithmetic);
  }
  if (saved.modules != own.modules) {
    return fmt::format("its machine has the modules {}, not {}",
                       printable(saved.modules, longest_names), own.modules);
  }
  return std::nullopt;
}

}  // namespace nram
