// SPDX-License-Identifier: Apache-2.0
#include "train/joint.h"

#include "train/spec.h"

namespace firesteel {
namespace {

void check_groups(const FitSpec& spec) {
  for (size_t g = 0; g < spec.param_groups.size(); ++g) {
    const ParamGroup& group = spec.param_groups[g];
    const Optimizer* own = group.optimizer.get();
    std::string where = cat("param_groups[", g, "]");
    require<AttrError>(!own || !own->joint(), where, ".optimizer: ", own ? own->kind() : "",
                       " updates all parameters together. Give it as the fit's optimizer");
    if (!spec.optimizer->joint()) continue;
    const std::string& kind = spec.optimizer->kind();
    require<AttrError>(!own, where, ".optimizer: not with ", kind,
                       ", which updates all parameters together. Freeze these, or leave it out");
    require<AttrError>(group.lr == 1, where, ".lr: not with ", kind,
                       ", whose steps are those of all parameters. Leave it out");
    require<AttrError>(group.l1 == 0, where, ".l1: not with ", kind,
                       ", which needs a smooth loss. Use l2");
  }
}

}  // namespace

void check_joint(const FitSpec& spec) {
  check_groups(spec);
  if (!spec.optimizer->joint()) return;
  const std::string& kind = spec.optimizer->kind();
  require<AttrError>(spec.clip_norm == 0, "clip_norm: not with ", kind,
                     ", whose line search limits steps. Leave it out");
  require<AttrError>(spec.clip_value == 0, "clip_value: not with ", kind,
                     ", whose line search limits steps. Leave it out");
  require<AttrError>(spec.wire == DType::f32, "wire: must be f32 with ", kind,
                     ", which compares losses and gradients of points close together, got ",
                     name_of(spec.wire));
  require<AttrError>(spec.local_steps == 0, "sync: must not be local:H with ", kind,
                     ", all of whose workers take the same step. Use p2p");
  require<AttrError>(spec.ema_decay == 0, "ema_decay: not with ", kind,
                     ", which tries parameters that it may leave again. Leave it out");
  require<AttrError>(spec.base_batch_size == 0, "base_batch_size: not with ", kind,
                     ", whose batch is all rows. Leave it out");
}

void check_joint_rows(const FitSpec& spec) {
  if (!spec.optimizer->joint() || spec.steps_per_epoch() == 1) return;
  int64_t each = (spec.rows() + spec.accumulate - 1) / spec.accumulate;
  throw AttrError(cat("batch_size: ", spec.optimizer->kind(), " needs all ", spec.rows(),
                      " rows in each iteration, got ", spec.step_rows(), ". Set batch_size to ",
                      each, spec.accumulate > 1 ? cat(" with accumulate ", spec.accumulate) : "",
                      spec.accumulate > 1 ? ""
                                          : ", or to a part of that and accumulate to the "
                                            "number of parts where memory is short"));
}

}  // namespace firesteel
