// SPDX-License-Identifier: Apache-2.0
#include "nn/params.h"

#include <cmath>

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

// Weights of a transposed convolution that enlarges by interpolation: along each extent of a kernel
// a triangle around its middle.
float triangle(int64_t at, int64_t extent) {
  int64_t half = (extent + 1) / 2;
  auto middle = static_cast<float>(2 * half - 1 - half % 2) / static_cast<float>(2 * half);
  return 1 - std::abs(static_cast<float>(at) / static_cast<float>(half) - middle);
}
float bilinear(const Shape& shape, int64_t element) {
  float value = 1;
  for (size_t d = shape.size(); d-- > 2; element /= shape[d]) {
    value *= triangle(element % shape[d], shape[d]);
  }
  return value;
}

float first_value(const ParamSpec& spec, int64_t element, Rng& rng) {
  const Init& init = spec.init;
  float value = 0;
  switch (init.kind) {
    case Init::Kind::constant:
      return init.scale;
    case Init::Kind::uniform:
      value = (2 * rng.unit() - 1) * init.scale;
      break;
    case Init::Kind::normal:
      value = rng.normal() * init.scale;
      break;
    case Init::Kind::truncated_normal:
      for (value = rng.normal(); std::abs(value) > 2;) value = rng.normal();
      return value * init.scale;
    case Init::Kind::bilinear:
      return bilinear(spec.shape, element);
  }
  return init.center == 0 ? value : value + init.center;
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
    for (int64_t i = 0; i < p.size; ++i) out[i] = first_value(p.spec, i, rng);
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
