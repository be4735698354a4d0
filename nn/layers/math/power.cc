// SPDX-License-Identifier: Apache-2.0
// Power: y = (scale x + shift)^power.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Power final : PointwiseOf<Power> {
  float power = 1, scale = 1, shift = 0;

  static constexpr auto schema() {
    return Schema{"Power",
                  "math",
                  "Raises each element to a power.",
                  required("power", &Power::power, "the exponent"),
                  attr("scale", &Power::scale, "factor of the elements before"),
                  attr("shift", &Power::shift, "added to them before")};
  }
  static Sample sample() {
    return {
        .attrs = {{"power", 1.5}, {"scale", 2.0}, {"shift", 0.5}}, .in = {{3, 7}}, .least = 0.1};
  }

  void forward(Run& r) const override {
    with_power(power, [&](auto raise) {
      map_values(r, r.x(), r.y(), [f = *this, raise](auto x) { return raise(f.line(x)); });
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    with_power(power - 1, [&](auto raise) {
      map_slopes(r, r.x(), [f = *this, raise](auto x) { return f.factor(x) * raise(f.line(x)); });
    });
  }

  template <class T>
  T value(T x) const {
    return std::pow(line(x), static_cast<T>(power));
  }
  template <class T>
  T slope(T x) const {
    return factor(x) * std::pow(line(x), static_cast<T>(power - 1));
  }

 private:
  template <class T>
  T line(T x) const {
    return static_cast<T>(scale) * x + static_cast<T>(shift);
  }
  template <class T>
  T factor(T) const {
    return static_cast<T>(scale) * static_cast<T>(power);
  }

  // body(f) with f(u) = u^exponent; the frequent exponents need no call for each element.
  template <class Body>
  static void with_power(float exponent, const Body& body) {
    if (exponent == 0) return body([]<class T>(T) { return T(1); });
    if (exponent == 1) return body([](auto u) { return u; });
    if (exponent == 2) return body([](auto u) { return u * u; });
    if (exponent == 3) return body([](auto u) { return u * u * u; });
    if (exponent == -1) return body([](auto u) { return 1 / u; });
    if (exponent == -2) return body([](auto u) { return 1 / (u * u); });
    if (exponent == 0.5f) return body([](auto u) { return std::sqrt(u); });
    if (exponent == -0.5f) return body([](auto u) { return 1 / std::sqrt(u); });
    body([exponent](auto u) { return std::pow(u, static_cast<decltype(u)>(exponent)); });
  }
};
FIRESTEEL_LAYER(Power);

}  // namespace firesteel
