// SPDX-License-Identifier: Apache-2.0
// MultiLabelMargin: 1 / classes times the sum over the labels y and all classes c that are no label of
// max(0, 1 - (x[y] - x[c])).
#include "nn/losses/reduction.h"
#include "nn/run.h"

namespace firesteel {

struct MultiLabelMargin final : LossOf<MultiLabelMargin> {
  static constexpr auto schema() {
    return Schema{"MultiLabelMargin", "loss",
                  "What the scores of a row's classes lack to be above those of all others by 1. "
                  "Labels are as many class ids as there are classes; a -1 ends them. The mean "
                  "over rows."};
  }
  static LossSample sample() {
    return {.attrs = {},
            .outputs = {{4}},
            .labels = {4},
            .labels_dtype = DType::s32,
            .numbers = {3, 0, -1, 1, 2, -1, 0, 0, -1, 0, 0, 0}};
  }

  void check(const Shape& output, const Labels& labels) const override {
    require_as_many("MultiLabelMargin", output, labels);
  }

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    int64_t classes = numel(shape) / shape[0];
    double total = 0;
    by_dtype(dtype, [&]<class T>() {
      std::vector<bool> own;
      for (int64_t r = 0; r < shape[0]; ++r) {
        std::vector<int64_t> ids = ids_of(labels, r * classes, classes);
        own.assign(static_cast<size_t>(classes), false);
        for (int64_t id : ids) own[static_cast<size_t>(id)] = true;
        T* dx = gradient ? static_cast<T*>(gradient) + r * classes : nullptr;
        total += row(static_cast<const T*>(output) + r * classes, classes, ids, own, dx);
      }
    });
    return {total, static_cast<double>(shape[0])};
  }

 private:
  static std::vector<int64_t> ids_of(const Labels& labels, int64_t at, int64_t classes) {
    std::vector<int64_t> ids;
    for (int64_t i = at; i < at + classes && labels.number(i) != -1; ++i) {
      ids.push_back(labels.class_id(i, classes));
    }
    return ids;
  }

  template <class T>
  static double row(const T* x, int64_t classes, const std::vector<int64_t>& ids,
                    const std::vector<bool>& own, T* dx) {
    T part = 1 / static_cast<T>(classes), value = 0;
    for (int64_t c = 0; dx && c < classes; ++c) dx[c] = 0;
    for (int64_t id : ids) {
      for (int64_t c = 0; c < classes; ++c) {
        T lack = 1 - x[id] + x[c];
        if (own[static_cast<size_t>(c)] || lack <= 0) continue;
        value += part * lack;
        if (!dx) continue;
        dx[c] += part;
        dx[id] -= part;
      }
    }
    return static_cast<double>(value);
  }
};
FIRESTEEL_LOSS(MultiLabelMargin);

}  // namespace firesteel
