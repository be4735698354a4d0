// SPDX-License-Identifier: Apache-2.0
// Boxes by their corners, and which default box of a detector stands for which true box.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace firesteel {

struct Corners {
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;

  double width() const { return x2 - x1; }
  double height() const { return y2 - y1; }
};

// The area that both cover, as a share of the area that one covers.
double overlap_of(const Corners& a, const Corners& b);

struct BoxMatch {
  int64_t truth = -1;  // the true box that a default box stands for; -1: none
  double overlap = 0;  // with the true box that it overlaps most
};
// Liu et al., "SSD", 2016, section 2.2: each true box gets the default box that overlaps it most, the
// largest overlap of all first; then each default box left over that overlaps a true box by more than
// `threshold` stands for the one it overlaps most.
std::vector<BoxMatch> match_boxes(std::span<const Corners> defaults,
                                  std::span<const Corners> truths, double threshold);

// Where `box` is as seen from a default box: its centre and the logs of its extents, in units of the
// default box and of the variances.
std::array<double, 4> encode_box(const Corners& box, const Corners& from,
                                 std::span<const float> variances);

}  // namespace firesteel
