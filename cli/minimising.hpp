#pragma once

#include "output.hpp"

#include <string>

#include <nram/engine/program.hpp>
#include <nram/trainer/minimise.hpp>

namespace nram::cli {

/// Runs minimise() with a line of progress, until Ctrl-C at the latest.
MinimiseResult minimise_with_progress(const Program& program, const Task& task,
                                      const Settings& settings, const MinimiseOptions& options);
MinimisedModel minimise_with_progress(const Model& model, const Task& task,
                                      const Settings& settings, const MinimiseOptions& options);

/// Before and after, as a table for people.
std::string minimised_text(const MinimiseResult& result);

/// The same for programs; null if nothing was minimised.
Json minimised_json(const MinimiseResult& result);

/// Of a program that was simplified only.
std::string simplified_text(const Program& before, const Program& after);
Json simplified_json(const Program& before, const Program& after);

}  // namespace nram::cli
