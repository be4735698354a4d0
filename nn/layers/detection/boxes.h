// SPDX-License-Identifier: Apache-2.0
// Boxes: corners, overlaps, and the code that nets give them in.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace firesteel {

template <class T>
struct Box {
  T x1 = 0, y1 = 0, x2 = 0, y2 = 0;

  static Box load(const T* p) { return {p[0], p[1], p[2], p[3]}; }
  void store(T* p) const { p[0] = x1, p[1] = y1, p[2] = x2, p[3] = y2; }
};

// pixel: 1 where x2 and y2 name the last pixel of a box, else 0.
template <class T>
T side(T first, T last, T pixel) {
  return std::max(last - first + pixel, T(0));
}
template <class T>
T area(const Box<T>& b, T pixel) {
  return side(b.x1, b.x2, pixel) * side(b.y1, b.y2, pixel);
}
template <class T>
T intersection(const Box<T>& a, const Box<T>& b, T pixel) {
  return side(std::max(a.x1, b.x1), std::min(a.x2, b.x2), pixel) *
         side(std::max(a.y1, b.y1), std::min(a.y2, b.y2), pixel);
}
// Intersection over union; 0 of two empty boxes.
template <class T>
T iou(const Box<T>& a, const Box<T>& b, T pixel) {
  T both = intersection(a, b, pixel), either = area(a, pixel) + area(b, pixel) - both;
  return either > 0 ? both / either : T(0);
}

// What lies within an image of this width and height.
template <class T>
Box<T> clipped(const Box<T>& b, T width, T height, T pixel) {
  auto within = [](T v, T most) { return std::max(std::min(v, most), T(0)); };
  return {within(b.x1, width - pixel), within(b.y1, height - pixel), within(b.x2, width - pixel),
          within(b.y2, height - pixel)};
}

// log(1000 / 16): no box becomes larger by a greater factor. As in torchvision.
inline constexpr float kMaxLogScale = 4.1351666f;

// Girshick et al., "Rich feature hierarchies", 2014: a box as another one that is moved by
// (d[0], d[1]) / weights of its sides and stretched by exp((d[2], d[3]) / weights).
template <class T>
struct BoxCode {
  T weights[4];
  T most;  // limit of what exp() is taken of
  T pixel;

  T factor(T d, T weight) const { return std::exp(std::min(d / weight, most)); }

  Box<T> decode(const Box<T>& b, const T* d) const {
    T width = b.x2 - b.x1 + pixel, height = b.y2 - b.y1 + pixel;
    T x = b.x1 + width / 2 + d[0] / weights[0] * width;
    T y = b.y1 + height / 2 + d[1] / weights[1] * height;
    T w = factor(d[2], weights[2]) * width / 2, h = factor(d[3], weights[3]) * height / 2;
    return {x - w, y - h, x + w - pixel, y + h - pixel};
  }
};

// Liu et al., "SSD: single shot multibox detector", 2016: numbers of a regression are in units of
// `variances` (null: 1), of the middle and the logarithm of the sides of a default box.
template <class T>
Box<T> decoded(const Box<T>& prior, const T* variances, const T* regression) {
  T d[4];
  for (int i = 0; i < 4; ++i) d[i] = variances ? variances[i] * regression[i] : regression[i];
  return BoxCode<T>{{1, 1, 1, 1}, std::numeric_limits<T>::infinity(), 0}.decode(prior, d);
}
// The same of code_type "corner": corners are moved.
template <class T>
Box<T> moved_corners(const Box<T>& prior, const T* variances, const T* regression) {
  auto d = [&](int i) { return variances ? variances[i] * regression[i] : regression[i]; };
  return {prior.x1 + d(0), prior.y1 + d(1), prior.x2 + d(2), prior.y2 + d(3)};
}

}  // namespace firesteel
