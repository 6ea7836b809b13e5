// Completion scripts in real shells, and manual pages in real formatters; whatever is not installed
// is skipped.

#include "fixtures.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

bool is_installed(const std::string& program) {
  return shell("command -v " + program).exit_code == 0;
}

/// What bash offers for the last of these words: one a line, sorted.
std::string offered(const std::string& words, const std::string& directory = {}) {
  // Words as the reader's shell splits them: at blanks and at `=`.
  const std::string script =
      "source <(nram completion bash)\n"
      "[[ $(complete -p nram) == *' -F _nram nram' ]] || exit 9\n"
      "COMP_WORDS=(" +
      words +
      ")\n"
      "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
      "_nram nram\n"
      "printf '%s\\n' \"${COMPREPLY[@]}\" | LC_ALL=C sort\n";
  const Ended ended = shell(script, {.directory = directory});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.empty());
  return ended.out;
}

TEST_CASE("bash completes verbs, options and their values") {
  CHECK(offered("nram tr") == "train\n");
  CHECK(offered("nram e") == "eval\nexample\nexamples\nexplore\nexport\n");
  CHECK(offered("nram --v") == "--version\n");
  CHECK(offered("nram train --hid") == "--hidden\n");
  CHECK(offered("nram train --task re") == "reverse\n");
  CHECK(offered("nram train --task = re") == "reverse\n");
  CHECK(offered("nram train --task =").find("reverse\n") != std::string::npos);
  CHECK(offered("nram train --seed ''") == "\n");
  CHECK(offered("nram example ''").find("copy\n") != std::string::npos);
  CHECK(offered("nram run p.json in.npy --engine ''") == "auto\ninterpreter\njit\nreference\n");
  CHECK(offered("nram run --modulus w") == "word\n");
  CHECK(offered("nram help tra") == "train\n");
  CHECK(offered("nram completion ''") == "bash\nfish\nzsh\n");
  CHECK(offered("nram run --without idle-writes,fol") == "idle-writes,fold\n");
}

TEST_CASE("bash completes files and directories, whatever they are called") {
  const ScratchDirectory directory;
  write_text(directory / "copy it.json", "{}");
  REQUIRE(shell("mkdir pictures", {.directory = directory.path()}).exit_code == 0);
  CHECK(offered("nram run co", directory.path()) == "copy it.json\n");
  CHECK(offered("nram train --examples ''", directory.path()) == "copy it.json\npictures\n");
  CHECK(offered("nram inspect p.json --svg ''", directory.path()) == "pictures\n");
}

TEST_CASE("zsh loads its completion" * doctest::skip(!is_installed("zsh"))) {
  const ScratchDirectory directory;
  const Ended ended = shell(
      "nram completion zsh >_nram && zsh -n _nram && zsh -f -c 'fpath=($PWD $fpath); autoload -Uz "
      "compinit; compinit -u -D; source ./_nram && print -r -- $_comps[nram]'",
      {.directory = directory.path()});
  CHECK(ended.err.empty());
  CHECK(ended.out == "_nram\n");
}

TEST_CASE("fish completes as bash does" * doctest::skip(!is_installed("fish"))) {
  const auto complete = [](const std::string& line) {
    const ScratchDirectory home;
    const Ended ended =
        shell("export HOME=$PWD; fish -c 'nram completion fish | source; complete -C \"" + line +
                  "\"' | cut -f 1 | LC_ALL=C sort",
              {.directory = home.path()});
    CAPTURE(ended.err);
    CHECK(ended.err.empty());
    return ended.out;
  };
  CHECK(complete("nram tra") == "train\n");
  CHECK(complete("nram train --hid") == "--hidden\n");
  CHECK(complete("nram train --task rev") == "reverse\n");
  CHECK(complete("nram run --engine int") == "interpreter\n");
}

/// The verbs, as the command lists them to a shell.
std::vector<std::string> all_verbs() {
  std::vector<std::string> names;
  std::string rest = offered("nram ''");
  while (!rest.empty()) {
    names.push_back(rest.substr(0, rest.find('\n')));
    rest.erase(0, rest.find('\n') + 1);
  }
  return names;
}

TEST_CASE("every verb has a manual page, with all its options") {
  for (const std::string& verb : all_verbs()) {
    const Ended page = nram({"manual", verb});
    CAPTURE(verb);
    CHECK(page.exit_code == 0);
    CHECK(page.out.find("\n.SH NAME\nnram\\-" + verb + " \\- ") != std::string::npos);
    CHECK(page.out.find("\n.SH OPTIONS\n") != std::string::npos);
  }
  const std::string train = nram({"manual", "train"}).out;
  for (const std::string option : {"task", "ask", "time", "learning\\-rate", "no\\-annealing"}) {
    CHECK_MESSAGE(train.find("\\fB\\-\\-" + option + "\\fR") != std::string::npos, option);
  }
  CHECK(train.find("loaded") == std::string::npos);  // an old name
}

/// Whether a formatter, a command that reads the file $page, takes all pages without a word.
void check_pages(const std::string& formatter) {
  const ScratchDirectory directory;
  REQUIRE(nram({"manual", "-o", directory / "pages"}).exit_code == 0);
  const Ended ended = shell("cd pages && for page in *.1; do " + formatter + " || exit; done",
                            {.directory = directory.path()});
  CAPTURE(ended.err);
  CAPTURE(ended.out);
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.empty());
  CHECK(ended.out.empty());
}

TEST_CASE("groff takes the manual pages without a warning" *
          doctest::skip(!is_installed("groff"))) {
  check_pages("groff -man -Tutf8 -ww -rLL=60n -z $page");
}

TEST_CASE("man shows the manual pages without a warning" * doctest::skip(!is_installed("man"))) {
  check_pages("MANWIDTH=80 man --warnings=w -l -Tutf8 -P cat $page >shown");
  const ScratchDirectory directory;
  const Ended shown = shell("nram manual train | MANWIDTH=80 man -l -P cat - | col -b",
                            {.directory = directory.path()});
  if (is_installed("col")) {
    CHECK(shown.out.find("nram-train - learn a program from examples") != std::string::npos);
    CHECK(shown.out.find("--task TASK") != std::string::npos);
    CHECK(shown.out.find("nram train --task copy -o copy.safetensors") != std::string::npos);
  }
}

TEST_CASE("mandoc takes the manual pages without a warning" *
          doctest::skip(!is_installed("mandoc"))) {
  // They have no date, so that equal declarations make equal pages.
  check_pages("! mandoc -T lint -W warning $page | grep -v 'missing date'");
}

}  // namespace
}  // namespace nram::test
