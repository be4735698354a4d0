// SPDX-License-Identifier: Apache-2.0
// PriorBox: default boxes around each position of a map. Liu et al., "SSD: single shot multibox
// detector", 2016.
#include <algorithm>
#include <vector>

#include "nn/layer.h"
#include "nn/layers/detection/boxes.h"

namespace firesteel {

struct PriorBox final : InferenceLayerOf<PriorBox> {
  std::vector<float> min_sizes, max_sizes, aspect_ratios, variances = {0.1f, 0.1f, 0.2f, 0.2f};
  std::vector<float> step;
  bool flip = true, clip = false;
  float offset = 0.5f;
  Dims image_size;

  static constexpr auto schema() {
    return Schema{
        "PriorBox",
        "detection",
        "The default boxes of a map, of shape (boxes, 8): corners x1, y1, x2, y2 in units of the "
        "image, then their four variances. A second input, of which only the shape counts, is the "
        "image. Those of several maps are joined by Concat and go into DetectionOutput.",
        required("min_sizes", &PriorBox::min_sizes, "sides of square boxes, in pixels of the image",
                 positive),
        attr("max_sizes", &PriorBox::max_sizes,
             "of each of them the next larger one: a square of the mean size too", positive),
        attr("aspect_ratios", &PriorBox::aspect_ratios,
             "widths divided by heights, of boxes of min_sizes, besides 1", positive),
        attr("flip", &PriorBox::flip, "also 1 / aspect_ratios"),
        attr("clip", &PriorBox::clip, "boxes end where the image does"),
        attr("variances", &PriorBox::variances, "one for all, or those of x, y, width and height",
             positive),
        attr("step", &PriorBox::step,
             "pixels of the image from position to position: one number, or height and width; "
             "empty: those of the image divided by the map's",
             positive),
        attr("offset", &PriorBox::offset, "of a box's middle in its position, in steps"),
        attr("image_size", &PriorBox::image_size,
             "height and width of the image; empty: the second input is the image",
             rules::EmptyOr<rules::Pair<1>>{})};
  }
  static Sample sample() {
    return {.attrs = {{"min_sizes", Reals{3.0}},
                      {"max_sizes", Reals{5.0}},
                      {"aspect_ratios", Reals{2.0}}},
            .in = {{2, 3, 2, 3}, {2, 3, 8, 12}}};
  }

  void check() const override {
    require<AttrError>(!min_sizes.empty(), "PriorBox.min_sizes: must not be empty");
    require<AttrError>(max_sizes.empty() || max_sizes.size() == min_sizes.size(),
                       "PriorBox.max_sizes: must be as many as min_sizes, got ", max_sizes);
    require<AttrError>(variances.size() == 1 || variances.size() == 4,
                       "PriorBox.variances: must be one or four numbers, got ", variances);
    require<AttrError>(step.size() <= 2, "PriorBox.step: must be one or two numbers, got ", step);
  }
  int most_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    for (const Shape& shape : in) {
      require(shape.size() == 4, "input must be images, got ", without_batch(shape));
    }
    require(in.size() == 2 || !image_size.empty(),
            "input must be followed by the image, or image_size given, got a map of ",
            without_batch(in[0]));
    auto boxes = static_cast<int64_t>(sides().size());
    return {{in[0][0], in[0][2] * in[0][3] * boxes, kNumbers}};
  }

  // Only shapes count.
  void prepare(Prepare& p) const override {
    for (size_t i = 0; i < p.inputs(); ++i) p.take_as_offered(i);
    p.keep(std::make_unique<std::vector<double>>(boxes_of(p)));
  }
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto& boxes = r.op<std::vector<double>>();
      auto* y = static_cast<T*>(r.y());
      for (int64_t n = 0; n < r.rows(); ++n) {
        for (double number : boxes) *y++ = static_cast<T>(number);
      }
    });
  }

 private:
  static constexpr int64_t kNumbers = 8;
  struct Sides {
    double width, height;
  };

  // Of the boxes around one position.
  std::vector<Sides> sides() const {
    std::vector<Sides> all;
    for (size_t i = 0; i < min_sizes.size(); ++i) {
      double size = min_sizes[i];
      all.push_back({size, size});
      if (!max_sizes.empty()) {
        double mean = std::sqrt(size * double{max_sizes[i]});
        all.push_back({mean, mean});
      }
      for (double ratio : aspect_ratios) {
        double root = std::sqrt(ratio);
        if (std::abs(ratio - 1) < 1e-6) continue;
        all.push_back({size * root, size / root});
        if (flip) all.push_back({size / root, size * root});
      }
    }
    return all;
  }

  std::vector<double> boxes_of(const Prepare& p) const {
    const Shape& map = p.in();
    Dims image = image_size.empty() ? Dims{p.in(1)[2], p.in(1)[3]} : image_size;
    double height = static_cast<double>(image.front()), width = static_cast<double>(image.back());
    double down = step.empty() ? height / static_cast<double>(map[2]) : double{step.front()};
    double right = step.empty() ? width / static_cast<double>(map[3]) : double{step.back()};
    std::vector<double> numbers;
    for (int64_t i = 0; i < map[2]; ++i) {
      for (int64_t j = 0; j < map[3]; ++j) {
        double y = (static_cast<double>(i) + double{offset}) * down;
        double x = (static_cast<double>(j) + double{offset}) * right;
        for (const Sides& s : sides()) {
          Box<double> box{(x - s.width / 2) / width, (y - s.height / 2) / height,
                          (x + s.width / 2) / width, (y + s.height / 2) / height};
          if (clip) box = clipped(box, 1.0, 1.0, 0.0);
          numbers.insert(numbers.end(), {box.x1, box.y1, box.x2, box.y2});
          for (size_t v = 0; v < 4; ++v)
            numbers.push_back(variances[variances.size() == 4 ? v : 0]);
        }
      }
    }
    return numbers;
  }
};
FIRESTEEL_LAYER(PriorBox);

}  // namespace firesteel
