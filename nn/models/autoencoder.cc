// SPDX-License-Identifier: Apache-2.0
// autoencoder: a row through few units and back. Hinton and Salakhutdinov, 2006, in the form of BigDL's
// example. vae: the variational one, whose units are random (Kingma and Welling, 2014).
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

// A row that few numbers explain: brightness in places, from 0 to 1. Labels are the row itself.
struct Reconstruction : NamedModel {
  int64_t size = 784, hidden = 32;

  DType label_dtype() const override { return DType::f32; }
  Shape label_shape() const override { return {size}; }
  Json metrics() const override { return Json::array(); }
  Json optimizer() const override { return {{"kind", "Adam"}, {"lr", 0.001}}; }
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    sample_of_class(rng, rng.below(10), x);
    for (size_t i = 0; i < x.size(); ++i) y[i] = x[i] = x[i] > 0 ? 0.9f : 0.1f;
  }
};
inline constexpr auto kReconstructionSize =
    attr("size", &Reconstruction::size, "numbers of a row", positive);

struct AutoEncoder final : DescribedBy<AutoEncoder, Reconstruction> {
  static constexpr auto schema() {
    return Schema{"autoencoder", "generative", "Autoencoder with one hidden layer.",
                  kReconstructionSize,
                  attr("hidden", &Reconstruction::hidden, "units between", positive)};
  }
  Json loss() const override { return {{"kind", "MeanSquaredError"}}; }

  Graph graph() const override {
    NetBuilder net;
    Maps x = net.relu("relu", net.linear("encoder", net.input({size}), hidden));
    return net.graph({net.add("sigmoid", "Sigmoid", {}, {net.linear("decoder", x, size)})});
  }
};
FIRESTEEL_MODEL(AutoEncoder);

struct VariationalAutoEncoder final : DescribedBy<VariationalAutoEncoder, Reconstruction> {
  int64_t latent = 20;

  VariationalAutoEncoder() { hidden = 400; }
  static constexpr auto schema() {
    return Schema{
        "vae",
        "generative",
        "Variational autoencoder: the reconstruction's numbers before their Sigmoid, means "
        "and logs of variances.",
        kReconstructionSize,
        attr("hidden", &Reconstruction::hidden, "units of the two hidden layers", positive),
        attr("latent", &VariationalAutoEncoder::latent, "random units", positive)};
  }
  // Sums over a row's numbers, as the paper has them, and the mean over rows.
  Json loss() const override {
    return Json::array(
        {{{"loss", {{"kind", "BCEWithLogits"}, {"reduction", "sum"}}}, {"outputs", {0}}},
         {{"loss", {{"kind", "KLDGaussian"}}}, {"outputs", {1, 2}}}});
  }

  Graph graph() const override {
    NetBuilder net;
    Maps x = net.relu("encoder.relu", net.linear("encoder.fc", net.input({size}), hidden));
    Maps mean = net.linear("mean", x, latent), log_variance = net.linear("log_variance", x, latent);
    Maps z = net.add("sampler", "GaussianSampler", {}, {mean, log_variance});
    z = net.relu("decoder.relu", net.linear("decoder.fc", z, hidden));
    return net.graph({net.linear("reconstruction", z, size), mean, log_variance});
  }
};
FIRESTEEL_MODEL(VariationalAutoEncoder);

}  // namespace
}  // namespace firesteel
