// nram explore: what it writes, and what it refuses. What the page does is tested in a browser
// (tests/explorer).

#include "fixtures.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

const std::string shipped = NRAM_SOURCE_DIR "/samples/";

/// The data in a page.
nlohmann::json data_in(const std::string& page) {
  const std::string begin = R"(<script type="application/json" id="data">)";
  const std::size_t at = page.find(begin);
  REQUIRE(at != std::string::npos);
  const std::size_t end = page.find("</script>", at);
  return nlohmann::json::parse(page.substr(at + begin.size(), end - at - begin.size()));
}

TEST_CASE("explore writes one page with program, memory and what is known of both") {
  const ScratchDirectory directory;
  const std::string program = shipped + "programs/copy.json";
  write_text(directory / "in.txt", "1 2 3\n4 7 8 9 0 0 0 0 0\n");
  const Ended ended = nram({"explore", program, "--input", directory / "in.txt", "--row", "1", "-o",
                            directory / "page.html"});
  CAPTURE(ended.err);
  REQUIRE(ended.exit_code == 0);
  CHECK(ended.out.empty());
  const std::string page = read_text(directory / "page.html");
  CHECK(page.starts_with("<!doctype html>"));
  // It loads nothing: the one address in it is the name of SVG.
  CHECK(count_of("http", page) == 2);
  CHECK(count_of("http-equiv=", page) == 1);
  CHECK(count_of("'http://www.w3.org/2000/svg'", page) == 1);
  CHECK(count_of("url(", page) == count_of("url(#", page));
  CHECK(count_of("<script", page) == 2);
  CHECK(count_of("@", page) == count_of("@media", page));  // and not @import
  const auto data = data_in(page);
  CHECK(data["memory"] == "4 7 8 9 0 0 0 0 0");
  CHECK(data["programName"] == "copy.json");
  CHECK(data["inputName"] == "in.txt, memory 1");
  CHECK(data["program"] == nlohmann::json::parse(read_text(program)));
  CHECK(data["listing"] == nram({"inspect", program}).out);
  CHECK(data["modulus"] == "18446744073709551616");
  CHECK(data["limit"] == 64 * 9 + 65536);
  CHECK(data["circuits"].size() == data["program"]["circuits"].size());

  const Ended piped =
      nram({"explore", program, "--input", "-", "-o", "-", "--modulus", "cells", "--steps", "1k"},
           {.input = "4 7 6 0 0 0 0 0"});
  REQUIRE(piped.exit_code == 0);
  const auto other = data_in(piped.out);
  CHECK(other["modulus"] == "8");
  CHECK(other["modulusIsCells"] == true);
  CHECK(other["limit"] == 1000);
}

TEST_CASE("explore draws an example of a task, as nram example does") {
  const ScratchDirectory directory;
  const std::string program = shipped + "programs/reverse.json";
  const std::vector<std::string> draw = {"--length", "7", "--seed", "5"};
  std::vector<std::string> explore = {"explore", program, "--task", "reverse", "-o", "-"};
  std::vector<std::string> example = {"example", "reverse", "-o", "-"};
  explore.insert(explore.end(), draw.begin(), draw.end());
  example.insert(example.end(), draw.begin(), draw.end());
  const auto data = data_in(nram(explore).out);
  const auto drawn = nlohmann::json::parse(nram(example).out);
  std::string memory;
  for (const auto& value : drawn["memory"]) {
    memory += (memory.empty() ? "" : " ") + value.dump();
  }
  CHECK(data["memory"] == memory);
  REQUIRE(data["expected"].size() == drawn["expected"].size());
  for (std::size_t cell = 0; cell < drawn["expected"].size(); ++cell) {
    const auto& wanted = drawn["expected"][cell];
    CHECK(data["expected"][cell] ==
          (wanted.is_null() ? nlohmann::json() : nlohmann::json(wanted.dump())));
  }
}

TEST_CASE("no text of a file can end the element of the page that it is in") {
  const ScratchDirectory directory;
  auto program = nlohmann::json::parse(read_text(shipped + "programs/copy.json"));
  const std::string evil = "</script><script>alert(1)</script><!-- & \u2028";
  program["metadata"]["task"] = evil;
  const std::string path = directory / "<img src=x onerror=alert(1)>.json";
  write_text(path, program.dump());
  write_text(directory / "<b>.txt", "3 1 0 0 0\n");
  const Ended ended =
      nram({"explore", path, "--input", directory / "<b>.txt", "-o", directory / "page.html"});
  CAPTURE(ended.err);
  REQUIRE(ended.exit_code == 0);
  const std::string page = read_text(directory / "page.html");
  CHECK(count_of("<script", page) == 2);
  CHECK(count_of("</script", page) == 2);
  CHECK(page.find("<!--") == std::string::npos);
  CHECK(page.find("<img") == std::string::npos);
  CHECK(data_in(page)["program"]["metadata"]["task"] == evil);
  CHECK(data_in(page)["programName"] == "<img src=x onerror=alert(1)>.json");
}

TEST_CASE("explore refuses what it cannot show, and leaves the page as it was") {
  const ScratchDirectory directory;
  const std::string program = shipped + "programs/copy.json";
  const std::string page = directory / "page.html";
  write_text(page, "old");
  write_text(directory / "in.txt", "4 7 8 9 0 0 0 0 0\n");
  write_text(directory / "negative.txt", "4 -7 8 9 0 0 0 0 0\n");
  std::string many;
  for (int cell = 0; cell < 1'000'001; ++cell) {
    many += "0 ";
  }
  write_text(directory / "many.txt", many);
  const std::string input = directory / "in.txt";
  struct Refusal {
    std::vector<std::string> arguments;
    int exit_code;
    std::string message;
  };
  const std::vector<Refusal> refusals = {
      {{shipped + "models/copy.safetensors", "--input", input, "-o", page}, 2, "nram export"},
      {{program, "--input", input, "-o", directory / "page.json"}, 2, "a page is named .html"},
      {{program, "--input", input, "-o", input}, 2, "the same file"},
      {{program, "--input", input, "--row", "1", "-o", page}, 2, "has no --row 1"},
      {{program, "--input", input, "--modulus", "5", "-o", page}, 2, "modulus 5 is smaller"},
      {{program, "--input", input, "--modulus", "9", "-o", page}, 3, "cell 3 holds 9"},
      {{program, "--input", directory / "many.txt", "-o", page}, 3, "at most 1000000"},
      {{program, "--input", directory / "none.txt", "-o", page}, 3, "none.txt"},
      {{program, "--task", "copy", "--length", "900k", "-o", page}, 3, "holds 1 to 1000000"},
      {{program, "-o", page}, 2, "--input"},
      {{program, "--input", input, "--task", "copy", "-o", page}, 2, "--task"},
      {{program, "--input", input, "--length", "5", "-o", page}, 2, "--task"},
      {{program, "--task", "cpoy", "-o", page}, 2, "did you mean copy?"},
      {{program, "--input", input, "--steps", "11M", "-o", page}, 2, "--steps"},
      {{shipped + "programs/maximum.json", "--input", directory / "negative.txt", "-o", page},
       3,
       "--reinterpret"},
  };
  for (const auto& [arguments, exit_code, expected] : refusals) {
    const auto& message = expected;  // which Clang can capture
    std::vector<std::string> line = {"explore"};
    line.insert(line.end(), arguments.begin(), arguments.end());
    const Ended ended = nram(line);
    CAPTURE(message);
    CAPTURE(ended.err);
    CHECK(ended.exit_code == exit_code);
    CHECK(ended.err.find(message) != std::string::npos);
    CHECK(read_text(page) == "old");
  }
  CHECK(nram({"run", program, input, "-o", page}).exit_code == 2);
}

}  // namespace
}  // namespace nram::test
