// SPDX-License-Identifier: Apache-2.0
// Pad: y = x with borders: of one value, or of what x has near its own borders.
#include <algorithm>

#include "core/names.h"
#include "nn/layers/arithmetic/rows.h"
#include "nn/layers/shape/extents.h"

namespace firesteel {
namespace {

enum class PadMode { constant, reflect, replicate, circular };
constexpr Names<4> kPadModes = {"constant", "reflect", "replicate", "circular"};
constexpr int64_t kNone = -1;

// For each extent, which number of the input is there; kNone: the value.
struct PadSources {
  std::vector<Dims> from;
  Dims in_steps, out_steps;
  int64_t begin = 0, end = 0;  // of a run of the input in the last extent
};

int64_t source(int64_t at, int64_t extent, PadMode mode) {
  bool inside = at >= 0 && at < extent;
  if (inside) return at;
  switch (mode) {
    case PadMode::constant:
      return kNone;
    case PadMode::reflect:
      return at < 0 ? -at : 2 * (extent - 1) - at;
    case PadMode::replicate:
      return at < 0 ? 0 : extent - 1;
    case PadMode::circular:
      return at < 0 ? at + extent : at - extent;
  }
  return kNone;
}

}  // namespace

struct Pad final : LayerOf<Pad> {
  Dims padding;
  std::string mode = "constant";
  float value = 0;

  static constexpr auto schema() {
    return Schema{"Pad",
                  "shape",
                  "Adds borders.",
                  required("padding", &Pad::padding,
                           "how much at the begin and at the end of each extent, the last one "
                           "first: [left, right, top, bottom] of images; negative numbers cut off"),
                  attr("mode", &Pad::mode,
                       "what it is: constant, or numbers of the input by reflect (without its own "
                       "border), replicate (its border) or circular (its other end)"),
                  attr("value", &Pad::value, "of constant borders")};
  }
  static Sample sample() {
    return {.attrs = {{"padding", Dims{2, 1, 0, 1}}, {"mode", std::string("reflect")}},
            .in = {{2, 2, 3, 4}}};
  }

  void check() const override {
    require<AttrError>(padding.size() % 2 == 0 && !padding.empty(),
                       "Pad.padding: must be pairs of numbers, got ", padding);
    bool constant = pad_mode() == PadMode::constant;
    require<AttrError>(constant || *std::min_element(padding.begin(), padding.end()) >= 0,
                       "Pad.padding: must be >= 0 unless constant, got ", padding);
  }

  Shapes infer(const Shapes& in) const override {
    size_t count = padding.size() / 2;
    require(count < in[0].size(), "input must have ", count, " extents, got ",
            without_batch(in[0]));
    Shape out = in[0];
    bool fits = true;
    for (size_t i = 0; i < count; ++i) {
      int64_t& extent = out[out.size() - 1 - i];
      int64_t begin = padding[2 * i], end = padding[2 * i + 1], most = std::max(begin, end);
      fits = fits && extent + begin + end > 0 &&
             (pad_mode() != PadMode::reflect || most < extent) &&
             (pad_mode() != PadMode::circular || most <= extent);
      extent += begin + end;
    }
    require(fits, "input must be large enough for padding ", padding, ", got ",
            without_batch(in[0]));
    return {out};
  }
  Steps steps(const Shape& in) const override {
    return steps_behind(in.size() - padding.size() / 2);
  }

  void prepare(Prepare& p) const override {
    auto sources = std::make_unique<PadSources>();
    const Shape &in = p.in(), &out = p.out();
    for (size_t d = 1; d < in.size(); ++d) {
      size_t i = in.size() - 1 - d;
      int64_t begin = 2 * i < padding.size() ? padding[2 * i] : 0;
      Dims from;
      for (int64_t k = 0; k < out[d]; ++k) from.push_back(source(k - begin, in[d], pad_mode()));
      sources->from.push_back(std::move(from));
      sources->in_steps.push_back(numel_of(in, d + 1, in.size()));
      sources->out_steps.push_back(numel_of(out, d + 1, out.size()));
      sources->begin = std::clamp<int64_t>(begin, 0, out[d]);
      sources->end = std::clamp(begin + in[d], sources->begin, out[d]);
    }
    p.keep(std::move(sources));
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t in = numel(r.in()) / r.rows(), out = numel(r.out()) / r.rows();
      each_row(r.rows(), out, [&](int64_t n) {
        fill(r.op<PadSources>(), 0, static_cast<const T*>(r.x()) + n * in,
             static_cast<T*>(r.y()) + n * out);
      });
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t in = numel(r.in()) / r.rows(), out = numel(r.out()) / r.rows();
      each_row(r.rows(), out, [&](int64_t n) {
        T* dx = static_cast<T*>(r.dx()) + n * in;
        std::fill_n(dx, in, T(0));
        collect(r.op<PadSources>(), 0, static_cast<const T*>(r.dy()) + n * out, dx);
      });
    });
  }

 private:
  PadMode pad_mode() const { return value_of<PadMode>(mode, kPadModes, "Pad.mode"); }

  // From extent d on; x: null where all is the value.
  template <class T>
  void fill(const PadSources& s, size_t d, const T* x, T* y) const {
    const Dims& from = s.from[d];
    auto extent = static_cast<int64_t>(from.size());
    if (!x) {
      std::fill_n(y, extent * s.out_steps[d], static_cast<T>(value));
      return;
    }
    if (d + 1 == s.from.size()) {
      auto one = [&](int64_t i) {
        int64_t at = from[static_cast<size_t>(i)];
        y[i] = at == kNone ? static_cast<T>(value) : x[at];
      };
      for (int64_t i = 0; i < s.begin; ++i) one(i);
      if (s.begin < s.end) {
        std::copy_n(x + from[static_cast<size_t>(s.begin)], s.end - s.begin, y + s.begin);
      }
      for (int64_t i = s.end; i < extent; ++i) one(i);
      return;
    }
    for (int64_t i = 0; i < extent; ++i) {
      int64_t at = from[static_cast<size_t>(i)];
      fill(s, d + 1, at == kNone ? nullptr : x + at * s.in_steps[d], y + i * s.out_steps[d]);
    }
  }

  template <class T>
  void collect(const PadSources& s, size_t d, const T* dy, T* dx) const {
    const Dims& from = s.from[d];
    bool last = d + 1 == s.from.size();
    for (size_t i = 0; i < from.size(); ++i) {
      if (from[i] == kNone) continue;
      const T* here = dy + static_cast<int64_t>(i) * s.out_steps[d];
      T* there = dx + from[i] * s.in_steps[d];
      if (last) {
        *there += *here;
      } else {
        collect(s, d + 1, here, there);
      }
    }
  }
};
FIRESTEEL_LAYER(Pad);

}  // namespace firesteel
