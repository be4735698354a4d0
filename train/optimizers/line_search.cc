// SPDX-License-Identifier: Apache-2.0
#include "train/optimizers/line_search.h"

#include <algorithm>
#include <cmath>

namespace firesteel {

// Equation 3.59 of Nocedal & Wright.
double cubic_minimum(LinePoint a, LinePoint b, double least, double most) {
  if (a.step > b.step) std::swap(a, b);
  double middle = (least + most) / 2, width = b.step - a.step;
  double d1 = a.slope + b.slope - 3 * (b.loss - a.loss) / width;
  double square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return middle;
  double d2 = std::sqrt(square);
  double at = b.step - width * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2));
  return std::isfinite(at) ? std::clamp(at, least, most) : middle;
}

void LineSearch::begin(LinePoint start, double first_trial) {
  *this = {};
  start_ = low_ = start;
  trial_ = first_trial;
}

bool LineSearch::falls_enough(LinePoint seen, const WolfeRules& rules) const {
  return seen.loss <= start_.loss + rules.c1 * seen.step * start_.slope;
}

bool LineSearch::is_flat(LinePoint seen, const WolfeRules& rules) const {
  return std::abs(seen.slope) <= -rules.c2 * start_.slope;
}

LineSearch::Verdict LineSearch::take(LinePoint seen, double reach, const WolfeRules& rules) {
  ++evaluations_;
  return bracketed_ != 0 ? zoom(seen, reach, rules) : bracket(seen, reach, rules);
}

// Steps get longer until there is a minimum between the last two.
LineSearch::Verdict LineSearch::bracket(LinePoint seen, double reach, const WolfeRules& rules) {
  bool rises = !falls_enough(seen, rules) || (evaluations_ > 1 && seen.loss >= low_.loss);
  LinePoint before = low_;
  if (rises) {
    high_ = seen;
  } else {
    high_ = before;
    low_ = seen;
    if (is_flat(seen, rules)) return Verdict::accept;
  }
  if (rises || seen.slope >= 0) {
    bracketed_ = 1;
    return divide(seen, reach, rules);
  }
  if (evaluations_ > rules.most_evaluations) return end(seen);
  constexpr double kLeastGrowth = 0.01, kMostGrowth = 10;
  trial_ = cubic_minimum(before, seen, seen.step + kLeastGrowth * (seen.step - before.step),
                         kMostGrowth * seen.step);
  return Verdict::go_on;
}

// One end of the bracket moves to the point. The low one always falls enough: where it is the lower one alone,
// as in PyTorch, a first trial far away may throw away the end that the minimum is at.
LineSearch::Verdict LineSearch::zoom(LinePoint seen, double reach, const WolfeRules& rules) {
  if (!falls_enough(seen, rules) || seen.loss >= low_.loss) {
    high_ = seen;
    return divide(seen, reach, rules);
  }
  bool flat = is_flat(seen, rules);
  if (!flat && seen.slope * (high_.step - low_.step) >= 0) high_ = low_;
  low_ = seen;
  return flat ? Verdict::accept : divide(seen, reach, rules);
}

// The next trial within the bracket.
LineSearch::Verdict LineSearch::divide(LinePoint seen, double reach, const WolfeRules& rules) {
  double least = std::min(low_.step, high_.step), most = std::max(low_.step, high_.step);
  bool small = (most - least) * reach < rules.tolerance_change;
  if (small || evaluations_ > rules.most_evaluations) return end(seen);
  trial_ = cubic_minimum(low_, high_, least, most);
  // A trial near an end hardly makes the bracket smaller: not twice in a row.
  double margin = 0.1 * (most - least);
  bool near = std::min(most - trial_, trial_ - least) < margin;
  if (near && (stalled_ != 0 || trial_ >= most || trial_ <= least)) {
    trial_ = most - trial_ < trial_ - least ? most - margin : least + margin;
    near = false;
  }
  stalled_ = near ? 1 : 0;
  return Verdict::go_on;
}

LineSearch::Verdict LineSearch::end(LinePoint seen) const {
  return low_.step == seen.step ? Verdict::accept : Verdict::take_best;
}

}  // namespace firesteel
