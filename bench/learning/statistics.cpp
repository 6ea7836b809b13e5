#include "statistics.hpp"

#include <algorithm>
#include <cmath>

namespace nram::bench {

Interval wilson(unsigned successes, unsigned trials) {
  if (trials == 0) {
    return {};
  }
  constexpr double z = 1.959963985;  // the normal quantile of 97.5 %
  const double n = trials;
  const double p = successes / n;
  const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

double median(std::vector<double> values) {
  if (values.empty()) {
    return 0.0;
  }
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace nram::bench
