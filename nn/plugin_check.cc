// SPDX-License-Identifier: Apache-2.0
#include "nn/plugin_check.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <functional>

#include "core/threads.h"
#include "nn/layer_run.h"
#include "nn/models/zoo.h"
#include "nn/plugin_description.h"

namespace firesteel {
namespace {

constexpr double kGradientTolerance = 1e-6;
constexpr double kF32Tolerance = 1e-4;
constexpr int64_t kManyRows = 40;  // times the sample's, so that threads share them

Sample with_rows(Sample sample, int64_t times) {
  for (Shape& shape : sample.in) shape[0] *= times;
  return sample;
}

// Threads of the calling thread, as they were before in the end.
class Threads {
 public:
  ~Threads() { set_threads(before_); }

 private:
  int before_ = threads();
};

void check_shapes(const std::string& kind, const Sample& sample) {
  auto one = layer(kind, sample.attrs);
  Shapes out = one->infer(sample.in), more = one->infer(with_rows(sample, 3).in);
  require(out.size() == more.size(), "has as many outputs as rows");
  for (size_t i = 0; i < out.size(); ++i) {
    bool follows = !out[i].empty() && !more[i].empty() && more[i][0] == 3 * out[i][0] &&
                   without_batch(more[i]) == without_batch(out[i]);
    require(follows, "output ", i, " must have three times as many rows for three times the rows, ",
            "got ", more[i], " after ", out[i]);
  }
}

double check_gradient(const std::string& kind, const Sample& sample) {
  LayerRun run(kind, sample, {.dtype = DType::f64, .input_gradients = true});
  double error = gradient_error(run);
  require(error < kGradientTolerance,
          "backward does not compute the gradient of forward: it is off by ", error,
          " from finite differences in f64, at most ", kGradientTolerance, " is right");
  return error;
}

double check_f32(const std::string& kind, const Sample& sample, bool trains) {
  Env env{.training = trains, .input_gradients = trains};
  LayerRun narrow(kind, sample, env);
  env.dtype = DType::f64;
  LayerRun wide(kind, sample, env);
  narrow.run();
  wide.run();
  double error =
      std::max(distance(narrow.output, wide.output), distance(narrow.gradient, wide.gradient));
  require(error < kF32Tolerance, "f32 is off by ", error, " from f64, at most ", kF32Tolerance,
          " is right");
  return error;
}

void check_threads(const std::string& kind, const Sample& sample, bool trains) {
  Threads restored;
  LayerRun run(kind, with_rows(sample, kManyRows), {.training = trains, .input_gradients = trains});
  set_threads(1);
  run.run();
  std::vector<double> output = run.output, gradient = run.gradient;
  for (int threads : {1, 2, 3, 5}) {
    set_threads(threads);
    run.run();
    require(run.output == output && run.gradient == gradient, "gives other numbers on ", threads,
            threads == 1 ? " thread the second time" : " threads than on 1");
  }
}

// Runs body in a process of its own; false where that crashed.
bool survives(const std::function<void()>& body) {
  pid_t child = fork();
  require<SystemError>(child >= 0, "cannot start a process to check in");
  if (child == 0) {
    set_threads(1);  // those of the parent are not here
    try {
      body();
    } catch (...) {  // the other checks have told
    }
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// As the first layer of a model: its parameters have gradients, its input has none.
void check_unwanted(const std::string& kind, const Sample& sample) {
  bool survived = survives([&] {
    LayerRun run(kind, sample, {.training = true, .input_gradients = false});
    if (!run.table().params().empty()) run.run();
  });
  require(survived,
          "backward crashes where nobody wants the gradient of the input: dx is null then");
}

LayerCheck check_layer(const std::string& kind) {
  LayerCheck check{.kind = kind};
  const Sample* sample = plugin_sample(kind);
  if (!sample) {
    check.problem = "has no sample to be checked with";
    return check;
  }
  try {
    check.trains = layer(kind, sample->attrs)->trains();
    check_shapes(kind, *sample);
    if (check.trains) check.gradient_error = check_gradient(kind, *sample);
    check.f32_error = check_f32(kind, *sample, check.trains);
    if (check.trains) check_unwanted(kind, *sample);
    check_threads(kind, *sample, check.trains);
  } catch (const Error& e) {
    check.problem = e.what();
  }
  return check;
}

}  // namespace

std::vector<LayerCheck> check_plugin(const Plugin& plugin) {
  std::vector<LayerCheck> checks;
  for (const std::string& kind : plugin.kinds) checks.push_back(check_layer(kind));
  return checks;
}

}  // namespace firesteel
