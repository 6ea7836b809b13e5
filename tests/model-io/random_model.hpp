#pragma once

#include <map>
#include <random>
#include <string>

#include <nram/model-io/model.hpp>

namespace nram::test {

/// Normal weights with standard deviation `scale`.
Model random_model(const Machine& machine, const ControllerShape& controller, float scale,
                   std::mt19937_64& random, std::map<std::string, std::string> metadata = {});

/// Any small model: feed-forward or LSTM, standard and custom modules, some metadata.
Model random_model(std::mt19937_64& random);

}  // namespace nram::test
