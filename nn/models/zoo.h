// SPDX-License-Identifier: Apache-2.0
// Models by name: each is a declaration of its options, and the graph that they make.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/rng.h"
#include "nn/graph.h"

namespace firesteel {

class NamedModel : public Described {
 public:
  static constexpr const char* kRole = "model";
  virtual Graph graph() const = 0;

  // What training makes small where nothing else is asked for: "loss" of a FitSpec.
  virtual Json loss() const { return {{"kind", "CrossEntropy"}}; }
  // How training goes on made-up rows: "optimizer" of a FitSpec.
  virtual Json optimizer() const { return {{"kind", "SGD"}, {"lr", 0.05}, {"momentum", 0.9}}; }
  // What is measured besides: "metrics" of a FitSpec.
  virtual Json metrics() const { return Json::array({{{"kind", "Accuracy"}}}); }

  // How many of its outputs serve predictions; others are for training alone.
  virtual size_t inference_outputs() const { return 1; }

  // Labels of a row: s32 are class ids.
  virtual DType label_dtype() const { return DType::s32; }
  virtual Shape label_shape() const { return {}; }
  // Makes up a row and its labels, which can be learned from it.
  virtual void sample(Rng& rng, std::span<float> x, std::span<float> y) const = 0;
};

template <class Derived>
using ModelOf = DescribedBy<Derived, NamedModel>;

// A model whose one output has a score for each class.
class ClassifierModel : public NamedModel {
 public:
  int64_t classes = 1000;
  // Classes differ in where a row's numbers are large.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override;
};
inline constexpr auto kModelClasses =
    attr("classes", &ClassifierModel::classes, "classes of the result", positive);

template <class Derived>
using ClassifierOf = DescribedBy<Derived, ClassifierModel>;

// Of square colour images of any size.
class ImageClassifierModel : public ClassifierModel {
 public:
  int64_t size = 224;
};
inline constexpr auto kImageSize =
    attr("size", &ImageClassifierModel::size, "height and width of the images", positive);

template <class Derived>
using ImageClassifierOf = DescribedBy<Derived, ImageClassifierModel>;

// Normal numbers, larger or smaller in places that the class says.
void sample_of_class(Rng& rng, int64_t of_class, std::span<float> x);

// "resnet50", or with options "resnet50:classes=10". Throws AttrError.
std::unique_ptr<NamedModel> named_model_of(const std::string& text);

// A configured layer: layer("Linear", {{"in_features", 192}, {"out_features", 10}}).
std::shared_ptr<const Layer> layer(const std::string& kind, const Attrs& attrs = {});

}  // namespace firesteel

#define FIRESTEEL_MODEL(Kind) FIRESTEEL_REGISTER(::firesteel::NamedModel, Kind)
