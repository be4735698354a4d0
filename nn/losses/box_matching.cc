// SPDX-License-Identifier: Apache-2.0
#include "nn/losses/box_matching.h"

#include <algorithm>
#include <cmath>

namespace firesteel {
namespace {

// overlaps: of each true box, with all default boxes.
void match_truths(const std::vector<double>& overlaps, size_t truths,
                  std::vector<BoxMatch>* matches) {
  size_t count = matches->size();
  std::vector<bool> done(truths, false);
  for (size_t round = 0; round < truths; ++round) {
    double most = 0;
    size_t truth = 0, box = 0;
    for (size_t t = 0; t < truths; ++t) {
      if (done[t]) continue;
      for (size_t p = 0; p < count; ++p) {
        if ((*matches)[p].truth >= 0 || overlaps[t * count + p] <= most) continue;
        most = overlaps[t * count + p], truth = t, box = p;
      }
    }
    if (most == 0) return;
    done[truth] = true;
    (*matches)[box].truth = static_cast<int64_t>(truth);
  }
}

}  // namespace

double overlap_of(const Corners& a, const Corners& b) {
  double width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  double height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  double both = width * height;
  return both / (a.width() * a.height() + b.width() * b.height() - both);
}

std::vector<BoxMatch> match_boxes(std::span<const Corners> defaults,
                                  std::span<const Corners> truths, double threshold) {
  size_t count = defaults.size();
  std::vector<BoxMatch> matches(count);
  std::vector<double> overlaps(truths.size() * count);
  std::vector<int64_t> nearest(count, -1);
  for (size_t t = 0; t < truths.size(); ++t) {
    for (size_t p = 0; p < count; ++p) {
      double overlap = overlap_of(defaults[p], truths[t]);
      overlaps[t * count + p] = overlap;
      if (overlap <= matches[p].overlap) continue;
      matches[p].overlap = overlap;
      nearest[p] = static_cast<int64_t>(t);
    }
  }
  match_truths(overlaps, truths.size(), &matches);
  for (size_t p = 0; p < count; ++p) {
    BoxMatch& match = matches[p];
    if (match.truth < 0 && match.overlap > threshold) match.truth = nearest[p];
  }
  return matches;
}

std::array<double, 4> encode_box(const Corners& box, const Corners& from,
                                 std::span<const float> variances) {
  auto middle = [](double a, double b) { return (a + b) / 2; };
  double x = (middle(box.x1, box.x2) - middle(from.x1, from.x2)) / from.width();
  double y = (middle(box.y1, box.y2) - middle(from.y1, from.y2)) / from.height();
  double width = std::log(box.width() / from.width());
  double height = std::log(box.height() / from.height());
  return {x / variances[0], y / variances[1], width / variances[2], height / variances[3]};
}

}  // namespace firesteel
