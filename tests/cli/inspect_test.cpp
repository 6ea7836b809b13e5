// nram export and nram inspect.

#include "fixtures.hpp"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <nram/engine/optimise.hpp>

namespace nram::test {
namespace {

TEST_CASE("export writes a program that runs, and says how sure the model is") {
  const ScratchDirectory directory;
  const std::string model = random_model(directory);
  const Ended text = nram({"export", model, "-o", directory / "p.json"});
  CAPTURE(text.err);
  REQUIRE(text.exit_code == 0);
  CHECK(text.out.find("least sure selectors") != std::string::npos);
  CHECK(nram({"inspect", directory / "p.json"}).exit_code == 0);

  const auto plain = report_of(nram({"export", model, "-o", directory / "p.json", "--json"}));
  CHECK(plain["soft_accuracy"].is_null());
  const auto compared =
      report_of(nram({"export", model, "-o", directory / "p.json", "--json", "--task", "access"}));
  CHECK(compared["soft_accuracy"].is_number());
  CHECK(compared["hard_accuracy"].is_number());
  CHECK(compared["selectors"].size() > 10);

  write_text(directory / "e.jsonl",
             R"({"memory":[1,5,0,0,0,0],"expected":[5,null,null,null,null,null]})"
             "\n");
  CHECK(nram({"export", model, "-o", directory / "p.json", "--examples", directory / "e.jsonl"})
            .exit_code == 0);
}

TEST_CASE("export to stdout gives the same bytes as to a file") {
  const ScratchDirectory directory;
  const std::string model = random_model(directory);
  const Ended piped = nram({"export", model, "-o", "-"});
  CHECK(piped.exit_code == 0);
  CHECK(nram({"export", model, "-o", directory / "p.json"}).exit_code == 0);
  CHECK(piped.out == read_text(directory / "p.json"));
}

TEST_CASE("inspect lists a program, a model's program, one circuit, JSON") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "copy");
  const Ended listing = nram({"inspect", program});
  CHECK(listing.exit_code == 0);
  CHECK(listing.out.find("mem[") != std::string::npos);
  CHECK(listing.out.find("stop") != std::string::npos);
  CHECK(nram({"inspect", "-"}, {.input = read_text(program)}).out == listing.out);

  const std::string model = random_model(directory);
  CHECK(nram({"export", model, "-o", directory / "p.json"}).exit_code == 0);
  CHECK(nram({"inspect", model}).out == nram({"inspect", directory / "p.json"}).out);

  CHECK(nram({"inspect", program, "--circuit", "1"}).out.starts_with("c1\n"));
  const Ended none = nram({"inspect", program, "--circuit", "99"});
  CHECK(none.exit_code == 2);
  CHECK(none.err.find("no c99") != std::string::npos);

  const Ended raw = nram({"inspect", program, "--raw"});
  CHECK(raw.out.find("when ") != std::string::npos);
  CHECK(raw.out.find("(c0)") != std::string::npos);
  CHECK(nram({"inspect", program, "--raw", "--settings"}).exit_code == 2);
  CHECK(nram({"inspect", program, "--raw", "--circuit", "0"}).exit_code == 2);

  const auto report = report_of(nram({"inspect", program, "--json"}));
  CHECK(listing.out.find(report["listing"][0].get<std::string>() + "\n") != std::string::npos);
  CHECK(report["variables"].size() > 0);
  CHECK(report["registers"] == 3);
  CHECK(report["modules"].size() == 14);
  CHECK(report["circuits"].size() == 4);
  CHECK(report["rules"].size() >= 4);
}

TEST_CASE("what was learned can be read: header, loop, result") {
  const std::string samples = std::string(NRAM_SOURCE_DIR) + "/samples/programs/";
  const Ended walk = nram({"inspect", samples + "walk-bst.json"});
  CHECK(walk.out ==
        "# task: walk-bst\n"
        "# arithmetic: both (right modulo 2^64 and modulo the number of cells)\n"
        "# machine: 4 registers, 0 at the start; 4 circuits, 4 states; modules in use: READ INC "
        "ADD WRITE\n"
        "# variables: x = r1, i = r2, p = r3, q = r0\n"
        "\n"
        "x := mem[0]\n"
        "i := 2\n"
        "p := mem[1]\n"
        "loop  # each time 2 steps, 2 reads, 0 writes\n"
        "  y := mem[i]\n"
        "  q := x + y\n"
        "  if y = 0\n"
        "    break\n"
        "  x := mem[q]\n"
        "  i := i + 1\n"
        "mem[p] := mem[q]\n"
        "stop\n");
  const Ended settings = nram({"inspect", samples + "walk-bst.json", "--settings"});
  CHECK(settings.out.find("seed: 2\n") != std::string::npos);
  CHECK(settings.out.find("settings:\n  registers=0\n") != std::string::npos);
  CHECK(settings.out.find("mem[") == std::string::npos);
}

TEST_CASE("inspect draws every circuit whole and pruned, and the controller") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  CHECK(nram({"inspect", program, "--dot", directory / "a/b", "--svg", directory / "svg"})
            .exit_code == 0);
  const Ended files = shell("cd '" + directory.path() + "' && ls a/b svg");
  CHECK(files.out ==
        "a/b:\nautomaton.dot\nc0-whole.dot\nc0.dot\nc1-whole.dot\nc1.dot\nprogram.dot\n\n"
        "svg:\nautomaton.svg\nc0-whole.svg\nc0.svg\nc1-whole.svg\nc1.svg\nprogram.svg\n");
  CHECK(read_text(directory / "svg/c0.svg").find("<svg") != std::string::npos);
  CHECK(nram({"inspect", program, "--circuit", "1", "--dot", directory / "one"}).exit_code == 0);
  CHECK(shell("ls '" + directory.path() + "/one'").out == "c1-whole.dot\nc1.dot\n");
  for (const std::string format : {"svg", "png", "dot", "graphml", "json"}) {
    CAPTURE(format);
    const Ended ended =
        nram({"inspect", program, "--graphs", directory / format, "--format", format});
    REQUIRE(ended.exit_code == 0);
    CHECK(ended.err.find("6 ") != std::string::npos);
    CHECK(shell("ls '" + directory.path() + "/" + format + "' | wc -l").out == "6\n");
  }
  CHECK(read_text(directory / "png/c0.png").substr(1, 3) == "PNG");
  CHECK(read_text(directory / "graphml/program.graphml").find("<graphml") != std::string::npos);
  const auto graph = nlohmann::json::parse(read_text(directory / "json/program.json"));
  CHECK(graph["vertices"].size() > 6);
  CHECK(nram({"inspect", program, "--graphs", directory / "default"}).exit_code == 0);
  CHECK(read_text(directory / "default/program.svg").find("<svg") != std::string::npos);
  CHECK(nram({"inspect", program, "--format", "png"}).exit_code == 2);
  CHECK(nram({"inspect", program, "--graphs", directory / "x", "--format", "pdf"}).exit_code == 2);
}

TEST_CASE("pictures without Graphviz: a plain reason") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const Ended ended = shell("PATH=/nowhere " + nram_path() + " inspect " + program + " --svg " +
                            (directory / "svg"));
  CHECK(ended.exit_code == 3);
  CHECK(ended.err.find("apt install graphviz") != std::string::npos);
}

TEST_CASE("inspect shows the program before and after the passes, and passes can be left out") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "copy");
  const Ended both = nram({"inspect", program, "--optimised"});
  CAPTURE(both.err);
  REQUIRE(both.exit_code == 0);
  CHECK(both.out.starts_with("Before the passes: "));
  CHECK(both.out.find("\nAfter the passes: ") != std::string::npos);

  const auto size = [&](const std::string& without, const char* stage) {
    std::vector<std::string> line = {"inspect", program, "--optimised", "--json"};
    if (!without.empty()) {
      line.insert(line.end(), {"--without", without});
    }
    return report_of(nram(line))[stage]["instructions"].get<int>();
  };
  CHECK(size("", "after") < size("", "before"));
  CHECK(size("", "before") == size("idle-writes", "before"));
  CHECK(size("idle-writes", "after") > size("", "after"));

  const Ended list = nram({"inspect", "--list-passes"});
  CHECK(list.exit_code == 0);
  std::string all;
  for (const PassInfo& info : passes()) {
    CHECK(list.out.find(std::string(info.name) + " ") != std::string::npos);
    all += (all.empty() ? "" : ",") + std::string(info.name);
    // Each can be left out, of inspect and of run.
    const std::string name(info.name);
    CHECK(nram({"inspect", program, "--optimised", "--without", name}).exit_code == 0);
    CHECK(nram({"run", program, "-", "-o", "-", "--without", name}, {.input = "3 7 0 1 1\n"}).out ==
          "3 7 0 7 1\n");
  }
  // Without any, what engines run is the program as it was written.
  const std::string none = nram({"inspect", program, "--optimised", "--without", all}).out;
  const std::size_t second = none.find("\nAfter the passes: ");
  CHECK(none.substr(none.find(';')).starts_with(none.substr(none.find(';', second))));

  const Ended unknown = nram({"run", program, "-", "-o", "-", "--without", "magic"});
  CHECK(unknown.exit_code == 2);
  CHECK(unknown.err.find("there is no pass 'magic'") != std::string::npos);
  CHECK(nram({"inspect", program, "--optimised", "--circuit", "0"}).exit_code == 2);
}

TEST_CASE("one of a kind is one register, circuit, state") {
  const ScratchDirectory directory;
  CHECK(nram({"inspect", endless_program(directory)})
            .out.find("# machine: 1 register, 0 at the start; 1 circuit, 1 state; modules") !=
        std::string::npos);
}

TEST_CASE("a program too large for pseudo-code says so in JSON, too") {
  const ScratchDirectory directory;
  auto program = nlohmann::json::parse(read_text(endless_program(directory)));
  const auto rule = program["controller"][0];
  program["controller"] = nlohmann::json::array();
  for (int state = 0; state < 300; ++state) {
    auto one = rule;
    one["state"] = state;
    one["next"] = (state + 1) % 300;
    program["controller"].push_back(one);
  }
  write_text(directory / "large.json", program.dump());
  const auto report = report_of(nram({"inspect", directory / "large.json", "--json"}));
  CHECK(report["listing"].is_null());
  CHECK(report["why_no_listing"].get<std::string>().find("too large") != std::string::npos);
  const auto small = report_of(nram({"inspect", endless_program(directory), "--json"}));
  CHECK(small["why_no_listing"].is_null());
}

}  // namespace
}  // namespace nram::test
