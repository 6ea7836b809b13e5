// The soft extension of every module: exact distributions against enumeration, gradients against
// finite differences, specialised kernels against the generic one; exp, log and softmax.
// Long because it goes over every kernel of module_kernels.cpp, in the same order.

#include "soft_support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <nram/trainer/random.hpp>

namespace nram {
namespace {

using soft_test::lanes;
using Buffer = soft::LaneBuffer<double>;

Buffer zeros(std::size_t rows) {
  Buffer buffer;
  buffer.reserve(rows);
  std::fill_n(buffer.data(), rows * lanes, 0.0);
  return buffer;
}

Buffer random_numbers(std::size_t rows, Random& random) {
  Buffer buffer = zeros(rows);
  for (std::size_t i = 0; i < rows * lanes; ++i) {
    buffer.data()[i] = random.normal();
  }
  return buffer;
}

// `count` distributions over m values. Not normalised if `loose`, so that sums that must be over
// all values cannot be mistaken for 1.
Buffer random_distributions(std::size_t count, unsigned m, bool loose, Random& random) {
  Buffer buffer = zeros(count * m);
  for (std::size_t d = 0; d < count; ++d) {
    for (unsigned l = 0; l < lanes; ++l) {
      double sum = 0.0;
      for (unsigned i = 0; i < m; ++i) {
        sum += buffer[d * m + i][l] = random.chance(0.2) ? 0.0 : random.uniform();
      }
      for (unsigned i = 0; i < m && !loose && sum > 0; ++i) {
        buffer[d * m + i][l] /= sum;
      }
    }
  }
  return buffer;
}

// One module with random arguments and everything its kernel needs.
struct Bench {
  Bench(const Module& module, unsigned m, Random& random)
      : a(random_distributions(1, m, true, random)),
        b(random_distributions(1, m, true, random)),
        memory(random_distributions(m, m, true, random)),
        new_memory(zeros(m * m)),
        out(zeros(m)),
        scratch(zeros(2 * m)) {
    if (!module.touches_memory()) {
      soft::value_table(module, m, table);
    }
    call.modulus = m;
    call.a = a.data();
    call.b = module.arity == 2 ? b.data() : nullptr;
    call.out = out.data();
    call.memory = memory.data();
    call.new_memory = new_memory.data();
    call.table = table.data();
    call.scratch = scratch.data();
  }

  Buffer a, b, memory, new_memory, out, scratch;
  std::vector<std::uint16_t> table;
  soft::ModuleCall<double> call{0};
};

std::vector<Module> modules_with_arguments() {
  std::vector<Module> modules;
  const ModuleTable table = ModuleTable::standard();
  for (const Module& module : table.modules()) {
    if (module.arity > 0) {
      modules.push_back(module);
    }
  }
  modules.push_back({"MUL", Opcode::custom, 2,
                     [](Word x, Word y, Modulus m) { return m.reduce(x * y); }, "a * b"});
  modules.push_back({"HALF", Opcode::custom, 1, [](Word x, Word, Modulus) { return x / 2; }, ""});
  return modules;
}

unsigned rows_of(soft::Support support, unsigned m) {
  switch (support) {
    case soft::Support::full:
      return m;
    case soft::Support::binary:
      return 2;
    case soft::Support::constant:
      break;
  }
  return 0;
}

constexpr unsigned moduli[] = {2, 3, 4, 5, 8, 13, 20};

TEST_CASE("a pure module's result has the distribution that enumeration gives") {
  const soft::Functions<double>& functions = soft::functions<double>();
  Random random(1);
  for (const Module& module : modules_with_arguments()) {
    if (module.touches_memory()) {
      continue;
    }
    CAPTURE(module.name);
    const auto& kernel = functions.kernel(module.opcode);
    for (const unsigned m : moduli) {
      CAPTURE(m);
      Bench bench(module, m, random);
      kernel.forward(bench.call);
      for (unsigned l = 0; l < lanes; ++l) {
        std::vector<double> wanted(m);
        for (unsigned i = 0; i < m; ++i) {
          for (unsigned j = 0; j < (module.arity == 2 ? m : 1); ++j) {
            const double p = bench.a[i][l] * (module.arity == 2 ? bench.b[j][l] : 1.0);
            wanted[module.evaluate(i, j, Modulus::of(m))] += p;
          }
        }
        for (unsigned k = 0; k < m; ++k) {
          const double got = k < rows_of(kernel.support, m) ? bench.out[k][l] : 0.0;
          REQUIRE(got == doctest::Approx(wanted[k]).epsilon(1e-12));
          REQUIRE(got >= 0.0);
        }
      }
    }
  }
}

TEST_CASE("the generic kernel computes the same as the specialised ones") {
  const soft::Functions<double>& functions = soft::functions<double>();
  Random random(2);
  for (const Module& module : modules_with_arguments()) {
    if (module.touches_memory() || module.opcode == Opcode::custom) {
      continue;
    }
    CAPTURE(module.name);
    const auto& kernel = functions.kernel(module.opcode);
    REQUIRE(kernel.opcode == module.opcode);  // there is a specialised one
    for (const unsigned m : moduli) {
      CAPTURE(m);
      const unsigned rows = rows_of(kernel.support, m);
      Bench bench(module, m, random);
      const Buffer d = random_numbers(m, random);
      // Values that are never taken have no gradient in the specialised kernel.
      std::fill(d[rows], d[m], 0.0);
      std::vector<std::vector<double>> results;
      for (const bool generic : {false, true}) {
        const Buffer da = zeros(m);
        const Buffer db = zeros(m);
        const soft::ModuleGradient<double> gradient{d.data(), da.data(), db.data(), nullptr};
        if (generic) {
          functions.generic_forward(bench.call);
          functions.generic_backward(bench.call, gradient);
        } else {
          kernel.forward(bench.call);
          kernel.backward(bench.call, gradient);
        }
        std::vector<double> all(bench.out.data(), bench.out[rows]);
        all.insert(all.end(), da.data(), da[m]);
        all.insert(all.end(), db.data(), db[module.arity == 2 ? m : 0]);
        results.push_back(all);
      }
      for (std::size_t i = 0; i < results[0].size(); ++i) {
        REQUIRE(results[0][i] == doctest::Approx(results[1][i]).epsilon(1e-12));
      }
    }
  }
}

// The scalar Σ d·out (+ Σ e·new memory for WRITE) of lane l.
double projection(const soft::SoftKernel<double>& kernel, const Bench& bench, const Buffer& d,
                  const Buffer& e, unsigned l) {
  const unsigned m = bench.call.modulus;
  kernel.forward(bench.call);
  double sum = 0.0;
  for (unsigned k = 0; k < rows_of(kernel.support, m); ++k) {
    sum += d[k][l] * bench.out[k][l];
  }
  if (kernel.opcode == Opcode::write) {
    for (unsigned k = 0; k < m * m; ++k) {
      sum += e[k][l] * bench.new_memory[k][l];
    }
  }
  return sum;
}

TEST_CASE("each module's gradient agrees with finite differences") {
  const soft::Functions<double>& functions = soft::functions<double>();
  Random random(3);
  for (const Module& module : modules_with_arguments()) {
    CAPTURE(module.name);
    const auto& kernel = functions.kernel(module.opcode);
    for (const unsigned m : moduli) {
      CAPTURE(m);
      Bench bench(module, m, random);
      const Buffer d = random_numbers(m, random);
      const Buffer e = random_numbers(m * m, random);
      const Buffer da = zeros(m);
      const Buffer db = zeros(m);
      // READ adds to the memory's gradient, WRITE transforms it.
      const Buffer dmemory = zeros(m * m);
      if (module.opcode == Opcode::write) {
        std::copy(e.data(), e[m * m], dmemory.data());
      }
      kernel.forward(bench.call);
      kernel.backward(bench.call, {d.data(), da.data(), db.data(), dmemory.data()});

      const unsigned l = static_cast<unsigned>(random.below(lanes));
      const auto compare = [&](const Buffer& input, const Buffer& gradient, std::size_t rows) {
        for (std::size_t i = 0; i < rows; ++i) {
          double& x = input[i][l];
          const double kept = x;
          const double h = 1e-4;  // every module is at most bilinear: differences are exact
          x = kept + h;
          const double above = projection(kernel, bench, d, e, l);
          x = kept - h;
          const double below = projection(kernel, bench, d, e, l);
          x = kept;
          const double slope = (above - below) / (2 * h);
          REQUIRE(std::abs(gradient[i][l] - slope) <= 1e-9 * std::max(1.0, std::abs(slope)));
        }
      };
      compare(bench.a, da, m);
      if (module.arity == 2) {
        compare(bench.b, db, m);
      }
      if (module.touches_memory()) {
        compare(bench.memory, dmemory, std::size_t{m} * m);
      }
    }
  }
}

TEST_CASE("WRITE mixes, READ looks up") {
  const soft::Functions<double>& functions = soft::functions<double>();
  const unsigned m = 3;
  Random random(4);
  const ModuleTable table = ModuleTable::standard();
  Bench bench(*table.find("WRITE"), m, random);
  functions.kernel(Opcode::write).forward(bench.call);
  for (unsigned j = 0; j < m; ++j) {
    for (unsigned k = 0; k < m; ++k) {
      const double p = bench.a[j][5];
      CHECK(bench.new_memory[j * m + k][5] ==
            doctest::Approx((1 - p) * bench.memory[j * m + k][5] + p * bench.b[k][5]));
    }
  }
  functions.kernel(Opcode::read).forward(bench.call);
  for (unsigned k = 0; k < m; ++k) {
    double wanted = 0.0;
    for (unsigned j = 0; j < m; ++j) {
      wanted += bench.a[j][5] * bench.memory[j * m + k][5];
    }
    CHECK(bench.out[k][5] == doctest::Approx(wanted));
  }
}

TEST_CASE("distributions stay distributions") {
  const soft::Functions<double>& functions = soft::functions<double>();
  Random random(5);
  for (const Module& module : modules_with_arguments()) {
    if (module.opcode == Opcode::write) {
      continue;
    }
    CAPTURE(module.name);
    const auto& kernel = functions.kernel(module.opcode);
    Bench bench(module, 7, random);
    bench.a = random_distributions(1, 7, false, random);
    bench.b = random_distributions(1, 7, false, random);
    bench.memory = random_distributions(7, 7, false, random);
    bench.call.a = bench.a.data();
    bench.call.b = module.arity == 2 ? bench.b.data() : nullptr;
    bench.call.memory = bench.memory.data();
    kernel.forward(bench.call);
    for (unsigned l = 0; l < lanes; ++l) {
      double sum = 0.0;
      for (unsigned k = 0; k < rows_of(kernel.support, 7); ++k) {
        sum += bench.out[k][l];
      }
      REQUIRE(sum == doctest::Approx(1.0).epsilon(1e-12));
    }
  }
}

TEST_CASE("renormalisation gives sum 1, and its gradient agrees with finite differences") {
  const soft::Functions<double>& functions = soft::functions<double>();
  Random random(6);
  const unsigned n = 6;
  const Buffer original = random_distributions(1, n, true, random);
  const Buffer d = random_numbers(n, random);
  const Buffer factor = zeros(1);
  const auto normalised = [&] {
    Buffer copy = zeros(n);
    std::copy(original.data(), original[n], copy.data());
    functions.renormalise(copy.data(), n, factor.data());
    return copy;
  };
  const Buffer y = normalised();
  const Buffer gradient = zeros(n);
  std::copy(d.data(), d[n], gradient.data());
  functions.renormalise_gradient(y.data(), n, factor.data(), gradient.data());
  for (unsigned l = 0; l < lanes; ++l) {
    double sum = 0.0;
    for (unsigned i = 0; i < n; ++i) {
      sum += y[i][l];
      const double h = 1e-5;
      const double kept = original[i][l];
      double slope = 0.0;
      for (const double side : {1.0, -1.0}) {
        original[i][l] = kept + side * h;
        const Buffer moved = normalised();
        for (unsigned k = 0; k < n; ++k) {
          slope += side * d[k][l] * moved[k][l] / (2 * h);
        }
      }
      original[i][l] = kept;
      REQUIRE(gradient[i][l] == doctest::Approx(slope).epsilon(1e-7));
    }
    REQUIRE(sum == doctest::Approx(1.0).epsilon(1e-14));
  }
}

template <typename T>
double worst_relative_error(void (*vector_function)(const T*, T*),
                            long double (*reference)(long double), const std::vector<T>& inputs) {
  soft::LaneBuffer<T> x;
  soft::LaneBuffer<T> y;
  x.reserve(1);
  y.reserve(1);
  double worst = 0.0;
  for (std::size_t i = 0; i + lanes <= inputs.size(); i += lanes) {
    std::copy_n(inputs.begin() + static_cast<std::ptrdiff_t>(i), lanes, x.data());
    vector_function(x.data(), y.data());
    for (unsigned l = 0; l < lanes; ++l) {
      const long double wanted = reference(static_cast<long double>(x.data()[l]));
      const long double error = std::abs(static_cast<long double>(y.data()[l]) - wanted);
      worst = std::max(worst, static_cast<double>(wanted == 0 ? error : error / std::abs(wanted)));
    }
  }
  return worst;
}

template <typename T>
void check_exp_and_log(double tolerance) {
  const soft::Functions<T>& functions = soft::functions<T>();
  Random random(8);
  std::vector<T> exponents;
  std::vector<T> positives{T(1)};
  for (int i = 0; i < 32000; ++i) {
    exponents.push_back(static_cast<T>(-86 + 172 * random.uniform()));
    exponents.push_back(static_cast<T>(random.normal()));
    positives.push_back(static_cast<T>(std::exp(-80 + 160 * random.uniform())));
    positives.push_back(static_cast<T>(1 + 0.1 * random.normal()));
  }
  exponents.insert(exponents.begin(), T(0));
  CHECK(worst_relative_error<T>(functions.exp, std::exp, exponents) <= tolerance);
  CHECK(worst_relative_error<T>(functions.log, std::log, positives) <= tolerance);

  soft::LaneBuffer<T> x;
  x.reserve(2);
  std::fill_n(x.data(), 2 * lanes, T(0));
  x.data()[0] = std::numeric_limits<T>::quiet_NaN();
  x.data()[1] = -std::numeric_limits<T>::infinity();
  x.data()[2] = T(-1e6);
  x.data()[3] = T(1e6);
  functions.exp(x.data(), x[1]);
  CHECK(std::isnan(x[1][0]));
  CHECK(x[1][1] == T(0));
  CHECK(x[1][2] == T(0));
  CHECK(x[1][3] > T(1e38));
  CHECK(x[1][4] == T(1));
  functions.log(x.data(), x[1]);
  CHECK(std::isnan(x[1][0]));
}

TEST_CASE("the vector exp and log are accurate to the last bits") {
  check_exp_and_log<float>(2.5e-7);
  check_exp_and_log<double>(1e-15);
}

TEST_CASE("softmax survives large logits and passes NaN on") {
  const soft::Functions<float>& functions = soft::functions<float>();
  soft::LaneBuffer<float> x;
  x.reserve(3);
  std::fill_n(x.data(), 3 * lanes, 0.0F);
  x[1][0] = 1e30F;
  x[0][1] = -1e4F;
  x[1][2] = std::numeric_limits<float>::quiet_NaN();
  functions.softmax(x.data(), 3);
  CHECK(x[0][0] == 0.0F);
  CHECK(x[1][0] == 1.0F);
  CHECK(x[0][1] == 0.0F);
  CHECK(x[1][1] == 0.5F);
  CHECK(std::isnan(x[1][2]));
  CHECK(x[0][3] == doctest::Approx(1.0 / 3));
}

TEST_CASE("adding gradients notices what is not finite, wherever it is") {
  const soft::Functions<float>& functions = soft::functions<float>();
  constexpr std::size_t size = 41;
  for (std::size_t bad = 0; bad <= size; ++bad) {  // `size` itself: nowhere
    std::vector<float> part(size, 2.0F);
    std::vector<float> sum(size, 1.0F);
    if (bad < size) {
      part[bad] = bad % 2 == 0 ? std::numeric_limits<float>::infinity()
                               : std::numeric_limits<float>::quiet_NaN();
    }
    CHECK(functions.add_gradient(part.data(), size, sum.data()) == (bad == size));
    CHECK(std::count(sum.begin(), sum.end(), 3.0F) == (bad == size ? 41 : 40));
  }
}

}  // namespace
}  // namespace nram
