// SPDX-License-Identifier: Apache-2.0
// The loss of a model with one output or several: auxiliary classifiers (Szegedy et al. 2014,
// "Going deeper with convolutions", section 5) see the labels that the first output sees.
#pragma once

#include <span>

#include "nn/loss.h"
#include "nn/plan.h"

namespace firesteel {

// The weighted sum over the outputs of `plan` after its forward, normalised as the first output's;
// empty weights: 1 each. Leaves the gradients where plan.backward takes them.
LossSum loss_of_outputs(const Loss& loss, std::span<const double> weights, const Plan& plan,
                        const Labels& labels);

}  // namespace firesteel
