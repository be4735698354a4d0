// SPDX-License-Identifier: Apache-2.0
#include "nn/models/zoo.h"

namespace firesteel {
namespace {

constexpr size_t kPlaces = 16;

}  // namespace

void sample_of_class(Rng& rng, int64_t of_class, std::span<float> x) {
  Rng pattern(static_cast<uint64_t>(of_class) + 100);
  float shift[kPlaces];
  for (float& s : shift) s = pattern.below(2) ? 1.f : -1.f;
  for (size_t i = 0; i < x.size(); ++i) x[i] = rng.normal() + shift[i * kPlaces / x.size()];
}

void ClassifierModel::sample(Rng& rng, std::span<float> x, std::span<float> y) const {
  int64_t of_class = rng.below(static_cast<uint32_t>(classes));
  sample_of_class(rng, of_class, x);
  y[0] = static_cast<float>(of_class);
}

std::unique_ptr<NamedModel> named_model_of(const std::string& text) {
  return make_from_json(kind_document(text, "model"), Registry<NamedModel>::instance(), "model");
}

std::shared_ptr<const Layer> layer(const std::string& kind, const Attrs& attrs) {
  return Registry<Layer>::instance().make(kind, attrs);
}

}  // namespace firesteel
