// SPDX-License-Identifier: Apache-2.0
// Updates by an optimizer of all parameters together (train/joint.h): what a worker has to say of its
// slices, and what follows from what all have said.
#include "train/dot.h"
#include "train/engine.h"
#include "train/scalars.h"

namespace firesteel {
namespace {

// Adds the gradient of l2 / 2 |w|^2 to gradients. Returns that penalty.
double add_l2(float l2, const Update& u) {
  if (l2 == 0) return 0;
  for (int64_t i = 0; i < u.count; ++i) u.gradients[i] += l2 * u.values[i];
  return 0.5 * double{l2} * dot(u.values, u.values, u.count);
}

}  // namespace

// Behind what the optimizer looks at comes the penalty.
JointCount Engine::joint_count() const {
  JointCount count = joint_->counts(numbers_);
  ++count.sums;
  return count;
}

void Engine::say(int64_t step, size_t bucket, Slice part, float* gradients,
                 const std::vector<double>& scalars, std::string* said) {
  auto scale = static_cast<float>(of_mean(scalars));
  double factor = lr_factor(step);
  auto add = [&](Slice cell, JointSums& into) {
    each_param(model_.table, cell, [&](size_t param, Slice own) {
      const ParamRule& rule = rules_[param];
      if (!rule.optimizer) return;
      float* of_own = gradients + (own.begin - part.begin);
      Update u = update_of(step, factor, param, own, model_.values.data(), of_own);
      for (int64_t i = 0; i < u.count; ++i) of_own[i] *= scale;
      into.sums.back() += add_l2(rule.l2 + rule.weight_decay, u);
      joint_->add(u, into);
    });
  };
  cells_.append(bucket, part, joint_count(), add, said);
}

void Engine::decide(int64_t step, const std::vector<double>& scalars,
                    std::span<const std::string_view> said) {
  JointSums sums = cells_.sum(said, joint_count());
  double loss = scalars[kLoss] * of_mean(scalars) + sums.sums.back();
  sums.sums.pop_back();
  joint_->decide({loss, sums, spec_.optimizer->base_lr() * lr_factor(step)}, numbers_);
}

// Puts the best parameters that are known into a model.
void Engine::rest(Model* model) const {
  for (size_t p = 0; p < rules_.size(); ++p) {
    const Param& param = model_.table.params()[p];
    Slice all{param.offset, param.offset + param.size};
    if (rules_[p].optimizer) {
      joint_->rest(update_of(next_step_, 1, p, all, model->values.data(), nullptr));
    }
  }
}

}  // namespace firesteel
