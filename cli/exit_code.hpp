#pragma once

namespace nram::cli {

/// The exit codes of the command; docs/cli.md explains them to users.
enum class ExitCode : int {
  done = 0,          ///< did what was asked
  failed = 1,        ///< ran but did not succeed: not solved, wrong, did not finish, address fault
  usage = 2,         ///< the command line makes no sense
  data = 3,          ///< a file or its contents are bad, or a file cannot be read or written
  interrupted = 130  ///< Ctrl-C (SIGINT), SIGTERM or SIGHUP; files are as before or complete
};

}  // namespace nram::cli
