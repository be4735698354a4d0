// SPDX-License-Identifier: Apache-2.0
// From an iteration's gradients to new parameters, slice by slice. Where updates need norms, each worker
// begins with what it has to say of its slices, and goes on when it knows what all have said.
#include <algorithm>
#include <cmath>

#include "train/engine.h"
#include "train/scalars.h"

namespace firesteel {
namespace {

// most: size of a number; 0: any.
void scale_and_clip(float* gradients, int64_t count, float scale, float most) {
  for (int64_t i = 0; i < count; ++i) gradients[i] *= scale;
  for (int64_t i = 0; i < count && most > 0; ++i) {
    gradients[i] = std::clamp(gradients[i], -most, most);
  }
}

void add_penalties(const ParamRule& rule, const float* values, float* gradients, int64_t count) {
  if (rule.l1 == 0 && rule.l2 == 0) return;
  const float l1 = rule.l1, l2 = rule.l2;
  for (int64_t i = 0; i < count; ++i) {
    float sign = static_cast<float>(values[i] > 0) - static_cast<float>(values[i] < 0);
    gradients[i] += l1 * sign + l2 * values[i];
  }
}

}  // namespace

std::vector<Squares> Engine::wanted_squares() const {
  std::vector<Squares> wanted;
  for (const ParamRule& rule : rules_) {
    bool layerwise = rule.scaled && rule.norms() != Norms::none;
    bool clipped = spec_.clip_norm > 0 && rule.optimizer;
    wanted.push_back(layerwise ? Squares::gradients_and_values
                     : clipped ? Squares::gradients
                               : Squares::none);
  }
  return wanted;
}

// Whether gradients are means, clipped, before their squares are summed. With clipping by the norm they
// are sums until it is known.
bool Engine::finishes_early(const ParamRule& rule) const {
  if (joint_) return true;
  return rule.norms() != Norms::none && spec_.clip_norm == 0;
}

FitTime Engine::time_of(int64_t step) const {
  double scale = spec_.lr_scale();
  return {.step = step,
          .total = spec_.iterations,
          .epoch_steps = spec_.steps_per_epoch(),
          .lr = spec_.optimizer->base_lr() * scale,
          // Goyal et al., 2017: from the learning rate of the small batch.
          .warmup_start = scale > 1 ? 1 / scale : 0,
          .observed = observed_};
}

Update Engine::update_of(int64_t step, double factor, size_t param, Slice part, float* values,
                         float* gradients) const {
  const ParamRule& rule = rules_[param];
  Update u{values + part.begin, gradients, {}, part.size()};
  u.lr = static_cast<float>(rule.lr * factor);
  u.step = step;
  u.weight_decay = rule.weight_decay;
  u.scaled = rule.scaled;
  auto states = static_cast<size_t>(rule.optimizer->states());
  for (size_t s = 0; s < states; ++s) u.states.add(optimizer_[s].data() + part.begin);
  u.numbers = numbers_;
  return u;
}

double Engine::lr_factor(int64_t step) const {
  return spec_.lr_scale() * spec_.schedule.factor(time_of(step));
}

void Engine::begin_update(int64_t step, size_t bucket, Slice part, float* gradients,
                          const std::vector<double>& scalars, std::string* said) {
  if (joint_) return say(step, bucket, part, gradients, scalars, said);
  auto scale = static_cast<float>(of_mean(scalars)), most = static_cast<float>(spec_.clip_value);
  double factor = lr_factor(step);
  each_param(model_.table, part, [&](size_t param, Slice own) {
    const ParamRule& rule = rules_[param];
    if (!finishes_early(rule)) return;
    float* of_own = gradients + (own.begin - part.begin);
    scale_and_clip(of_own, own.size(), scale, most);
    rule.optimizer->direct(update_of(step, factor, param, own, model_.values.data(), of_own));
  });
  squares_.append(bucket, part, model_.values.data(), gradients, said);
}

void Engine::meet(int64_t step, const std::vector<double>& scalars,
                  std::span<const std::string_view> said) {
  if (joint_) return decide(step, scalars, said);
  sums_ = squares_.sum(said);
  if (spec_.clip_norm == 0) return;
  double all = 0;
  for (double one : sums_.gradients) all += one;
  clip_ = clipping_factor(all, of_mean(scalars), spec_.clip_norm);
}

void Engine::update(int64_t step, Slice slice, float* gradients,
                    const std::vector<double>& scalars) {
  double scale = of_mean(scalars) * clip_, factor = lr_factor(step);
  auto most = static_cast<float>(spec_.clip_value), rows = static_cast<float>(scalars[kRows]);
  each_param(model_.table, slice, [&](size_t param, Slice part) {
    const ParamSpec& spec = model_.table.params()[param].spec;
    const ParamRule& rule = rules_[param];
    float* of_part = gradients + (part.begin - slice.begin);
    if (spec.state) {
      change(step, part, [&](Slice piece) {
        float* values = model_.values.data() + piece.begin;
        const float* sums = of_part + (piece.begin - part.begin);
        for (int64_t i = 0; i < piece.size(); ++i) {
          values[i] += spec.momentum * (sums[i] / rows - values[i]);
        }
      });
      return;
    }
    if (!rule.optimizer) return;
    bool early = finishes_early(rule);
    if (!early) scale_and_clip(of_part, part.size(), static_cast<float>(scale), most);
    change(step, part, [&](Slice piece) {
      Update u = update_of(step, factor, param, piece, model_.values.data(),
                           of_part + (piece.begin - part.begin));
      if (!joint_) add_penalties(rule, u.values, u.gradients, u.count);
      if (rule.norms() != Norms::none && rule.scaled) {
        u.value_norm = static_cast<float>(std::sqrt(sums_.values[param]));
        u.gradient_norm =
            static_cast<float>(std::sqrt(sums_.gradients[param]) * (early ? 1 : scale));
      }
      rule.optimizer->update(u);
    });
  });
}

// Changes values, in pieces where the average of values follows them. Of that the state is its distance
// from the value, so that it begins with zero: d (distance + value before - value after).
void Engine::change(int64_t step, Slice part, FunctionRef<void(Slice)> to_new) {
  if (spec_.ema_decay == 0) return to_new(part);
  constexpr int64_t kPiece = 2048;
  float before[kPiece];
  auto steps = static_cast<double>(step);
  // While there are few steps, their mean.
  auto decay = static_cast<float>(std::min(spec_.ema_decay, (1 + steps) / (10 + steps)));
  for (int64_t at = part.begin; at < part.end; at += kPiece) {
    Slice piece{at, std::min(part.end, at + kPiece)};
    float *values = model_.values.data() + at, *distance = averages().data() + at;
    std::copy_n(values, piece.size(), before);
    to_new(piece);
    for (int64_t i = 0; i < piece.size(); ++i) {
      distance[i] = decay * (distance[i] + (before[i] - values[i]));
    }
  }
}

Model Engine::fitted() const {
  Model model = model_;
  if (!spec_.fitted_by_state()) return model;
  require<SystemError>(has_all_state(), "fitted: this worker has a part of the state only");
  if (joint_) {
    rest(&model);
    return model;
  }
  const float* distance = averages().data();
  for (float& value : model.values) value += *distance++;
  return model;
}

void Engine::observe(const Observation& seen) {
  auto at = std::ranges::lower_bound(observed_, seen.step, {}, &Observation::step);
  if (at != observed_.end() && at->step == seen.step) {
    at->results = seen.results;
  } else {
    observed_.insert(at, seen);
  }
}

}  // namespace firesteel
