// SPDX-License-Identifier: Apache-2.0
// The base of all layers. A layer is immutable once configured: it holds attributes, never
// activations, so any number of plans and threads share it.
#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/registry.h"
#include "core/schema.h"
#include "core/shape.h"
#include "nn/prepare.h"
#include "nn/run.h"

namespace firesteel {

// How a parameter gets its first values.
struct Init {
  // truncated_normal: what is further off than two deviations is drawn again. bilinear: kernels that
  // interpolate, over the extents after the first two.
  enum class Kind { constant, uniform, normal, truncated_normal, bilinear } kind = Kind::constant;
  float scale = 0;  // the constant, half the width of a uniform distribution, or the deviation
  float center = 0;  // of uniform and normal

  static Init constant(float value) { return {Kind::constant, value}; }
  static Init uniform(float bound) { return {Kind::uniform, bound}; }
  static Init uniform(float least, float most) {
    return {Kind::uniform, (most - least) / 2, (most + least) / 2};
  }
  static Init normal(float deviation) { return {Kind::normal, deviation}; }
  static Init normal(float mean, float deviation) { return {Kind::normal, deviation, mean}; }
  static Init truncated_normal(float deviation) { return {Kind::truncated_normal, deviation}; }
  static Init bilinear() { return {Kind::bilinear}; }
  // U(-1/sqrt(fan_in), 1/sqrt(fan_in)): He et al. 2015 with gain sqrt(1/3), PyTorch's default.
  static Init fan_in(int64_t inputs) {
    return uniform(inputs > 0 ? 1.0f / std::sqrt(static_cast<float>(inputs)) : 0.0f);
  }
};

struct ParamSpec {
  std::string name;  // "weight", "bias", ...
  Shape shape;
  Init init;
  // State is not trained: in training a layer writes (rows x statistic) where the gradient of a
  // parameter would go, and after the step state = (1 - momentum) state + momentum x mean.
  bool state = false;
  float momentum = 0;
  bool decay = true;  // weight decay applies
  bool row_sparse = false;  // a step reads few of its rows; the gradients of all others are zero
};

// What a layer is to the layer before it, which may do its work (nn/fusion.h).
enum class Role { other, affine, sum, relu };
// What a layer can do to its output 0 on behalf of layers after it.
struct Fusable {
  bool affine = false, sum = false, relu = false;
};

// What a layer does with the steps (second extent) of its inputs, where rows have padding.
enum class Steps {
  each,  // a step of its output depends on that of its inputs alone
  followed,  // it leaves the padding out: Run::length()
  mixed  // it takes padding for steps
};

class Layer : public Described {
 public:
  static constexpr const char* kRole = "layer";
  static constexpr const char* kElsewhere =
      "if a plugin has it, load that first: --plugin, load_plugin or Plugins.load";

  // How many inputs the layer takes.
  virtual int least_inputs() const { return 1; }
  virtual int most_inputs() const { return least_inputs(); }
  // Trainable parameters first, then state.
  virtual std::vector<ParamSpec> params() const { return {}; }
  // Output shapes, batch extent included. Throws ShapeError with the rule that does not hold.
  virtual Shapes infer(const Shapes& in) const = 0;
  // Makes the operations, and says which layouts and buffers the layer wants.
  virtual void prepare(Prepare&) const {}
  virtual void forward(Run& run) const = 0;
  virtual void backward(Run& run) const = 0;
  // False: it has no gradient, and serves inference, or values before the first parameter.
  virtual bool trains() const { return true; }
  // False: its outputs have another batch extent than its inputs; all of them are steps of samples.
  virtual bool keeps_rows() const { return true; }
  virtual Role role() const { return Role::other; }
  // Role relu: the upper limit.
  virtual float most() const { return std::numeric_limits<float>::infinity(); }
  virtual Fusable fuses(const Env&) const { return {}; }
  // Whether this layer, with what it fuses, also does the layer that follows, for an input and a last
  // output of these shapes: Prepare::then().
  virtual bool does(const Layer& /*following*/, const Env&, const Shape& /*in*/,
                    const Shape& /*out*/) const {
    return false;
  }
  // Role affine: in inference output 0 is scale x + offset per channel (second extent), given the
  // parameters. Fills both.
  virtual void affine(DType, const std::vector<const void*>&, double*, double*) const {}
  // Lets output 0 be part of the rows of a larger tensor, `elements` from row to row. False: it
  // must be dense.
  virtual bool stride_output(Run&, int64_t) const { return false; }
  // Output 0 once more, the same bits, from the input and what was saved; see Prepare::recomputes().
  virtual void recompute(Run&) const {}
  // Multiplications and additions of a forward run, where they are what takes the time.
  virtual double flops(const Shapes&, const Shapes&) const { return 0; }
  // Whether the output of a row depends on the other rows of the batch in training.
  virtual bool couples_rows() const { return false; }
  // in: of an input, batch included.
  virtual Steps steps(const Shape& /*in*/) const { return Steps::mixed; }
};

// An example of a layer, for the tests that every layer has to pass.
struct Sample {
  Attrs attrs;
  Shapes in;  // batch included
  std::vector<double> kinks = {};  // inputs are kept away from these values
  int64_t ids_below = 0;  // > 0: inputs are ids, whole numbers from 0
  std::vector<size_t> ids_inputs = {};  // only these are; empty: all
  // Of the other inputs.
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

class LayerSamples {
 public:
  static std::vector<std::pair<std::string, Sample (*)()>>& all() {
    static std::vector<std::pair<std::string, Sample (*)()>> samples;
    return samples;
  }
};

template <class Derived>
using LayerOf = DescribedBy<Derived, Layer>;

// A layer without a gradient.
template <class Derived>
struct InferenceLayerOf : LayerOf<Derived> {  // NOLINT(bugprone-crtp-constructor-accessibility)
  bool trains() const final { return false; }
  void backward(Run&) const final {}
};

template <class Kind>
bool register_layer() {
  LayerSamples::all().emplace_back(std::string(Kind::schema().kind), &Kind::sample);
  return Registry<Layer>::instance().add<Kind>();
}

}  // namespace firesteel

#define FIRESTEEL_LAYER(Kind)                                      \
  [[maybe_unused]] static const bool firesteel_registered_##Kind = \
      ::firesteel::register_layer<Kind>()
