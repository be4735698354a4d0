// SPDX-License-Identifier: Apache-2.0
// Rows that nobody has to fetch, to try a model or to measure: synthetic:SHAPE/CLASSES/ROWS, such as
// synthetic:3x224x224/1000/512. They can be learned: each class is bright in some places and dark in
// others, under noise.
#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/rng.h"
#include "formats/dataset.h"

namespace firesteel {
namespace {

constexpr int64_t kPlaces = 16;
constexpr int64_t kMostBytes = int64_t{1} << 33;

[[noreturn]] void refuse(const std::string& text) {
  fail<AttrError>("data: synthetic data is SHAPE/CLASSES/ROWS, such as 3x224x224/1000/512, got '",
                  text, "'");
}

int64_t number(std::string_view digits, const std::string& text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 1) refuse(text);
  return value;
}

std::vector<std::string_view> split_at(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0, end; begin <= text.size(); begin = end + 1) {
    end = std::min(text.find(mark, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
  }
  return parts;
}

Dataset read(const std::string& given, const std::string& split) {
  std::string text = given.empty() ? "1x28x28/10/4096" : given;
  auto parts = split_at(text, '/');
  if (parts.size() != 3) refuse(text);
  Dataset out;
  for (std::string_view extent : split_at(parts[0], 'x')) {
    out.x_shape.push_back(number(extent, text));
  }
  out.classes = number(parts[1], text);
  out.rows = number(parts[2], text);
  int64_t width = 1;
  for (int64_t extent : out.x_shape) {
    if (extent > kMostBytes / width) refuse(text);
    width *= extent;
  }
  require<AttrError>(out.rows <= kMostBytes / width, "data: synthetic data must be at most ",
                     kMostBytes >> 30, " GB, got ", out.rows, " rows of ", width, " bytes");
  // Rows to test on are others, of the same classes.
  bool train = split == "train";
  if (!train) out.rows = std::max<int64_t>(1, out.rows / 8);
  Rng rows(train ? 11 : 12);
  out.x.resize(static_cast<size_t>(out.rows * width));
  for (int64_t r = 0; r < out.rows; ++r) {
    int64_t label = static_cast<int64_t>(rows.below(static_cast<uint32_t>(out.classes)));
    out.add_class(static_cast<int32_t>(label));
    Rng of_class(static_cast<uint64_t>(label) + 100);
    int64_t brightness[kPlaces];
    for (int64_t& b : brightness) b = 160 * static_cast<int64_t>(of_class.below(2));
    char* x = out.x.data() + r * width;
    for (int64_t i = 0; i < width; ++i) {
      uint32_t noise = rows.below(96);
      x[i] = static_cast<char>(noise + static_cast<uint32_t>(brightness[i * kPlaces / width]));
    }
  }
  return out;
}

const RegisterDataset kSynthetic({"synthetic",
                                  "Rows made up on the spot: synthetic:SHAPE/CLASSES/ROWS.", read,
                                  false});

}  // namespace
}  // namespace firesteel
