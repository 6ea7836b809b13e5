#include "trace.hpp"

#include "cell_order.hpp"
#include "difference_text.hpp"
#include "interrupt.hpp"
#include "number.hpp"
#include "output.hpp"
#include "program_input.hpp"
#include "progress.hpp"
#include "soft_trace.hpp"
#include "trace_row.hpp"
#include "unit_option.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/first_difference.hpp>
#include <nram/engine/modulus_rule.hpp>
#include <nram/model-io/live_executor.hpp>
#include <nram/model-io/memory_io.hpp>

namespace nram::cli {
namespace {

constexpr std::uint64_t usual_steps = 200;
constexpr std::uint64_t usual_steps_before_difference = 20;

/// Prints rows, as a table or as lines of JSON.
class TracePrinter {
 public:
  TracePrinter(TraceView view, bool json) : view_(std::move(view)), table_(view_), json_(json) {}

  [[nodiscard]] const TraceView& view() const { return view_; }

  void add(const TraceRow& row) {
    if (!json_) {
      table_.add(row);
      return;
    }
    print_line(trace_json(view_, row));
  }

  void flush() {
    if (!json_) {
      table_.flush();
    }
  }

  /// How the trace ends.
  void end(const std::string& text, const Json& json) {
    flush();
    if (json_) {
      print_line({{"end", json}});
    } else {
      print_text(text + "\n");
    }
  }

 private:
  static void print_line(const Json& json) {
    print_text(json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
  }

  TraceView view_;
  TraceTable table_;
  bool json_;
};

/// The progress of steps that are not shown.
class SilentSteps {
 public:
  explicit SilentSteps(std::uint64_t limit)
      : limit_(limit), start_(std::chrono::steady_clock::now()) {}

  /// Tells how far the run is; false if it is to end.
  bool tell(std::uint64_t steps) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
    if (!line_) {
      line_ = std::make_unique<ProgressLine>();
    }
    if (line_->due()) {
      const auto done = static_cast<double>(steps);
      line_->show(std::vector<ProgressPart>{
          {clock_text(seconds.count()), clock_text(seconds.count())},
          {fmt::format("step {}", steps), fmt::format("step {}", steps)},
          {fmt::format("the limit of {} steps is {} away", limit_,
                       time_left(done, static_cast<double>(limit_), seconds.count()))}});
    }
    return !interrupted();
  }
  /// Wipes the line: something is to be printed.
  void wipe() { line_.reset(); }

 private:
  std::uint64_t limit_;
  std::chrono::steady_clock::time_point start_;
  std::unique_ptr<ProgressLine> line_;
};

Memories copy_of(Memories& memories) {
  Memories copy = Memories::vector(memories.element_type(), memories.cells(0));
  std::memcpy(copy.bytes().data(), memories.bytes().data(), memories.bytes().size());
  return copy;
}

/// The program or network that is traced, and the rows of its steps.
class Traced {
 public:
  Traced(std::variant<Program, Model> content, MemoryView memory, const RunOptions& options)
      : content_(std::move(content)),
        run_(std::visit([&](const auto& what) { return started(what, memory, options); },
                        content_)) {}
  Traced(const Traced&) = delete;
  Traced& operator=(const Traced&) = delete;

  [[nodiscard]] SteppedRun& run() { return run_; }
  [[nodiscard]] const Model* model() const { return std::get_if<Model>(&content_); }

  [[nodiscard]] TraceView view(Modulus modulus) const {
    return {run_.machine(), modulus, std::get_if<Program>(&content_)};
  }

  void set_soft(std::vector<SoftRow> soft) { soft_ = std::move(soft); }

  /// The last step.
  [[nodiscard]] TraceRow row() const {
    TraceRow row{run_.step()};
    if (model() != nullptr) {
      constexpr std::size_t most = 3;
      constexpr float least = 0.005F;
      row.chosen = likely_sources(run_.machine(), row.step.choice.circuit,
                                  selector_probabilities(run_.machine(), logits_), most, least);
      row.finish = finish_probability(logits_);
    }
    if (row.step.number <= soft_.size()) {
      row.soft = soft_[row.step.number - 1];
    }
    return row;
  }

 private:
  SteppedRun started(const Program& program, MemoryView memory, const RunOptions& options) {
    return {program, memory, options};
  }
  SteppedRun started(const Model& model, MemoryView memory, const RunOptions& options) {
    return {model.machine(),
            live_controller(model,
                            [this](std::span<const float> logits) {
                              logits_.assign(logits.begin(), logits.end());
                            }),
            memory, options};
  }

  std::variant<Program, Model> content_;
  std::vector<float> logits_{};
  SteppedRun run_;
  std::vector<SoftRow> soft_{};
};

std::string registers_text(const TraceView& view, const std::vector<Word>& registers) {
  std::string text;
  for (std::size_t r = 0; r < registers.size(); ++r) {
    text += fmt::format(" r{}={}", r, view.number(registers[r]));
  }
  return text;
}

/// How a run ended, and with which exit code.
ExitCode tell_end(TracePrinter& printer, const SteppedRun& run, bool limit_is_end,
                  std::uint64_t shown) {
  const RunResult& result = run.result();
  const TraceView& view = printer.view();
  std::string text;
  std::string outcome = "finished";
  const bool stopped = result.outcome == Outcome::finished;
  if (stopped || (result.outcome == Outcome::step_limit && limit_is_end)) {
    text = fmt::format("finished after {} step{}; registers{}", result.steps,
                       result.steps == 1 ? "" : "s", registers_text(view, result.registers));
  } else if (result.outcome == Outcome::address_fault) {
    outcome = "fault";
    text = "fault: " + describe_fault(view.machine, result, run.memory().size());
  } else {
    outcome = "step limit";
    text = fmt::format("did not finish after {} steps; registers{}", result.steps,
                       registers_text(view, result.registers));
  }
  Json registers = Json::array();
  for (const Word value : result.registers) {
    registers.push_back(view.number_json(value));
  }
  printer.end(text, {{"outcome", outcome},
                     {"steps", result.steps},
                     {"shown", shown},
                     {"registers", std::move(registers)},
                     {"text", text}});
  return outcome == "finished" ? ExitCode::done : ExitCode::failed;
}

/// As many rows as were asked for have been printed, and there are more steps.
ExitCode tell_bound(TracePrinter& printer, const SteppedRun& run, std::uint64_t shown,
                    bool is_usual) {
  const std::uint64_t steps = run.result().steps;
  const std::string text = fmt::format(
      "{} step{} shown, {}; --trace-from {} goes on, --trace-steps shows more or fewer", shown,
      shown == 1 ? " is" : "s are",
      is_usual ? "as many as without --trace-steps" : "as many as --trace-steps says", steps + 1);
  printer.end(text, {{"outcome", "not traced further"},
                     {"steps", steps},
                     {"shown", shown},
                     {"registers", run.result().registers},
                     {"text", text}});
  return ExitCode::done;
}

bool touches(const SteppedRun& run, std::uint64_t cell) {
  const FollowedStep& step = run.step();
  const auto write = step.write(run.machine());
  const auto reads = step.reads(run.machine());
  return (write && write->address == cell) ||
         std::ranges::any_of(reads, [&](const auto& read) { return read.address == cell; }) ||
         (step.fault && step.fault->address == cell);
}

/// What a run is given.
struct Conditions {
  RunOptions options;
  bool limit_is_end = false;
};

Conditions conditions_of(const TracedRun& line, const Meaning& meaning, MemoryView memory,
                         Modulus modulus, SilentSteps& silent) {
  MemoryRunOptions end;
  line.end.apply(meaning, end);
  Conditions conditions;
  conditions.limit_is_end = end.step_limit_is_end;
  conditions.options.modulus = modulus;
  conditions.options.step_limit =
      end.step_limit != 0 ? end.step_limit : default_step_limit(memory.size());
  conditions.options.registers = line.registers;
  conditions.options.progress_interval = 1U << 10U;
  conditions.options.on_progress = [&silent](std::uint64_t steps) { return silent.tell(steps); };
  return conditions;
}

/// Runs until the other program does something else; the last steps before that are printed.
ExitCode trace_until_differs(TracePrinter& printer, Traced& traced, bool limit_is_end,
                             SteppedRun& other, bool other_limit_is_end, const TraceView& view,
                             const DifferenceNames& names, std::uint64_t most, bool json) {
  std::deque<TraceRow> last;
  const auto keep = [&](const FollowedStep&) {
    last.push_back(traced.row());
    if (last.size() > most) {
      last.pop_front();
    }
  };
  std::optional<TraceRow> of_other;
  const auto keep_other = [&](const FollowedStep& step) { of_other = TraceRow{step}; };
  const auto difference =
      first_difference({traced.run(), limit_is_end, keep}, {other, other_limit_is_end, keep_other});
  stop_if_interrupted();
  for (const TraceRow& row : last) {
    printer.add(row);
  }
  if (!difference) {
    const std::string text =
        fmt::format("no difference: the same writes, and both end alike, after {} and {} steps",
                    traced.run().result().steps, other.result().steps);
    printer.end(text, {{"difference", nullptr}, {"text", text}});
    return ExitCode::done;
  }
  printer.flush();
  if (!json && of_other) {
    print_text("\n" + names.b + ":\n");
    TraceTable table(view);
    table.add(*of_other);
    table.flush();
    print_text("\n");
  }
  const std::string text = difference_text(*difference, names, printer.view());
  Json end{{"difference", difference_json(*difference, printer.view())}, {"text", text}};
  end["other"] = of_other ? trace_json(view, *of_other) : Json();
  printer.end(text, end);
  return ExitCode::failed;
}

}  // namespace

void TraceOption::add_to(CLI::App& verb, CLI::App& results) {
  results.add_flag("--trace", given_,
                   "No output: instead each step as it is run, with registers, reads, writes and "
                   "the values of modules that matter, of one memory");
  auto* from = take_count(verb.add_option("--trace-from", from_, "The first step that is shown"))
                   ->capture_default_str()
                   ->check(CLI::PositiveNumber)
                   ->type_name("N");
  take_count(verb.add_option("--trace-steps", steps_,
                             fmt::format("At most so many steps are shown ({}; before a difference "
                                         "{})",
                                         usual_steps, usual_steps_before_difference)))
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  auto* cell =
      verb.add_option("--trace-cell", cell_, "Only steps that read or write this cell are shown")
          ->check(check_number)
          ->type_name("CELL");
  verb.add_option("--trace-until-differs", other_,
                  "Run another program, or a model's, beside it, until the first write that "
                  "differs, and show the steps before it")
      ->type_name("FILE")
      ->excludes(from)
      ->excludes(cell);
}

ExitCode TraceOption::run(const TracedRun& line) const {
  const auto content = line.live.read(line.program, line.engine);
  const auto* const program = std::get_if<Program>(&content);
  const Meaning meaning = std::visit([](const auto& what) { return what.meaning(); }, content);
  const Machine machine = std::visit([](const auto& what) { return what.machine(); }, content);
  const std::string input = name_of_input(line.input);
  Memories memories = read_memories(line.input);
  if (memories.size() != 1) {
    throw Error(ErrorKind::usage,
                fmt::format("{} has {} memories, but a trace shows the run on one; give it a line "
                            "or a row of its own",
                            input, memories.size()));
  }
  CellOrder{line.program, input, machine.order(), program == nullptr || may_compare(*program),
            line.reinterpret}
      .require(memories.rows(), memories.element_type());
  line.modulus.complain_if_untested(line.program, meaning);
  const Modulus modulus = choose_moduli(memories.rows(), line.modulus.rule(meaning), input).front();
  stop_if_interrupted();

  MemoryRunOptions end;
  line.end.apply(meaning, end);
  SilentSteps silent(end.step_limit != 0 ? end.step_limit : default_step_limit(memories.cells(0)));
  const Conditions conditions = conditions_of(line, meaning, memories.row(0), modulus, silent);
  const std::uint64_t most = steps_ != 0      ? steps_
                             : other_.empty() ? usual_steps
                                              : usual_steps_before_difference;
  std::optional<Memories> copy;
  if (!other_.empty()) {
    copy = copy_of(memories);
  }
  Traced traced(content, memories.row(0), conditions.options);
  TracePrinter printer(traced.view(modulus), line.json);
  if (traced.model() != nullptr) {
    const std::uint64_t last = most > std::numeric_limits<std::uint64_t>::max() - from_
                                   ? std::numeric_limits<std::uint64_t>::max()
                                   : from_ + most - 1;
    SoftTrace soft = soft_trace(*traced.model(), memories.row(0), line.registers, modulus,
                                std::min(last, conditions.options.step_limit));
    if (!soft.why_none.empty()) {
      complain(soft.why_none);
    }
    traced.set_soft(std::move(soft.rows));
  }
  if (!other_.empty()) {
    const Program other = read_program_or_model(other_);
    const Conditions other_conditions =
        conditions_of(line, other.meaning(), copy->row(0), modulus, silent);
    SteppedRun run(other, copy->row(0), other_conditions.options);
    return trace_until_differs(printer, traced, conditions.limit_is_end, run,
                               other_conditions.limit_is_end, {other.machine(), modulus, &other},
                               {line.program, other_}, most, line.json);
  }
  std::uint64_t shown = 0;
  SteppedRun& run = traced.run();
  while (run.advance()) {
    if (run.step().number < from_ || (cell_ && !touches(run, *cell_))) {
      continue;
    }
    silent.wipe();
    printer.add(traced.row());
    if (++shown == most && run.result().outcome == Outcome::step_limit &&
        run.result().steps != conditions.options.step_limit) {
      return tell_bound(printer, run, shown, steps_ == 0);
    }
  }
  silent.wipe();
  printer.flush();
  stop_if_interrupted();
  return tell_end(printer, run, conditions.limit_is_end, shown);
}

}  // namespace nram::cli
