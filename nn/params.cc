// SPDX-License-Identifier: Apache-2.0
#include "nn/params.h"

#include "core/rng.h"
#include "core/sha256.h"

namespace firesteel {
namespace {

constexpr int64_t kLine = 16;  // floats

uint64_t key_of(const std::string& name) {
  Digest digest = sha256(name);
  uint64_t key = 0;
  for (size_t i = 0; i < 8; ++i) key = key << 8 | digest[i];
  return key;
}

}  // namespace

ParamTable::ParamTable(const Graph& graph) {
  auto place = [&](bool state) {
    for (size_t n = 0; n < graph.nodes().size(); ++n) {
      const Node& node = graph.nodes()[n];
      if (!node.layer) continue;
      for (ParamSpec& spec : node.layer->params()) {
        if (spec.state != state) continue;
        Param param{cat(node.name, ".", spec.name), static_cast<int>(n), spec, total_,
                    numel(spec.shape)};
        total_ += (param.size + kLine - 1) / kLine * kLine;
        params_.push_back(std::move(param));
      }
    }
  };
  place(false);
  trainable_ = total_;
  place(true);
}

int64_t ParamTable::count(bool state) const {
  int64_t n = 0;
  for (const Param& p : params_) n += p.spec.state == state ? p.size : 0;
  return n;
}

std::vector<const Param*> ParamTable::of_node(int node) const {
  // The table's order is the layer's, since layers list trainable parameters before state.
  std::vector<const Param*> own;
  for (const Param& p : params_) {
    if (p.node == node) own.push_back(&p);
  }
  return own;
}

std::vector<float> ParamTable::initial(uint64_t seed) const {
  std::vector<float> values(static_cast<size_t>(total_), 0.f);
  for (const Param& p : params_) {
    Rng rng(mix(seed, key_of(p.name)));
    float* out = values.data() + p.offset;
    for (int64_t i = 0; i < p.size; ++i) {
      switch (p.spec.init.kind) {
        case Init::Kind::constant:
          out[i] = p.spec.init.scale;
          break;
        case Init::Kind::uniform:
          out[i] = (2 * rng.unit() - 1) * p.spec.init.scale;
          break;
        case Init::Kind::normal:
          out[i] = rng.normal() * p.spec.init.scale;
          break;
      }
    }
  }
  return values;
}

std::string weights_sha256(const ParamTable& table, const float* values) {
  Sha256 hash;
  for (const Param& p : table.params()) {
    hash.update(values + p.offset, static_cast<size_t>(p.size) * sizeof(float));
  }
  return hex(hash.digest());
}

}  // namespace firesteel
