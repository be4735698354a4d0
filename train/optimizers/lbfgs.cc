// SPDX-License-Identifier: Apache-2.0
// L-BFGS: steps along -H g, where H is made of the last pairs of steps s and changes y of the gradient, to a
// point that meets the strong Wolfe conditions. Nocedal & Wright, "Numerical Optimization", 2nd ed.,
// algorithms 3.5, 3.6 and 7.4, in the form of torch.optim.LBFGS. An iteration is one evaluation, whose sums
// tell all workers what the next one is (docs/decisions/0030-lbfgs.md).
#include <algorithm>
#include <cmath>

#include "train/optimizers/lbfgs_state.h"

namespace firesteel {

struct LBFGS final : DescribedBy<LBFGS, JointOptimizer> {
  float lr = 1, weight_decay = 0, tolerance_grad = 1e-7f, tolerance_change = 1e-9f;
  float c1 = 1e-4f, c2 = 0.9f;
  int64_t history_size = 10, max_ls = 25;
  std::string line_search = "strong_wolfe";

  static constexpr auto schema() {
    return Schema{
        "LBFGS",
        "optimizer",
        "Quasi-Newton steps of all rows at once, for smooth losses. An iteration is one evaluation "
        "of loss "
        "and gradient: a trial of a line search, or the beginning of the next one.",
        attr("lr", &LBFGS::lr, "first trial step along a direction", positive),
        attr("history_size", &LBFGS::history_size,
             "former steps that tell the curvature; each takes the memory of two gradients",
             positive),
        attr("line_search", &LBFGS::line_search,
             "how far steps go; none: lr times the direction, whatever comes of it", Search{}),
        attr("tolerance_grad", &LBFGS::tolerance_grad,
             "ends where no number of the gradient is larger", nonnegative),
        attr("tolerance_change", &LBFGS::tolerance_change,
             "ends where neither a parameter nor the loss changes by more", nonnegative),
        attr("max_ls", &LBFGS::max_ls, "evaluations of a line search after its first", positive),
        attr("c1", &LBFGS::c1, "least decrease of the loss, as a share of what its slope promises",
             positive),
        attr("c2", &LBFGS::c2, "largest slope that ends a line search, as a share of its first one",
             fraction),
        attr(
            "weight_decay", &LBFGS::weight_decay,
            "L2 penalty on weights, which the line search counts as loss; biases and normalization "
            "are left out",
            nonnegative)};
  }

  void check() const override {
    require<AttrError>(c1 < c2, "LBFGS.c2: must be > c1, got c1 ", c1, " and c2 ", c2);
  }

  int states() const override { return static_cast<int>(lbfgs::kPairs + 2 * most()); }
  double base_lr() const override { return lr; }
  double base_decay() const override { return weight_decay; }

  size_t numbers() const override { return lbfgs::doubles(most()); }
  JointCount counts(std::span<const double> numbers) const override {
    return {lbfgs::kSums + lbfgs::kSumsOfPair * pairs(numbers), lbfgs::kMost};
  }

  void add(const Update& u, JointSums& into) const override {
    if (lbfgs::head_of(u.numbers).now() == Phase::converged) return;
    lbfgs::add_sums(u, pairs(u.numbers), into);
  }

  void decide(const Evaluation& seen, std::span<double> numbers) const override {
    Head head = lbfgs::head_of(numbers);
    head.begins = 0;
    LinePoint at{head.step, seen.loss, seen.sums.sums[lbfgs::kGD]};
    bool accepts = head.now() == Phase::first || head.now() == Phase::given;
    if (head.now() == Phase::searching) accepts = search(at, seen.sums.most[lbfgs::kReach], &head);
    if (accepts) accept(seen, at, numbers, &head);
    std::memcpy(numbers.data(), &head, sizeof head);
  }

  void update(const Update& u) const override {
    Head head = lbfgs::head_of(u.numbers);
    if (head.begins != 0) lbfgs::begin_line(u, most());
    lbfgs::go_to(u, head.step);
  }

  void rest(const Update& u) const override {
    Head head = lbfgs::head_of(u.numbers);
    if (head.now() != Phase::first) lbfgs::go_to(u, head.search.best().step);
  }

 private:
  struct Search {
    static std::string text() { return "must be 'strong_wolfe' or 'none'"; }
    bool operator()(const std::string& value) const {
      return value == "strong_wolfe" || value == "none";
    }
  };
  using Head = lbfgs::Head;
  using Phase = lbfgs::Phase;

  size_t most() const { return static_cast<size_t>(history_size); }
  size_t pairs(std::span<const double> numbers) const {
    return PairProducts::count(lbfgs::products(numbers, most()));
  }

  // Whether the search ends here.
  bool search(LinePoint at, double reach, Head* head) const {
    WolfeRules rules{c1, c2, tolerance_change, static_cast<double>(max_ls)};
    switch (head->search.take(at, reach, rules)) {
      case LineSearch::Verdict::accept:
        return true;
      case LineSearch::Verdict::go_on:
        head->step = head->search.trial();
        return false;
      case LineSearch::Verdict::take_best:
        // Its gradient is gone and is computed again, unless no step was better than none.
        head->step = head->search.best().step;
        head->set(head->step == 0 ? Phase::converged : Phase::given);
        return false;
    }
    return false;
  }

  // The evaluated point is where the next line starts.
  void accept(const Evaluation& seen, LinePoint at, std::span<double> numbers, Head* head) const {
    const auto& sums = seen.sums.sums;
    bool first = head->now() == Phase::first;
    double moved = at.step * seen.sums.most[lbfgs::kReach];
    double fell = std::abs(at.loss - head->search.start().loss);
    bool converged = seen.sums.most[lbfgs::kLargestGradient] <= tolerance_grad ||
                     (!first && (moved <= tolerance_change || fell < tolerance_change));
    head->begins = 1;
    head->went = at.step;
    double slope = turn(sums, numbers, head);
    if (converged || slope > -tolerance_change) {
      head->set(Phase::converged);
      head->step = 0;
      head->search.begin({0, seen.loss, slope}, 0);
      return;
    }
    head->set(line_search == "none" ? Phase::given : Phase::searching);
    head->step = first ? std::min(1.0, 1 / sums[lbfgs::kMagnitudes]) * seen.lr : seen.lr;
    head->search.begin({0, seen.loss, slope}, head->step);
  }

  // Keeps the new pair where it shows curvature, and makes the new direction. Returns the slope along it.
  double turn(std::span<const double> sums, std::span<double> numbers, Head* head) const {
    constexpr double kLeastCurvature = 1e-10;
    PairProducts kept(lbfgs::products(numbers, most()), most());
    std::vector<double> sg, yg;
    std::vector<CrossProducts> others;
    for (size_t p = 0; p < kept.count(); ++p) {
      auto of_pair = sums.subspan(lbfgs::kSums + lbfgs::kSumsOfPair * p);
      sg.push_back(of_pair[lbfgs::kOldSG]);
      yg.push_back(of_pair[lbfgs::kOldYG]);
      others.push_back(
          {of_pair[lbfgs::kOldSNewY], of_pair[lbfgs::kOldYNewY], of_pair[lbfgs::kNewSOldY]});
    }
    head->pair = 0;
    if (sums[lbfgs::kSY] > kLeastCurvature) {
      size_t place = kept.add(sums[lbfgs::kSY], sums[lbfgs::kYY], others);
      sg.resize(kept.count());
      yg.resize(kept.count());
      sg[place] = sums[lbfgs::kSG];
      yg[place] = sums[lbfgs::kYG];
      head->pair = static_cast<double>(place + 1);
    }
    Coefficients direction{0, lbfgs::s_coefficients(numbers, most()),
                           lbfgs::y_coefficients(numbers, most())};
    double slope = kept.direction(sums[lbfgs::kGG], sg, yg, &direction);
    head->of_gradient = direction.g;
    return slope;
  }
};
FIRESTEEL_REGISTER(Optimizer, LBFGS);

}  // namespace firesteel
