// SPDX-License-Identifier: Apache-2.0
#include "tests/every_loss/loss_run.h"

#include "core/rng.h"
#include "nn/run.h"

namespace firesteel::testing {
namespace {

double random_number(Rng& rng, double least, double most) {
  while (true) {
    double value = rng.normal();
    if (least <= value && value <= most) return value;
  }
}

}  // namespace

LossRun::LossRun(std::unique_ptr<Loss> loss, const LossSample& sample)
    : loss_(std::move(loss)), sample_(sample) {
  Rng rng(7);
  size_t random = sample.outputs.size() - sample.constants.size();
  for (size_t i = 0; i < random; ++i) {
    for (int64_t n = 0; n < kRows * numel(sample.outputs[i]); ++n) {
      numbers.push_back(random_number(rng, sample.least, sample.most));
    }
  }
  for (const std::vector<double>& row : sample.constants) {
    for (int64_t r = 0; r < kRows; ++r) {
      numbers.insert(numbers.end(), row.begin(), row.end());
      constants_ += row.size();
    }
  }
  for (double& value : numbers) value = static_cast<float>(value);
  for (int64_t i = 0; i < kRows * numel(sample.labels); ++i) {
    const std::vector<double>& given = sample.numbers;
    double value = given.empty() ? rng.normal() : given[static_cast<size_t>(i) % given.size()];
    labels_.push_back(static_cast<float>(value));
  }
}

LossSum LossRun::run(DType dtype, int64_t begin, int64_t end, bool wanted) {
  LossSum sum;
  by_dtype(dtype, [&]<class T>() { sum = run_as<T>(begin, end, wanted); });
  return sum;
}

template <class T>
LossSum LossRun::run_as(int64_t begin, int64_t end, bool wanted) {
  std::vector<Shape> shapes;
  std::vector<std::vector<T>> outputs, gradients;
  auto at = numbers.begin();
  for (const Shape& row : sample_.outputs) {
    int64_t width = numel(row);
    shapes.push_back(with_batch(end - begin, row));
    outputs.emplace_back(at + begin * width, at + end * width);
    gradients.emplace_back(outputs.back().size(), T(99));  // a loss must write all of them
    at += kRows * width;
  }
  std::vector<const void*> from;
  std::vector<void*> to;
  for (size_t i = 0; i < outputs.size(); ++i) {
    from.push_back(outputs[i].data());
    if (wanted) to.push_back(gradients[i].data());
  }
  int64_t width = numel(sample_.labels);
  std::vector<int32_t> ids(labels_.begin() + begin * width, labels_.begin() + end * width);
  std::vector<float> values(labels_.begin() + begin * width, labels_.begin() + end * width);
  bool whole = sample_.labels_dtype == DType::s32;
  Labels labels{sample_.labels_dtype, sample_.labels,
                whole ? static_cast<const void*>(ids.data()) : values.data()};
  LossSum sum = loss_->run_outputs(
      {sizeof(T) == sizeof(double) ? DType::f64 : DType::f32, shapes, from, labels, to});
  gradient.clear();
  for (size_t i = 0; i < to.size(); ++i) {
    gradient.insert(gradient.end(), gradients[i].begin(), gradients[i].end());
  }
  return sum;
}

}  // namespace firesteel::testing
