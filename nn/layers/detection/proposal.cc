// SPDX-License-Identifier: Apache-2.0
// Proposal: the regions that a region proposal net finds most like an object: anchors, moved as its
// regression says, without small ones and those that overlap better ones. Ren et al., "Faster
// R-CNN", 2015.
#include <algorithm>
#include <limits>

#include "core/buffer.h"
#include "core/threads.h"
#include "nn/layers/detection/anchors.h"
#include "nn/layers/detection/image_info.h"
#include "nn/layers/detection/nms.h"

namespace firesteel {

struct Proposal final : AnchorLayerOf<Proposal> {
  int64_t pre_nms_topn = 6000, post_nms_topn = 300;
  float nms_threshold = 0.7f, min_size = 16, max_log_scale = kMaxLogScale;
  Dims image_size;

  static constexpr auto schema() {
    return Schema{
        "Proposal",
        "detection",
        "Regions x1, y1, x2, y2 that may be objects, best first, filled up with -1, and as a "
        "second "
        "output their scores. Takes scores of anchors (one map for each, or twice as many: the "
        "second half counts), four maps of regression for each, and perhaps each image's height, "
        "width and scale.",
        attr("pre_nms_topn", &Proposal::pre_nms_topn, "the best that are looked at; 0: all",
             nonnegative),
        attr("post_nms_topn", &Proposal::post_nms_topn, "regions of the output", positive),
        attr("nms_threshold", &Proposal::nms_threshold,
             "intersection over union with a better region that is too much", nonnegative),
        attr("min_size", &Proposal::min_size,
             "pixels that a side must have, before the image was scaled", nonnegative),
        attr("max_log_scale", &Proposal::max_log_scale, "limit of the logarithm of a side's change",
             positive),
        attr("image_size", &Proposal::image_size,
             "height and width, where regions end; empty: an input says so",
             rules::EmptyOr<rules::Pair<1>>{}),
        kRatios,
        kScales,
        kStride,
        kBaseSize,
        kInclusive};
  }
  static Sample sample() {
    return {.attrs = {{"pre_nms_topn", int64_t{20}},
                      {"post_nms_topn", int64_t{5}},
                      {"min_size", 2.0},
                      {"image_size", Dims{8, 12}},
                      {"scales", Reals{1.0, 2.0}},
                      {"stride", int64_t{4}},
                      {"base_size", int64_t{4}}},
            .in = {{2, 6, 2, 3}, {2, 24, 2, 3}}};
  }

  int least_inputs() const override { return 2; }
  int most_inputs() const override { return 3; }

  Shapes infer(const Shapes& in) const override {
    for (size_t i = 0; i < 2; ++i) {
      require(in[i].size() == 4, "input must be images, got ", without_batch(in[i]));
    }
    int64_t scores = in[0][1];
    require(scores == each() || scores == 2 * each(), "input must have ", each(), " or ",
            2 * each(), " channels, got ", without_batch(in[0]));
    Shape regression = {in[0][0], 4 * each(), in[0][2], in[0][3]};
    require(in[1] == regression, "input 1 must be ", without_batch(regression), ", got ",
            without_batch(in[1]));
    check_image_info(in, 2, image_size);
    return {{in[0][0], post_nms_topn, 4}, {in[0][0], post_nms_topn}};
  }

  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<std::vector<Box<double>>>(first_anchors()));
    size_t row = bytes_of_row(count(p.in()), size_of(p.env().dtype));
    p.scratch(static_cast<size_t>(p.in()[0]) * row);
  }
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      parallel_for(r.rows(), 1, [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n) propose<T>(r, n);
      });
    });
  }

 private:
  // Anchors around a position, and of a map.
  int64_t each() const { return static_cast<int64_t>(ratios.size() * scales.size()); }
  int64_t count(const Shape& map) const { return each() * map[2] * map[3]; }

  // Ids of all anchors; their regions; the regions that are kept.
  size_t bytes_of_row(int64_t anchors, size_t number) const {
    return whole_lines(static_cast<size_t>(anchors) * (sizeof(int64_t) + 4 * number) +
                       static_cast<size_t>(post_nms_topn * KeptBoxes<float>::kNumbersOfBox) *
                           number);
  }

  template <class T>
  void propose(Run& r, int64_t n) const {
    int64_t anchors = count(r.in()), plane = r.in()[2] * r.in()[3];
    auto* memory = static_cast<std::byte*>(r.scratch()) +
                   static_cast<size_t>(n) * bytes_of_row(anchors, sizeof(T));
    auto* ids = reinterpret_cast<int64_t*>(memory);
    auto* regions = reinterpret_cast<T*>(ids + anchors);
    // The second half, where there are two scores for each anchor.
    const T* scores = static_cast<const T*>(r.x()) + ((n + 1) * r.in()[1] - each()) * plane;
    int64_t found = find_regions<T>(r, n, scores, ids, regions);
    int64_t most = pre_nms_topn > 0 ? pre_nms_topn : anchors;
    int64_t many = each();
    auto score = [&](int64_t i) { return scores[i % many * plane + i / many]; };
    found = sort_best(ids, found, most, score);
    T pixel = inclusive ? T(1) : T(0);
    KeptBoxes<T> kept(regions + 4 * anchors, post_nms_topn, static_cast<T>(nms_threshold), pixel);
    auto* y = static_cast<T*>(r.y()) + n * post_nms_topn * 4;
    auto* best = static_cast<T*>(r.y(1)) + n * post_nms_topn;
    std::fill_n(y, post_nms_topn * 4, T(-1));
    std::fill_n(best, post_nms_topn, T(-1));
    for (int64_t c = 0; c < found && kept.count() < post_nms_topn; ++c) {
      int64_t at = kept.count();
      auto region = Box<T>::load(regions + ids[c] * 4);
      if (!kept.keep(region)) continue;
      region.store(y + at * 4);
      best[at] = score(ids[c]);
    }
  }

  // Decodes all regions; writes the ids (by position, then by anchor) of those that are large
  // enough and have a score.
  template <class T>
  int64_t find_regions(Run& r, int64_t n, const T* scores, int64_t* ids, T* regions) const {
    auto& first = r.op<std::vector<Box<double>>>();
    int64_t plane = r.in()[2] * r.in()[3], width = r.in()[3], many = each(), found = 0;
    const T* regression = static_cast<const T*>(r.x(1)) + n * 4 * many * plane;
    T pixel = inclusive ? T(1) : T(0);
    BoxCode<T> code{{1, 1, 1, 1}, static_cast<T>(max_log_scale), pixel};
    auto image = image_info<T>(r, n, 2, image_size);
    T least_width = static_cast<T>(min_size) * image.scale_x;
    T least_height = static_cast<T>(min_size) * image.scale_y;
    for (int64_t i = 0; i < many * plane; ++i) {
      int64_t a = i % many, position = i / many;
      const T* from = regression + a * 4 * plane + position;
      T d[4] = {from[0], from[plane], from[2 * plane], from[3 * plane]};
      Box<T> box = anchor_at<T>(first[static_cast<size_t>(a)], position % width, position / width);
      box = clipped(code.decode(box, d), image.width, image.height, pixel);
      box.store(regions + 4 * i);
      bool large =
          box.x2 - box.x1 + pixel >= least_width && box.y2 - box.y1 + pixel >= least_height;
      ids[found] = i;
      found += large && scores[a * plane + position] > -std::numeric_limits<T>::infinity();
    }
    return found;
  }
};
FIRESTEEL_LAYER(Proposal);

}  // namespace firesteel
