#pragma once

// Pictures of measurements.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nram::cli {

enum class Anchor { start, middle, end };

/// An SVG picture on white ground; coordinates in pixels, y downwards.
class Svg {
 public:
  Svg(double width, double height);

  void line(double x1, double y1, double x2, double y2, std::string_view colour = "#ddd");
  void polyline(const std::vector<std::pair<double, double>>& points, std::string_view colour);
  void circle(double x, double y, double radius, std::string_view colour);
  void label(double x, double y, Anchor anchor, std::string_view text,
             std::string_view colour = "black");

  /// The picture as a file holds it.
  [[nodiscard]] std::string text() const { return text_ + "</svg>\n"; }
  /// Throws std::runtime_error, with the path, if it cannot be written.
  void save(const std::string& path) const;

 private:
  std::string text_;
};

}  // namespace nram::cli
