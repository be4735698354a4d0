// SPDX-License-Identifier: Apache-2.0
// Line search for the strong Wolfe conditions, one evaluation at a time. Nocedal & Wright, "Numerical
// Optimization", 2nd ed., algorithms 3.5 (bracket) and 3.6 (zoom), with the safeguards and limits of
// torch.optim.LBFGS.
#pragma once

namespace firesteel {

// On the line: a step, the loss there, and the loss's slope along the line.
struct LinePoint {
  double step = 0, loss = 0, slope = 0;
};

struct WolfeRules {
  double c1 = 1e-4;  // a loss falls enough by this share of what the first slope promises
  double c2 = 0.9;  // largest slope, as a share of the first one
  double tolerance_change =
      1e-9;  // an interval over which no parameter changes by so much is a point
  double most_evaluations = 25;
};

class LineSearch {
 public:
  // What follows from an evaluation.
  enum class Verdict {
    go_on,  // evaluate at trial()
    accept,  // the evaluated point is the one
    take_best  // best() is, which was evaluated before
  };

  // start.step is 0, and start.slope negative.
  void begin(LinePoint start, double first_trial);
  double trial() const { return trial_; }
  const LinePoint& start() const { return start_; }
  const LinePoint& best() const { return low_; }  // with the least loss of those that fall enough
  // The evaluation at trial(). reach: the largest change of a parameter for a step of 1.
  Verdict take(LinePoint seen, double reach, const WolfeRules& rules);

 private:
  Verdict bracket(LinePoint seen, double reach, const WolfeRules& rules);
  Verdict zoom(LinePoint seen, double reach, const WolfeRules& rules);
  Verdict divide(LinePoint seen, double reach, const WolfeRules& rules);
  bool falls_enough(LinePoint seen, const WolfeRules& rules) const;
  bool is_flat(LinePoint seen, const WolfeRules& rules) const;
  Verdict end(LinePoint seen) const;

  // Numbers only, so that a search is kept by its bytes.
  LinePoint start_;
  LinePoint low_;  // before there is a bracket: the last trial
  LinePoint high_;  // the bracket's other end
  double trial_ = 0;
  double evaluations_ = 0;
  double bracketed_ = 0;
  double stalled_ = 0;  // the last trial was near an end of the bracket
};

// Where the cubic with these values and slopes is least, if that is from `least` to `most`, else the
// nearer of them; their middle where it has no minimum.
double cubic_minimum(LinePoint a, LinePoint b, double least, double most);

}  // namespace firesteel
