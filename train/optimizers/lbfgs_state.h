// SPDX-License-Identifier: Apache-2.0
// What LBFGS keeps between evaluations, and what it does to slices.
#pragma once

#include <cstring>
#include <span>

#include "train/joint.h"
#include "train/optimizers/line_search.h"
#include "train/optimizers/pair_products.h"

namespace firesteel::lbfgs {

// States: where the line starts, the gradient there, the line's direction; then s and y of each pair.
enum State : size_t { kStart, kGradient, kDirection, kPairs };
// Sums: products of the gradient g and the direction d, the gradient's magnitudes, products of the pair
// that there would be; then those of each pair that is kept, old, with g and with the new one.
enum Sum : size_t { kGG, kGD, kMagnitudes, kSY, kYY, kSG, kYG, kSums };
enum SumOfPair : size_t { kOldSG, kOldYG, kOldSNewY, kOldYNewY, kNewSOldY, kSumsOfPair };
// Largest magnitudes of numbers of the gradient and of the direction.
enum Most : size_t { kLargestGradient, kReach, kMost };

// given: the next evaluation is of a point that is accepted, whatever it is.
enum class Phase { first, searching, given, converged };

// The numbers begin with it; all doubles, zero at first.
struct Head {
  double phase;
  double step;  // where on the line parameters are
  // Whether slices have to begin a new line, how far they went on the former one, and the place of the
  // pair that they keep of it, from 1; 0: none.
  double begins, went, pair;
  double of_gradient;  // the new direction's coefficients; those of s and y follow the head
  LineSearch search;

  Phase now() const { return static_cast<Phase>(static_cast<int>(phase)); }
  void set(Phase next) { phase = static_cast<double>(next); }
};
static_assert(sizeof(Head) % sizeof(double) == 0);
constexpr size_t kHead = sizeof(Head) / sizeof(double);

// most: pairs.
inline size_t doubles(size_t most) { return kHead + 2 * most + PairProducts::doubles(most); }
inline Head head_of(std::span<const double> numbers) {
  Head head;
  std::memcpy(static_cast<void*>(&head), numbers.data(), sizeof head);
  return head;
}
template <class Number>
std::span<Number> s_coefficients(std::span<Number> numbers, size_t most) {
  return numbers.subspan(kHead, most);
}
template <class Number>
std::span<Number> y_coefficients(std::span<Number> numbers, size_t most) {
  return numbers.subspan(kHead + most, most);
}
template <class Number>
std::span<Number> products(std::span<Number> numbers, size_t most) {
  return numbers.subspan(kHead + 2 * most);
}

void add_sums(const Update& u, size_t pairs, JointSums& into);
// Keeps the pair, and makes the line that starts here.
void begin_line(const Update& u, size_t most);
// Puts values where so long a step along the line leads.
void go_to(const Update& u, double step);

}  // namespace firesteel::lbfgs
