#include <support/run_record.hpp>

namespace nram::test {
namespace {

template <typename Cell>
RunRecord run_on(const Executor& executor, const RunCase& run_case) {
  std::vector<Cell> cells(run_case.memory.begin(), run_case.memory.end());
  RunRecord record;
  RunOptions options = run_case.options;
  if (run_case.progress) {
    options.on_progress = [&](std::uint64_t steps) {
      record.progress.push_back(steps);
      return run_case.cancel_after == 0 || steps < run_case.cancel_after;
    };
  }
  record.result = executor.run(MemoryView(std::span<Cell>(cells)), options);
  record.memory.assign(cells.begin(), cells.end());
  return record;
}

std::ostream& operator<<(std::ostream& out, const std::vector<std::uint64_t>& values) {
  out << '[';
  for (const std::uint64_t value : values) {
    out << ' ' << value;
  }
  return out << " ]";
}

}  // namespace

RunRecord record_run(const Executor& executor, const RunCase& run_case) {
  return run_case.cells == CellType::u32 ? run_on<std::uint32_t>(executor, run_case)
                                         : run_on<std::uint64_t>(executor, run_case);
}

std::ostream& operator<<(std::ostream& out, const RunRecord& record) {
  out << "outcome " << static_cast<int>(record.result.outcome) << ", steps " << record.result.steps
      << ", state " << record.result.state << ", registers " << record.result.registers;
  if (record.result.fault) {
    out << ", fault in module " << record.result.fault->module << " at "
        << record.result.fault->address;
  }
  return out << ", memory " << record.memory << ", progress " << record.progress;
}

}  // namespace nram::test
