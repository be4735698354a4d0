// SPDX-License-Identifier: Apache-2.0
// What locally connected layers share: convolutions with kernels of their own at each position. A
// sequence is an image of height 1. A product of matrices at each position does it: rows x points
// of the window times points x output channels.
#pragma once

#include <algorithm>
#include <tuple>

#include "core/buffer.h"
#include "nn/layer.h"
#include "nn/layers/convolution/lines.h"
#include "nn/weight_init.h"

namespace firesteel {

template <size_t kSpatial>
struct LocallyConnected : Layer {
  int64_t in_channels = 0, out_channels = 0;
  Dims input_size = {1}, kernel_size = {1}, stride = {1}, padding = {0};
  bool bias = true;
  std::string init = "default";

  std::vector<ParamSpec> params() const override {
    Dims extents = positions(), kernel = spread(kernel_size, kSpatial);
    Shape weight = extents, offset = {out_channels};
    weight.push_back(in_channels);
    weight.insert(weight.end(), kernel.begin(), kernel.end());
    weight.push_back(out_channels);
    offset.insert(offset.end(), extents.begin(), extents.end());
    int64_t points = numel(kernel), fan_in = in_channels * points;
    std::vector<ParamSpec> specs = {{.name = "weight",
                                     .shape = weight,
                                     .init = weight_init(init, fan_in, out_channels * points)}};
    if (bias) {
      specs.push_back(
          {.name = "bias", .shape = offset, .init = bias_init(init, fan_in), .decay = false});
    }
    return specs;
  }

  void check() const override {
    for (int64_t extent : positions()) {
      require<AttrError>(extent > 0, kind(), ".kernel_size: must fit into input_size, got ",
                         kernel_size, " for ", input_size);
    }
  }

  Shapes infer(const Shapes& in) const override {
    Shape wanted = {in[0].empty() ? 0 : in[0][0], in_channels};
    for (int64_t extent : spread(input_size, kSpatial)) wanted.push_back(extent);
    require(in[0] == wanted, "input must be ", without_batch(wanted), ", got ",
            without_batch(in[0]));
    Shape out = {in[0][0], out_channels};
    for (int64_t extent : positions()) out.push_back(extent);
    return {out};
  }

  double flops(const Shapes&, const Shapes& out) const override {
    int64_t points = in_channels * numel(spread(kernel_size, kSpatial));
    return 2.0 * static_cast<double>(numel(out[0]) * points);
  }

  void prepare(Prepare& p) const override {
    const Job& job = p.keep(std::make_unique<Job>(*this, p.in()[0]));
    Env env = p.env();
    env.compute = DType::f32;  // columns are made in the type of computation
    size_t most = 0;
    auto keep = [&](const MatMulSpec& spec) {
      most = std::max(most, p.keep(make_matmul(env, spec)).scratch_bytes);
    };
    int64_t places = job.plane.positions(), n = job.rows, o = out_channels, k = job.points;
    MatMulSpec::Matrix columns{k, 1, {n * k}}, results{o, 1, {n * o}}, weights{o, 1, {k * o}};
    MatMulSpec::Matrix turned_weights{1, o, {k * o}}, turned_columns{1, k, {n * k}};
    Dims batch = {places};
    keep({.batch = batch, .m = n, .n = o, .k = k, .a = columns, .b = weights, .dst = results});
    if (p.training()) {
      keep({.batch = batch,
            .m = n,
            .n = k,
            .k = o,
            .a = results,
            .b = turned_weights,
            .dst = columns});
      keep({.batch = batch,
            .m = k,
            .n = o,
            .k = n,
            .a = turned_columns,
            .b = results,
            .dst = weights});
    }
    p.backward_reads_input();
    p.scratch(job.bytes(p.env().dtype) + most);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto& job = r.op<Job>();
      auto [columns, results, rest] = job.template parts<T>(r.scratch());
      job.gather(static_cast<const T*>(r.x()), columns);
      r.op<MatMul>(1).run(columns, r.param(0), results, rest);
      auto* b = bias ? static_cast<const T*>(r.param(1)) : nullptr;
      auto* y = static_cast<T*>(r.y());
      const T* from = results;
      job.each_result([&](int64_t at, int64_t result, int64_t offset) {
        y[at] = from[result] + (b ? b[offset] : T(0));
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto& job = r.op<Job>();
      auto [columns, results, rest] = job.template parts<T>(r.scratch());
      auto* dy = static_cast<const T*>(r.dy());
      auto* db = bias ? static_cast<T*>(r.dparam(1)) : nullptr;
      if (db) std::fill_n(db, job.results() / job.rows, T(0));
      T* to = results;
      job.each_result([&](int64_t at, int64_t result, int64_t offset) {
        to[result] = dy[at];
        if (db) db[offset] += dy[at];
      });
      job.gather(static_cast<const T*>(r.x()), columns);
      r.op<MatMul>(3).run(columns, results, r.dparam(0), rest);
      if (!r.dx()) return;
      r.op<MatMul>(2).run(results, r.param(0), columns, rest);
      job.spread_back(columns, static_cast<T*>(r.dx()));
    });
  }

 private:
  // Extents of the output.
  Dims positions() const {
    Dims size = spread(input_size, kSpatial), counts;
    Window w = window(kSpatial);
    for (size_t i = 0; i < kSpatial; ++i) counts.push_back(w.positions(i, size[i]));
    return counts;
  }
  // In so many dimensions; the first ones are without extent.
  Window window(size_t dimensions) const {
    size_t more = dimensions - kSpatial;
    auto dims = [&](const Dims& given, int64_t first) {
      Dims all(more, first), own = spread(given, kSpatial);
      all.insert(all.end(), own.begin(), own.end());
      return all;
    };
    return {.kernel = dims(kernel_size, 1),
            .stride = dims(stride, 1),
            .before = dims(padding, 0),
            .after = dims(padding, 0),
            .dilation = Dims(dimensions, 1)};
  }

  // Between images, columns [position, row, point] and results [position, row, output channel].
  struct Job {
    int64_t rows, in_channels, out_channels;
    Plane plane;
    int64_t points;

    Job(const LocallyConnected& layer, int64_t rows_)
        : rows(rows_),
          in_channels(layer.in_channels),
          out_channels(layer.out_channels),
          plane(layer.window(2), kSpatial == 1 ? 1 : layer.input_size.front(),
                layer.input_size.back()),
          points(layer.in_channels * plane.points()) {}

    int64_t columns() const { return plane.positions() * rows * points; }
    int64_t results() const { return plane.positions() * rows * out_channels; }
    size_t bytes(DType type) const { return bytes(columns(), type) + bytes(results(), type); }

    // Columns, results, and what is left of the scratch memory.
    template <class T>
    std::tuple<T*, T*, void*> parts(void* scratch) const {
      DType type = sizeof(T) == sizeof(double) ? DType::f64 : DType::f32;
      auto* to = static_cast<std::byte*>(scratch) + bytes(columns(), type);
      return {static_cast<T*>(scratch), reinterpret_cast<T*>(to), to + bytes(results(), type)};
    }

    static size_t bytes(int64_t count, DType type) {
      return whole_lines(static_cast<size_t>(count) * size_of(type));
    }

    // body(line of a window in the columns, and in the images, first point inside, behind the last)
    template <class Body>
    void each_line(const Body& body) const {
      const Window& w = plane.window;
      int64_t lines = w.kernel[0], length = w.kernel[1];
      for_each_plane(rows, plane.positions() * points, [&](int64_t n) {
        plane.each_position([&](int64_t at, int64_t begin) {
          int64_t top = at / plane.out_width * w.stride[0] - w.before[0];
          int64_t left = at % plane.out_width * w.stride[1] - w.before[1];
          int64_t from = std::max<int64_t>(0, -left), to = std::min(length, plane.width - left);
          int64_t column = (at * rows + n) * points;
          for (int64_t c = 0; c < in_channels; ++c) {
            int64_t image = (n * in_channels + c) * plane.size() + begin;
            for (int64_t k = 0; k < lines; ++k, column += length, image += plane.width) {
              if (top + k >= 0 && top + k < plane.height) body(column, image, from, to);
            }
          }
        });
      });
    }
    template <class T>
    void gather(const T* x, T* columns) const {
      std::fill_n(columns, this->columns(), T(0));
      each_line([&](int64_t column, int64_t image, int64_t from, int64_t to) {
        for (int64_t i = from; i < to; ++i) columns[column + i] = x[image + i];
      });
    }
    template <class T>
    void spread_back(const T* columns, T* dx) const {
      std::fill_n(dx, rows * in_channels * plane.size(), T(0));
      each_line([&](int64_t column, int64_t image, int64_t from, int64_t to) {
        for (int64_t i = from; i < to; ++i) dx[image + i] += columns[column + i];
      });
    }
    // body(element of the output, of results, of the bias)
    template <class Body>
    void each_result(const Body& body) const {
      int64_t places = plane.positions();
      for (int64_t n = 0; n < rows; ++n) {
        for (int64_t o = 0; o < out_channels; ++o) {
          for (int64_t p = 0; p < places; ++p) {
            int64_t offset = o * places + p;
            body(n * out_channels * places + offset, (p * rows + n) * out_channels + o, offset);
          }
        }
      }
    }
  };
};

template <size_t kSpatial>
inline constexpr auto kLocalIn = required("in_channels", &LocallyConnected<kSpatial>::in_channels,
                                          "channels of the input", positive);
template <size_t kSpatial>
inline constexpr auto kLocalOut = required(
    "out_channels", &LocallyConnected<kSpatial>::out_channels, "channels of the output", positive);
template <size_t kSpatial>
inline constexpr auto kLocalInput =
    required("input_size", &LocallyConnected<kSpatial>::input_size, "extents of the input",
             rules::PerDimension<kSpatial, 1>{});
template <size_t kSpatial>
inline constexpr auto kLocalKernel =
    required("kernel_size", &LocallyConnected<kSpatial>::kernel_size, "extents of the kernels",
             rules::PerDimension<kSpatial, 1>{});
template <size_t kSpatial>
inline constexpr auto kLocalStride = attr("stride", &LocallyConnected<kSpatial>::stride,
                                          "step of the window", rules::PerDimension<kSpatial, 1>{});
template <size_t kSpatial>
inline constexpr auto kLocalPadding =
    attr("padding", &LocallyConnected<kSpatial>::padding, "zeros on each side",
         rules::PerDimension<kSpatial, 0>{});
template <size_t kSpatial>
inline constexpr auto kLocalBias = attr("bias", &LocallyConnected<kSpatial>::bias,
                                        "add a learned bias to each channel and position");
template <size_t kSpatial>
inline constexpr auto kLocalInit = attr("init", &LocallyConnected<kSpatial>::init,
                                        "first weights, as in torch.nn.init", known_init);

}  // namespace firesteel
