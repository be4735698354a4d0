// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/batch_norm.h"

#include "backend/native/make.h"
#include "core/error.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

using kernels::Channels;
using kernels::Walk;

// A run of channels that one kernel can walk over.
struct Part {
  Channels channels;
  Walk walk;
  int64_t first = 0;    // channel
  int64_t offset = 0;  // of that channel in the tensor, in elements
};

class NativeBatchNorm final : public BatchNormalization {
 public:
  NativeBatchNorm(const BatchNormSpec& spec, const Layout& src)
      : spec_(spec), table_(kernels::batch_norm()) {
    const Shape& shape = src.shape();
    bool bf16 = src.dtype() == DType::bf16;
    element_ = static_cast<int64_t>(size_of(src.dtype()));
    int64_t rows = shape[0], channels = shape[1], pixels = numel(shape) / (rows * channels);
    int64_t block = src.channel_block();
    row_ = src.elements() / rows;
    // Numbers of one row are channels side by side.
    if (block == 1 && pixels == 1) block = channels;
    if (block == 8 || block == 16) {
      parts_ = {
          {{rows, pixels, channels, static_cast<int>(block), bf16}, {row_, pixels * block, block}}};
    } else if (block == 1) {
      parts_ = {{{rows, pixels, channels, 1, bf16}, {row_, pixels, 1}}};
    } else {
      require(block == channels, "batch normalization: not a layout of images");
      constexpr int kLanes = 16;
      int64_t whole = channels / kLanes * kLanes;
      if (pixels == 1) std::swap(rows, pixels), row_ = 0;
      if (whole > 0)
        parts_.push_back({{rows, pixels, whole, kLanes, bf16}, {row_, kLanes, channels}});
      if (whole < channels) {
        parts_.push_back(
            {{rows, pixels, channels - whole, 1, bf16}, {row_, 1, channels}, whole, whole});
      }
    }
    dst_row_ = row_;
    strides_ = block != channels || channels == 8 || channels == 16;
  }

  bool stride_dst(int64_t elements) override {
    if (!strides_) return false;
    dst_row_ = elements;
    return true;
  }

  void forward_training(const Forward& run) override {
    each([&](const Part& part, int64_t begin, int64_t end) {
      auto* mean = f32(run.mean) + part.first;
      auto* variance = f32(run.variance) + part.first;
      const void* src = moved(run.src, part);
      // Group by group: the second pass finds the group in the cache.
      for (int64_t g = begin; g < end; ++g) {
        table_.statistics(part.channels, part.walk, src, mean, variance, g, g + 1);
        apply(part, run, g, g + 1);
      }
    });
  }

  void forward_inference(const Forward& run) override {
    each([&](const Part& part, int64_t begin, int64_t end) { apply(part, run, begin, end); });
  }

  void statistics(const Forward& run) override {
    each([&](const Part& part, int64_t begin, int64_t end) {
      table_.statistics(part.channels, part.walk, moved(run.src, part), f32(run.mean) + part.first,
                        f32(run.variance) + part.first, begin, end);
    });
  }

  void backward(const Backward& run) override { backward(run, false); }
  void backward_sums(const Backward& run) override { backward(run, true); }

 private:
  void backward(const Backward& run, bool sums_only) {
    each([&](const Part& part, int64_t begin, int64_t end) {
      kernels::BatchNormBackward job{job_of(part, run)};
      job.y = moved(run.dst, part);
      job.dy = moved(run.diff_dst, part);
      job.dx = moved(run.diff_src, part);
      job.dsum = moved(run.diff_sum, part);
      job.dgamma = f32(run.diff_gamma) + part.first;
      job.dbeta = f32(run.diff_beta) + part.first;
      job.sum = spec_.tail.sum;
      job.sums_only = sums_only;
      if (run.all_gamma) {
        job.all_dgamma = f32(run.all_gamma) + part.first;
        job.all_dbeta = f32(run.all_beta) + part.first;
        job.all_count = run.all_count;
      }
      table_.backward(part.channels, job, begin, end);
    });
  }

  // A tensor from the part's first channel on; null stays null.
  const void* moved(const void* tensor, const Part& part) const {
    return tensor ? static_cast<const std::byte*>(tensor) + part.offset * element_ : nullptr;
  }
  void* moved(void* tensor, const Part& part) const {
    return tensor ? static_cast<std::byte*>(tensor) + part.offset * element_ : nullptr;
  }

  Walk dst_walk(const Part& part) const {
    return {dst_row_ == row_ ? part.walk.row : dst_row_, part.walk.group, part.walk.pixel};
  }

  template <class Run>
  kernels::BatchNormJob job_of(const Part& part, const Run& run) const {
    return {.x = moved(run.src, part),
            .x_walk = part.walk,
            .sum_walk = part.walk,
            .y_walk = dst_walk(part),
            .gamma = f32(run.gamma) + part.first,
            .beta = f32(run.beta) + part.first,
            .mean = f32(run.mean) + part.first,
            .variance = f32(run.variance) + part.first,
            .eps = spec_.eps,
            .relu = spec_.tail.relu,
            .most = spec_.tail.most};
  }

  void apply(const Part& part, const Forward& run, int64_t begin, int64_t end) const {
    kernels::BatchNormForward job{job_of(part, run)};
    job.sum = moved(run.sum, part);
    job.y = moved(run.dst, part);
    table_.forward(part.channels, job, begin, end);
  }

  template <class Body>
  void each(const Body& body) const {
    for (const Part& part : parts_) {
      parallel_for(part.channels.groups(), 1,
                   [&](int64_t begin, int64_t end) { body(part, begin, end); });
    }
  }

  BatchNormSpec spec_;
  const kernels::BatchNormTable& table_;
  std::vector<Part> parts_;
  int64_t row_ = 0, dst_row_ = 0, element_ = 4;
  bool strides_ = false;
};

}  // namespace

std::unique_ptr<BatchNormalization> batch_norm(const BatchNormSpec& spec, const Layout& src) {
  return std::make_unique<NativeBatchNorm>(spec, src);
}

}  // namespace firesteel::native
