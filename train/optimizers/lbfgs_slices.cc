// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "train/dot.h"
#include "train/optimizers/lbfgs_state.h"

namespace firesteel::lbfgs {
namespace {

constexpr int64_t kPiece = 1024;  // of a slice at a time: what is made of it stays in the cache

float* s_of(const Update& u, size_t pair) { return u.states[kPairs + 2 * pair]; }
float* y_of(const Update& u, size_t pair) { return u.states[kPairs + 2 * pair + 1]; }

// The pair that there is if this point is accepted, to the bit the same whenever it is made.
void new_pair(const Update& u, int64_t at, int64_t count, double step, float* s, float* y) {
  const float *d = u.states[kDirection] + at, *before = u.states[kGradient] + at;
  const float *g = u.gradients + at, went = static_cast<float>(step);
  for (int64_t i = 0; i < count; ++i) {
    s[i] = went * d[i];
    y[i] = g[i] - before[i];
  }
}

double largest(const float* numbers, int64_t count) {
  float most = 0;
  for (int64_t i = 0; i < count; ++i) most = std::max(most, std::abs(numbers[i]));
  return most;
}

void add_piece(const Update& u, int64_t at, int64_t count, size_t pairs, JointSums& into) {
  float s[kPiece], y[kPiece];
  const float *g = u.gradients + at, *d = u.states[kDirection] + at;
  new_pair(u, at, count, head_of(u.numbers).step, s, y);
  double* sums = into.sums.data();
  sums[kGG] += dot(g, g, count);
  sums[kGD] += dot(g, d, count);
  sums[kMagnitudes] += sum_of_magnitudes(g, count);
  sums[kSY] += dot(s, y, count);
  sums[kYY] += dot(y, y, count);
  sums[kSG] += dot(s, g, count);
  sums[kYG] += dot(y, g, count);
  for (size_t p = 0; p < pairs; ++p) {
    const float *old_s = s_of(u, p) + at, *old_y = y_of(u, p) + at;
    double* of_pair = sums + kSums + kSumsOfPair * p;
    of_pair[kOldSG] += dot(old_s, g, count);
    of_pair[kOldYG] += dot(old_y, g, count);
    of_pair[kOldSNewY] += dot(old_s, y, count);
    of_pair[kOldYNewY] += dot(old_y, y, count);
    of_pair[kNewSOldY] += dot(s, old_y, count);
  }
  into.most[kLargestGradient] = std::max(into.most[kLargestGradient], largest(g, count));
  into.most[kReach] = std::max(into.most[kReach], largest(d, count));
}

void make_direction(const Update& u, int64_t at, int64_t count, size_t most) {
  double sums[kPiece];
  const Head head = head_of(u.numbers);
  for (int64_t i = 0; i < count; ++i) sums[i] = head.of_gradient * double{u.gradients[at + i]};
  size_t pairs = PairProducts::count(products(u.numbers, most));
  for (size_t p = 0; p < pairs; ++p) {
    const float *s = s_of(u, p) + at, *y = y_of(u, p) + at;
    double s_times = s_coefficients(u.numbers, most)[p],
           y_times = y_coefficients(u.numbers, most)[p];
    for (int64_t i = 0; i < count; ++i) sums[i] += s_times * double{s[i]} + y_times * double{y[i]};
  }
  float* d = u.states[kDirection] + at;
  for (int64_t i = 0; i < count; ++i) d[i] = static_cast<float>(sums[i]);
}

template <class Body>
void each_piece(const Update& u, const Body& body) {
  for (int64_t at = 0; at < u.count; at += kPiece) body(at, std::min(kPiece, u.count - at));
}

}  // namespace

void add_sums(const Update& u, size_t pairs, JointSums& into) {
  each_piece(u, [&](int64_t at, int64_t count) { add_piece(u, at, count, pairs, into); });
}

void begin_line(const Update& u, size_t most) {
  const Head head = head_of(u.numbers);
  each_piece(u, [&](int64_t at, int64_t count) {
    if (head.pair > 0) {
      auto pair = static_cast<size_t>(head.pair) - 1;
      new_pair(u, at, count, head.went, s_of(u, pair) + at, y_of(u, pair) + at);
    }
    make_direction(u, at, count, most);
    std::copy_n(u.values + at, count, u.states[kStart] + at);
    std::copy_n(u.gradients + at, count, u.states[kGradient] + at);
  });
}

void go_to(const Update& u, double step) {
  const float *start = u.states[kStart], *d = u.states[kDirection],
              times = static_cast<float>(step);
  for (int64_t i = 0; i < u.count; ++i) u.values[i] = start[i] + times * d[i];
}

}  // namespace firesteel::lbfgs
