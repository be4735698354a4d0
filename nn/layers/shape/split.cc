// SPDX-License-Identifier: Apache-2.0
// Split: y0, y1, ... = the parts of x along one extent.
#include <numeric>

#include "nn/layers/shape/blocks.h"
#include "nn/layers/shape/extents.h"

namespace firesteel {

struct Split final : LayerOf<Split> {
  int64_t dim = 1, sections = 0;
  Dims sizes;
  bool keepdim = true;

  static constexpr auto schema() {
    return Schema{
        "Split",
        "shape",
        "Cuts its input along one extent; an output for each part.",
        attr("dim", &Split::dim, "the extent; the batch is 0, the last one -1", not_batch),
        attr("sections", &Split::sections,
             "how many parts, the first ones larger by 1 where they cannot be equal; 0: "
             "as `sizes` says, and without them each place is a part",
             nonnegative),
        attr("sizes", &Split::sizes, "how long each part is", positive),
        attr("keepdim", &Split::keepdim,
             "leave parts of one place their extent of 1; false: all must be of one")};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}, {"sizes", Dims{1, 3}}}, .in = {{2, 3, 4, 2}}};
  }
  void check() const override {
    require<AttrError>(sections == 0 || sizes.empty(),
                       "Split.sizes: must be empty where there are sections, got ", sizes);
  }

  Shapes infer(const Shapes& in) const override {
    size_t at = place_of(dim, in[0]);
    Shapes out;
    for (int64_t length : parts(in[0], at)) {
      out.push_back(in[0]);
      out.back()[at] = length;
      if (keepdim) continue;
      require(length == 1, "parts must be of one place without keepdim, got ", length);
      out.back().erase(out.back().begin() + static_cast<std::ptrdiff_t>(at));
    }
    return out;
  }
  Steps steps(const Shape& in) const override { return steps_behind(extent_of(dim, in)); }

  void forward(Run& r) const override {
    each_part(r, [&](size_t i, const Blocks& whole, int64_t start, int64_t length) {
      copy_range_from(whole, start, length, r.dtype(), r.x(), r.y(i));
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    each_part(r, [&](size_t i, const Blocks& whole, int64_t start, int64_t length) {
      copy_range_into(whole, start, length, r.dtype(), r.dy(i), r.dx());
    });
  }

 private:
  Dims parts(const Shape& in, size_t at) const {
    int64_t extent = in[at];
    if (!sizes.empty()) {
      int64_t sum = std::accumulate(sizes.begin(), sizes.end(), int64_t{0});
      require(sum == extent, "input must have ", sum, " numbers in extent ", dim, ", got ",
              without_batch(in));
      return sizes;
    }
    int64_t count = sections > 0 ? sections : extent;
    require(count <= extent, "input must have at least ", count, " numbers in extent ", dim,
            ", got ", without_batch(in));
    Dims lengths(static_cast<size_t>(count), extent / count);
    for (int64_t i = 0; i < extent % count; ++i) ++lengths[static_cast<size_t>(i)];
    return lengths;
  }

  // body(part, blocks of the input, the part's range of them)
  template <class Body>
  void each_part(const Run& r, const Body& body) const {
    size_t at = extent_of(dim, r.in());
    Blocks whole(r.in(), static_cast<int64_t>(at));
    int64_t start = 0;
    for (size_t i = 0; start < whole.extent; ++i) {
      int64_t length = keepdim ? r.out(i)[at] : 1;
      body(i, whole, start, length);
      start += length;
    }
  }
};
FIRESTEEL_LAYER(Split);

}  // namespace firesteel
