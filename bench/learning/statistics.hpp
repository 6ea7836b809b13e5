#pragma once

#include <vector>

namespace nram::bench {

/// An interval of plausible success rates, in [0, 1].
struct Interval {
  double low = 0.0;
  double high = 1.0;
};

/// The 95 % score interval of `successes` out of `trials` (Wilson, 1927); [0, 1] for no trials.
Interval wilson(unsigned successes, unsigned trials);

/// The middle value (mean of the two middle ones); 0 for none.
double median(std::vector<double> values);

}  // namespace nram::bench
