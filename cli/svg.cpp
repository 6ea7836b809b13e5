#include "svg.hpp"

#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>

namespace nram::cli {
namespace {

// What XML gives a meaning to.
std::string xml_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return result;
}

}  // namespace

Svg::Svg(double width, double height)
    : text_(fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" "
                        "font-family=\"sans-serif\" font-size=\"13\">\n"
                        "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
                        width, height)) {}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view colour) {
  text_ +=
      fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n",
                  x1, y1, x2, y2, colour);
}

void Svg::polyline(const std::vector<std::pair<double, double>>& points, std::string_view colour) {
  text_ +=
      fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" points=\"", colour);
  for (const auto& [x, y] : points) {
    text_ += fmt::format("{:.1f},{:.1f} ", x, y);
  }
  text_ += "\"/>\n";
}

void Svg::circle(double x, double y, double radius, std::string_view colour) {
  text_ += fmt::format(
      "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" fill=\"{}\" fill-opacity=\"0.6\"/>\n", x, y,
      radius, colour);
}

void Svg::label(double x, double y, Anchor anchor, std::string_view text, std::string_view colour) {
  const char* const name = anchor == Anchor::start    ? "start"
                           : anchor == Anchor::middle ? "middle"
                                                      : "end";
  text_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" fill=\"{}\">{}</text>\n",
                       x, y, name, colour, xml_text(text));
}

void Svg::save(const std::string& path) const {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  const bool written = file != nullptr && std::fputs(text().c_str(), file) != EOF;
  const bool closed = file == nullptr || std::fclose(file) == 0;
  if (!written || !closed) {
    throw std::runtime_error("cannot write " + path);
  }
}

}  // namespace nram::cli
