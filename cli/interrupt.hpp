#pragma once

namespace nram::cli {

/// Thrown to leave a verb after Ctrl-C; main() turns it into ExitCode::interrupted.
struct Interrupted {};

/// From here on SIGINT, SIGTERM and SIGHUP (unless it is ignored, as under nohup) set a flag
/// instead of ending the process; a second signal ends it at once, for whoever cannot wait. A file
/// that grows beyond the limit set for the process is an error like a full disk.
void set_up_signals();

/// From here on writing to a pipe that nobody reads any more is an error like any other: for verbs
/// that have more to do than to write there.
void ignore_closed_pipes();

/// Whether such a signal has arrived. For callbacks of the libraries: cheap, from any thread.
bool interrupted();

/// Throws Interrupted if such a signal has arrived. Between the stages of a verb: before anything
/// is written.
void stop_if_interrupted();

}  // namespace nram::cli
