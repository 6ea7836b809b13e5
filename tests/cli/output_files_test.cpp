// Where results go: never onto an input, always tried before the work, whatever is there already.

#include "fixtures.hpp"

#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nram::test {
namespace {

using Arguments = std::vector<std::string>;

const std::string copy_model = NRAM_SOURCE_DIR "/samples/models/copy.safetensors";

struct stat status_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status;
}

std::string some_examples(const ScratchDirectory& directory) {
  const std::string path = directory / "mine.jsonl";
  REQUIRE(nram({"example", "access", "--count", "60", "-o", path}).exit_code == 0);
  return path;
}

/// Neither the exit code nor the file may say that it was written.
void check_kept(const Arguments& arguments, const std::string& input, const Launch& launch = {}) {
  const std::string before = read_text(input);
  const Ended ended = nram(arguments, launch);
  CAPTURE(arguments.back());
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 2);
  CHECK(ended.err.find("the same file") != std::string::npos);
  CHECK(read_text(input) == before);
}

TEST_CASE("an output that is an input, by whatever name, is refused") {
  const ScratchDirectory directory;
  const std::string model = directory / "m.st";
  std::filesystem::copy_file(copy_model, model);
  const std::string examples = some_examples(directory);
  const std::string program = task_program(directory, "increment");
  write_text(directory / "in.txt", "1 2 0\n");
  std::filesystem::create_hard_link(model, directory / "hard");
  std::filesystem::create_symlink("m.st", directory / "soft");
  for (const std::string output : {"m.st", "hard", "soft", "./m.st"}) {
    check_kept({"export", model, "-o", directory / output}, model);
  }
  check_kept({"train", "--examples", examples, "-o", examples}, examples);
  check_kept({"train", "--task", "access", "--no-minimise", "-o", model, "--log", model}, model);
  check_kept({"train", "--examples", examples, "-o", model, "--log", examples}, examples);
  check_kept({"run", program, directory / "in.txt", "-o", directory / "in.txt"},
             directory / "in.txt");
  std::filesystem::copy_file(program, directory / "p");
  check_kept({"run", directory / "p", directory / "in.txt", "-o", directory / "p"},
             directory / "p");
  const std::string before = read_text(model);
  CHECK(shell("nram export " + model + " -o /dev/fd/3 3<>" + model).exit_code == 2);
  CHECK(shell("nram export - -o " + model + " <" + model).exit_code == 2);
  CHECK(shell("nram export " + model + " -o - 1<>" + model).exit_code == 2);
  CHECK(read_text(model) == before);
}

TEST_CASE("a checkpoint that is the file of examples is refused") {
  const ScratchDirectory directory;
  const std::string examples = directory / "m.checkpoint";
  std::filesystem::rename(some_examples(directory), examples);
  check_kept({"train", "--examples", examples, "-o", directory / "m"}, examples);
}

TEST_CASE("a checkpoint that is there is overwritten only by the search that it is of") {
  const ScratchDirectory directory;
  const Arguments train = {"train",  "--task", "access", "--no-minimise",
                           "--seed", "3",      "-o",     directory / "m.st"};
  write_text(directory / "m.st.checkpoint", "somebody's work");
  const Ended refused = nram(train);
  CHECK(refused.exit_code == 2);
  CHECK(refused.err.find("--resume") != std::string::npos);
  CHECK(read_text(directory / "m.st.checkpoint") == "somebody's work");
  Arguments without = train;
  without.emplace_back("--no-checkpoint");
  CHECK(nram(without).exit_code == 0);
  CHECK(read_text(directory / "m.st.checkpoint") == "somebody's work");
}

TEST_CASE("train -o -: the model alone on stdout, the report on stderr, no files") {
  const ScratchDirectory directory;
  const Ended ended = nram({"train", "--task", "access", "--no-minimise", "--seed", "3", "-o", "-"},
                           {.directory = directory.path()});
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.find("solved by attempt") != std::string::npos);
  CHECK(directory.names().empty());
  write_text(directory / "m.st", ended.out);
  CHECK(nram({"inspect", directory / "m.st"}).exit_code == 0);
  for (const std::string stdout_name : {"-", "/dev/stdout"}) {
    const Ended both =
        nram({"train", "--task", "access", "--no-minimise", "-o", stdout_name, "--json"});
    CHECK(both.exit_code == 2);
    CHECK(both.out.empty());
  }
  CHECK(nram({"train", "--task", "access", "--no-minimise", "-o", "-", "--resume"}).exit_code == 2);
}

TEST_CASE("/dev/stdout is standard output where it stands, not a file to be replaced") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  for (const std::string output : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    const Ended ended = shell("{ echo header; echo 1 1 0 | nram run " + program + " - -o " +
                                  output + "; echo footer; } >out 2>/dev/null",
                              {.directory = directory.path()});
    CHECK(ended.exit_code == 0);
    CHECK(read_text(directory / "out") == "header\n2 2 0\nfooter\n");
  }
  shell("echo log >out; echo 1 1 0 | nram run " + program + " - -o /dev/stdout >>out",
        {.directory = directory.path()});
  CHECK(read_text(directory / "out") == "log\n2 2 0\n");
}

TEST_CASE("a symbolic link that leads to no file yet stays a link") {
  const ScratchDirectory directory;
  std::filesystem::create_directory(directory / "sub");
  std::filesystem::create_symlink("sub/new.json", directory / "l.json");
  REQUIRE(nram({"export", copy_model, "-o", directory / "l.json"}).exit_code == 0);
  CHECK(S_ISLNK(status_of(directory / "l.json").st_mode));
  CHECK(S_ISREG(status_of(directory / "sub/new.json").st_mode));
}

TEST_CASE("owner and permissions are kept, no foreign set-user-ID bit is made") {
  const ScratchDirectory directory;
  const std::string output = directory / "o.json";
  write_text(output, "old");
  const bool root = ::geteuid() == 0;
  if (root) {
    REQUIRE(::chown(output.c_str(), 1234, 2345) == 0);
  }
  REQUIRE(::chmod(output.c_str(), 04750) == 0);
  REQUIRE(nram({"export", copy_model, "-o", output}).exit_code == 0);
  const struct stat status = status_of(output);
  CHECK((status.st_mode & 0777U) == 0750);
  if (root) {
    CHECK(status.st_uid == 1234);
    CHECK(status.st_gid == 2345);
  }
}

TEST_CASE("names of unknown kinds are an error, not silently text") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  for (const std::string name : {"o.npz", "o.csv", "o.NPY", "o.json"}) {
    const Ended ended = nram({"run", program, "-", "-o", directory / name}, {.input = "1 2 0\n"});
    CAPTURE(name);
    CHECK(ended.exit_code == 2);
    CHECK(ended.err.find(".npy") != std::string::npos);
    CHECK(nram({"example", "copy", "-o", directory / name}).exit_code == 2);
  }
  CHECK(
      nram({"train", "--task", "access", "--no-minimise", "-o", directory / "m.json"}).exit_code ==
      2);
  CHECK(nram({"export", copy_model, "-o", directory / "p.npy"}).exit_code == 2);
  CHECK(directory.names() == std::vector<std::string>{"increment.json"});
}

TEST_CASE("the place of the output is tried before the work") {
  const ScratchDirectory directory;
  // A search that would go on for hours.
  const Arguments train = {"train", "--task", "merge", "--registers", "3", "-o"};
  std::filesystem::create_directory(directory / "m.st");
  for (const std::string name : {"nodir/m.st", "m.st"}) {
    Arguments arguments = train;
    arguments.push_back(directory / name);
    const Ended ended = nram(arguments);
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 3);
    CHECK(directory.names() == std::vector<std::string>{"m.st"});
  }
  const Ended run = nram({"run", endless_program(directory), "-", "-o", directory / "nodir/o.txt"},
                         {.input = "1 2 0\n"});
  CHECK(run.exit_code == 3);
  CHECK(run.err.find("steps") == std::string::npos);
}

TEST_CASE("names as long as a file system allows") {
  const ScratchDirectory directory;
  const std::string name(250, 'm');
  const Ended ended =
      nram({"train", "--task", "access", "--no-minimise", "--seed", "3", "-o", directory / name});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.find("there will be no checkpoints") != std::string::npos);
  CHECK(directory.names() == std::vector<std::string>{name});
  CHECK(nram({"export", copy_model, "-o", directory / std::string(300, 'p')}).exit_code == 3);
}

TEST_CASE("a checkpoint that cannot be written does not end the search") {
  const ScratchDirectory directory;
  // A directory in its place, put there once the search is under way.
  const std::string model = directory / "m.st";
  Process process({nram_path(), "train", "--task", "merge", "--registers", "3", "--time", "2",
                   "--checkpoint-every", "0.7", "-o", model});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  std::filesystem::create_directory(model + ".checkpoint");
  const Ended ended = process.wait();
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 1);
  CHECK(ended.err.find("no checkpoint was written, training goes on") != std::string::npos);
  CHECK(nram({"inspect", model}).exit_code == 0);
}

TEST_CASE(
    "a model that cannot be written in the end is saved elsewhere, and the checkpoint stays") {
  const ScratchDirectory directory;
  std::filesystem::create_directory(directory / "sub");
  std::filesystem::create_directory(directory / "tmp");
  const std::string model = directory / "sub/m.st";
  Process process({"env", "TMPDIR=" + directory / "tmp", nram_path(), "train", "--task", "merge",
                   "--registers", "3", "--time", "2", "--checkpoint-every", "0.5", "-o", model});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  std::filesystem::create_directory(model);
  const Ended ended = process.wait();
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 3);
  const std::size_t at = ended.err.find(directory / "tmp");
  REQUIRE(at != std::string::npos);
  const std::string saved = ended.err.substr(at, ended.err.find(" instead") - at);
  CHECK(nram({"inspect", saved}).exit_code == 0);
  CHECK(std::filesystem::exists(model + ".checkpoint"));
}

TEST_CASE("the end of a terminal (SIGHUP) is treated like SIGTERM, unless it is ignored") {
  const ScratchDirectory directory;
  const std::string model = directory / "merge.st";
  const Arguments train = {nram_path(), "train",  "--task", "merge", "--registers",
                           "3",         "--time", "3",      "-o",    model};
  Process process(train);
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  process.send(SIGHUP);
  CHECK(process.wait().exit_code == 130);
  CHECK(nram({"inspect", model}).exit_code == 0);
  std::filesystem::remove(model + ".checkpoint");
  Arguments with_nohup = {"nohup"};
  with_nohup.insert(with_nohup.end(), train.begin(), train.end());
  Process ignoring(with_nohup);
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  ignoring.send(SIGHUP);
  CHECK(ignoring.wait().exit_code == 1);  // the time was used up
}

TEST_CASE("a header that nram has not written is not overwritten") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  write_text(directory / "reader.h", "int my_reader(void);\n");
  const Ended ended = nram({"export", program, "--to", "object", "-o", directory / "reader.o"});
  CHECK(ended.exit_code == 2);
  CHECK(read_text(directory / "reader.h") == "int my_reader(void);\n");
}

TEST_CASE("in place: a file that is truncated meanwhile ends the run with a message") {
  const ScratchDirectory directory;
  const std::string file = directory / "in.npy";
  REQUIRE(nram({"example", "increment", "--length", "100000", "-o", file}).exit_code == 0);
  const std::string fill = NRAM_SOURCE_DIR "/tests/cases/fill.json";
  Process process({nram_path(), "run", fill, file, "--in-place", "--modulus", "cells", "--steps",
                   "1000000000000", "--engine", "interpreter"});
  for (int i = 0; i < 1000 && !process.has_mapped(file); ++i) {  // 10 s
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  REQUIRE(::truncate(file.c_str(), 4096) == 0);
  const Ended ended = process.wait();
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 3);
  CHECK(ended.err.find("truncated while the program ran") != std::string::npos);
}

TEST_CASE("in place: holes that the disk cannot fill are found before the run") {
  const ScratchDirectory directory;
  if (shell("unshare -rm true").exit_code != 0) {
    MESSAGE("skipped: no mount namespaces here");
    return;
  }
  const std::string header = "{'descr': '<u4', 'fortran_order': False, 'shape': (10000000,), }";
  std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
  bytes += header + std::string(0x76 - header.size() - 1, ' ') + "\n";
  write_text(directory / "head", bytes);
  const Ended ended = shell(
      "unshare -rm bash -c 'mkdir t && mount -t tmpfs -o size=8m none t && cp head t/x.npy && "
      "truncate -s 40000128 t/x.npy && nram run " NRAM_SOURCE_DIR
      "/tests/cases/fill.json t/x.npy --in-place --steps 10000000 --modulus cells'",
      {.directory = directory.path()});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 3);
  CHECK(ended.err.find("No space left") != std::string::npos);
}

TEST_CASE("a target that is a mount point is overwritten, if there is space for all of it") {
  const ScratchDirectory directory;
  if (shell("unshare -rm true").exit_code != 0) {
    MESSAGE("skipped: no mount namespaces here");
    return;
  }
  write_text(directory / "inside", "old");
  write_text(directory / "outside", "old content, longer than what will be there");
  const std::string program = task_program(directory, "increment");
  const Ended ended = shell(
      "unshare -rm bash -c 'mount --bind outside inside && echo 1 1 0 | nram "
      "run increment.json - -o inside'",
      {.directory = directory.path()});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(read_text(directory / "outside") == "2 2 0\n");
  CHECK(read_text(directory / "inside") == "old");
  CHECK(directory.names() == std::vector<std::string>{"increment.json", "inside", "outside"});
}

}  // namespace
}  // namespace nram::test
