#pragma once

namespace nram::cli {

/// Thrown to leave a verb after Ctrl-C; main() turns it into ExitCode::interrupted.
struct Interrupted {};

/// From here on SIGINT, SIGTERM and SIGHUP (unless it is ignored, as under nohup) set a flag
/// instead of ending the process. Half a second later they end it all the same, with
/// ExitCode::interrupted, unless there are results at stake: a verb that has not looked at the flag
/// until then is in the middle of something long, such as reading a file that was made to take
/// long. A second signal ends it at once, for whoever cannot wait. A file that grows beyond the
/// limit set for the process is an error like a full disk.
void set_up_signals();

/// While one of these exists, there are results that the end of the process would lose: only the
/// verb itself ends after a signal. Whoever makes one looks at interrupted() often.
class ResultsAtStake {
 public:
  ResultsAtStake();
  /// A signal that has come meanwhile has half a second from now on.
  ~ResultsAtStake();
  ResultsAtStake(const ResultsAtStake&) = delete;
  ResultsAtStake& operator=(const ResultsAtStake&) = delete;
};

/// From here on writing to a pipe that nobody reads any more is an error like any other: for verbs
/// that have more to do than to write there.
void ignore_closed_pipes();

/// Whether such a signal has arrived. For callbacks of the libraries: cheap, from any thread.
bool interrupted();

/// Throws Interrupted if such a signal has arrived. Between the stages of a verb: before anything
/// is written.
void stop_if_interrupted();

}  // namespace nram::cli
