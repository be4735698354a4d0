// SPDX-License-Identifier: Apache-2.0
#include "train/optimizers/pair_products.h"

#include <algorithm>
#include <vector>

namespace firesteel {

size_t PairProducts::add(double own_sy, double own_yy, std::span<const CrossProducts> others) {
  size_t count = this->count();
  size_t own = count == 0 ? 0 : (place(0) + 1) % most_;
  for (size_t p = 0; p < count; ++p) {
    sy(p, own) = others[p].s_new_y;
    sy(own, p) = others[p].new_s_y;
    yy(own, p) = yy(p, own) = others[p].y_new_y;
  }
  sy(own, own) = own_sy;
  yy(own, own) = own_yy;
  kept_[0] = static_cast<double>(std::min(count + 1, most_));
  kept_[1] = static_cast<double>(own);
  return own;
}

double PairProducts::direction(double gg, std::span<const double> sg, std::span<const double> yg,
                               Coefficients* to) const {
  size_t count = this->count();
  std::vector<double> share(count);
  to->g = 1;
  std::ranges::fill(to->s, 0);
  std::ranges::fill(to->y, 0);
  for (size_t age = 0; age < count; ++age) {
    size_t p = place(age);
    double product = sg[p];  // s with what is left of the gradient
    for (size_t q = 0; q < count; ++q) product += to->y[q] * sy(p, q);
    share[p] = product / sy(p, p);
    to->y[p] = -share[p];
  }
  double scale = count == 0 ? 1 : sy(place(0), place(0)) / yy(place(0), place(0));
  to->g = scale;
  for (double& y : to->y) y *= scale;
  for (size_t age = count; age-- > 0;) {
    size_t p = place(age);
    double product = to->g * yg[p];
    for (size_t q = 0; q < count; ++q) product += to->y[q] * yy(p, q) + to->s[q] * sy(q, p);
    to->s[p] = share[p] - product / sy(p, p);
  }
  to->g = -to->g;
  double slope = to->g * gg;
  for (size_t p = 0; p < count; ++p) {
    to->s[p] = -to->s[p];
    to->y[p] = -to->y[p];
    slope += to->s[p] * sg[p] + to->y[p] * yg[p];
  }
  return slope;
}

}  // namespace firesteel
