// SPDX-License-Identifier: Apache-2.0
// A 1x1 convolution and a depthwise one of its result: see backend/kernels/pointwise_depthwise.h.
#include "backend/kernels/pointwise_depthwise.h"

#include <algorithm>
#include <numeric>

#include "backend/native/make.h"
#include "backend/onednn/make.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

using kernels::PointwiseDepthwiseJob;
using kernels::PointwiseDepthwiseShape;
using kernels::Walk;

const kernels::PointwiseDepthwiseTable* table() { return kernels::pointwise_depthwise(); }

// Bytes of lines and weights that should stay in a near cache.
constexpr int64_t kNear = 128 << 10;

class NativePointwiseDepthwise final : public PointwiseDepthwise {
 public:
  NativePointwiseDepthwise(const PointwiseDepthwiseSpec& spec, const Layout& offered)
      : spec_(spec), rows_(spec.src[0]) {
    shape_ = {.in = spec.src[1],
              .middle = spec.dst[1],
              .height = spec.src[2],
              .width = spec.src[3],
              .out_height = spec.dst[2],
              .out_width = spec.dst[3],
              .stride = spec.stride,
              .padding = spec.padding};
    int lanes = table()->lanes;
    bool fits = offered.dtype() == DType::f32 &&
                (offered.channel_block() == lanes || offered.channel_block() == shape_.in);
    src = fits && offered.channel_block() > 1 ? offered : onednn::image_layout(spec.src, lanes);
    dst = src.of(spec.dst);
    pointwise = onednn::kernel_layout({shape_.middle, shape_.in, 1, 1}, lanes);
    depthwise = onednn::kernel_layout({shape_.middle, 1, 1, 3, 3}, lanes);
    x_walk_ = walk_of(src);
    y_walk_ = walk_of(dst);
    divide();
    scratch_bytes = static_cast<size_t>(threads_ * part_floats()) * sizeof(float);
  }

  void forward(const void* x, const Parameters& w, void* y, void* scratch) override {
    PointwiseDepthwiseJob job{.pointwise = part(w.pointwise, w.pointwise_bias, spec_.first),
                              .depthwise = part(w.depthwise, w.depthwise_bias, spec_.second),
                              .x = nullptr,
                              .y = nullptr,
                              .x_walk = x_walk_,
                              .y_walk = y_walk_};
    int64_t groups = shape_.middle / table()->lanes;
    int64_t units = rows_ * panels_ * bands_, parts = std::min(threads_, units);
    parallel_for(parts, 1, [&](int64_t begin, int64_t end) {
      float* own = f32(scratch) + begin * part_floats();
      for (int64_t u = units * begin / parts; u < units * end / parts; ++u) {
        int64_t row = u / (panels_ * bands_), band = u / panels_ % bands_, panel = u % panels_;
        int64_t first = panel * panel_, count = std::min(panel_, groups - first);
        PointwiseDepthwiseJob here = job;
        here.x = f32(x) + row * job.x_walk.row;
        here.y = f32(y) + row * job.y_walk.row;
        table()->run(shape_, here, first, count, shape_.out_height * band / bands_,
                     shape_.out_height * (band + 1) / bands_, own);
      }
    });
  }

 private:
  static kernels::PointwiseDepthwisePart part(const void* weights, const void* bias,
                                              const Tail& tail) {
    constexpr float kMost = std::numeric_limits<float>::infinity();
    return {f32(weights), f32(bias), tail.relu ? 0 : -kMost, tail.relu ? tail.most : kMost};
  }

  static Walk walk_of(const Layout& layout) {
    const Shape& shape = layout.shape();
    int64_t lanes = table()->lanes, row = layout.elements() / shape[0];
    if (layout.channel_block() == lanes) return {row, shape[2] * shape[3] * lanes, lanes};
    return {row, lanes, shape[1]};
  }

  int64_t part_floats() const {
    int64_t floats = table()->scratch(shape_, panel_), line = 16;
    return (floats + line - 1) / line * line;
  }

  // Units of work: some groups of channels of a band of lines of a row. A band makes a line or two
  // that its neighbour makes too, so only high images are cut into bands.
  void divide() {
    constexpr int64_t kHigh = 14;
    threads_ = threads();
    int64_t groups = shape_.middle / table()->lanes;
    int64_t numbers = (3 * (shape_.width + 2) + shape_.in + 9) * table()->lanes;
    int64_t fit = std::max<int64_t>(2, kNear / (numbers * static_cast<int64_t>(sizeof(float))));
    int64_t shares = threads_ / std::gcd(threads_, rows_);  // that a row is cut into
    bands_ = shape_.out_height >= kHigh * shares ? shares : 1;
    panels_ = (groups + fit - 1) / fit;
    if (bands_ < shares) panels_ = (panels_ + shares - 1) / shares * shares;
    panel_ = (groups + 2 * panels_ - 1) / (2 * panels_) * 2;
    panels_ = (groups + panel_ - 1) / panel_;
  }

  PointwiseDepthwiseSpec spec_;
  PointwiseDepthwiseShape shape_{};
  Walk x_walk_, y_walk_;
  int64_t rows_ = 0, threads_ = 1, panel_ = 0, panels_ = 0, bands_ = 1;
};

}  // namespace

bool has_pointwise_depthwise(const PointwiseDepthwiseSpec& spec) {
  return table() && spec.dst[1] % table()->lanes == 0 && (spec.stride == 1 || spec.stride == 2) &&
         (spec.padding == 0 || spec.padding == 1);
}

std::unique_ptr<PointwiseDepthwise> pointwise_depthwise(const PointwiseDepthwiseSpec& spec,
                                                        const Layout& offered) {
  return std::make_unique<NativePointwiseDepthwise>(spec, offered);
}

}  // namespace firesteel::native
