// SPDX-License-Identifier: Apache-2.0
#include "train/outputs_loss.h"

namespace firesteel {

LossSum loss_of_outputs(const Loss& loss, std::span<const double> weights, const Plan& plan,
                        const Labels& labels) {
  LossSum total;
  for (size_t i = 0; i < plan.outputs(); ++i) {
    auto* gradient = static_cast<float*>(plan.output_gradient(i));
    const Shape& shape = plan.output_shape(i);
    LossSum sum = loss.run(DType::f32, shape, plan.output(i), labels, gradient);
    double weight = weights.empty() ? 1.0 : weights[i];
    if (weight != 1.0) {
      auto w = static_cast<float>(weight);
      for (int64_t k = 0, n = numel(shape); k < n; ++k) gradient[k] *= w;
    }
    total.sum += weight * sum.sum;
    if (i == 0) total.normaliser = sum.normaliser;
  }
  return total;
}

}  // namespace firesteel
