// SPDX-License-Identifier: Apache-2.0
// Scan: (states, y[t]) = body(states, x[t]) for each step t. Backward goes through time, and computes the
// body of a step again instead of keeping all that lies within it.
#include <cstring>

#include "nn/layer.h"
#include "nn/sub_plan.h"

namespace firesteel {

struct Scan final : LayerOf<Scan> {
  std::string body;
  int64_t states = 1, inputs = 1, outputs = 1;

  static constexpr auto schema() {
    return Schema{"Scan",
                  "control",
                  "Runs a graph over the steps (second extent) of its inputs. Takes the first "
                  "states, then the "
                  "inputs; returns the last states, then what the body gives at each step.",
                  required("body", &Scan::body,
                           "takes states and a step of each input, gives new states and outputs",
                           graph_of_layers),
                  attr("states", &Scan::states, "values that go from step to step", positive),
                  attr("inputs", &Scan::inputs, "values with steps", positive),
                  attr("outputs", &Scan::outputs, "values that the body gives besides the states",
                       nonnegative)};
  }
  static Sample sample() {
    return {.attrs = {{"body", std::string(R"({
                "inputs": [{"name": "h"}, {"name": "x"}],
                "nodes": [{"name": "both", "kind": "Concat", "attrs": {"dim": 1}, "inputs": ["h", "x"]},
                          {"name": "linear", "kind": "Linear", "inputs": ["both"],
                           "attrs": {"in_features": 5, "out_features": 2}},
                          {"name": "tanh", "kind": "Tanh", "inputs": ["linear"]}],
                "outputs": ["tanh", "linear"]})")}},
            .in = {{2, 2}, {2, 3, 3}}};
  }
  void check() const override {
    check_body(body, count(states + inputs), count(states + outputs), "Scan.body");
  }
  int least_inputs() const override { return static_cast<int>(states + inputs); }
  std::vector<ParamSpec> params() const override { return body_params(body, "Scan.body"); }

  Shapes infer(const Shapes& in) const override {
    int64_t steps = in[count(states)].size() > 1 ? in[count(states)][1] : 0;
    for (size_t i = count(states); i < in.size(); ++i) {
      require(in[i].size() > 2 && in[i][1] == steps, "inputs must be ", steps,
              " steps of numbers, got ", without_batch(in[i]));
    }
    Graph graph = shaped(in);
    auto shapes = graph.infer(in[0][0]);
    Shapes out;
    for (size_t i = 0; i < graph.outputs().size(); ++i) {
      Ref ref = graph.outputs()[i];
      Shape shape = shapes[count(ref.node)][count(ref.port)];
      if (i < count(states)) {
        require(shape == in[i], "a state must keep its shape ", without_batch(in[i]), ", got ",
                without_batch(shape));
      } else {
        shape.insert(shape.begin() + 1, steps);
      }
      out.push_back(shape);
    }
    return out;
  }

  void prepare(Prepare& p) const override {
    Shapes in;
    for (size_t i = 0; i < p.inputs(); ++i) in.push_back(p.in(i));
    p.keep(std::make_unique<SubPlan>(shaped(in), in[0][0], p.env()));
    // The states before each step, and after the last one.
    auto steps = count(in.back()[1]);
    for (size_t i = 0; i < count(states); ++i) {
      p.save((steps + 1) * count(numel(in[i])) * size_of(p.env().dtype));
    }
    for (size_t i = count(states); i < in.size(); ++i) p.backward_reads_input(i);
  }

  void forward(Run& r) const override {
    auto& body_plan = r.op<SubPlan>();
    body_plan.load(r, 0);
    for (size_t i = 0; i < count(states); ++i)
      std::memcpy(state(r, i, 0), r.x(i), bytes(r, r.in(i)));
    for (int64_t t = 0; t < steps(r); ++t) {
      run_step(r, t);
      for (size_t i = 0; i < count(states); ++i) {
        std::memcpy(state(r, i, t + 1), body_plan.output(i), bytes(r, r.in(i)));
      }
      for (size_t i = count(states); i < count(states + outputs); ++i) {
        scatter(r, r.out(i), t, body_plan.output(i), r.y(i));
      }
    }
    for (size_t i = 0; i < count(states); ++i) {
      std::memcpy(r.y(i), state(r, i, steps(r)), bytes(r, r.in(i)));
    }
  }

  void backward(Run& r) const override {
    auto& body_plan = r.op<SubPlan>();
    body_plan.clear_gradients(r, 0);
    // The gradients of the states after a step are kept where the states before it are read no more.
    for (size_t i = 0; i < count(states); ++i) {
      std::memcpy(state(r, i, steps(r)), r.dy(i), bytes(r, r.in(i)));
    }
    for (int64_t t = steps(r); t-- > 0;) {
      run_step(r, t);
      for (size_t i = 0; i < count(states); ++i) {
        std::memcpy(body_plan.output_gradient(i), state(r, i, t + 1), bytes(r, r.in(i)));
      }
      for (size_t i = count(states); i < count(states + outputs); ++i) {
        gather(r, r.out(i), t, r.dy(i), body_plan.output_gradient(i));
      }
      body_plan.backward(r, 0);
      for (size_t i = 0; i < count(states); ++i) {
        std::memcpy(state(r, i, t), body_plan.input_gradient(i), bytes(r, r.in(i)));
      }
      for (size_t i = count(states); i < count(states + inputs); ++i) {
        if (r.dx(i)) scatter(r, r.in(i), t, body_plan.input_gradient(i), r.dx(i));
      }
    }
    for (size_t i = 0; i < count(states); ++i) {
      if (r.dx(i)) std::memcpy(r.dx(i), state(r, i, 0), bytes(r, r.in(i)));
    }
  }

 private:
  static size_t count(int64_t n) { return static_cast<size_t>(n); }
  static size_t bytes(const Run& r, const Shape& shape) {
    return count(numel(shape)) * size_of(r.dtype());
  }
  int64_t steps(const Run& r) const { return r.in(count(states))[1]; }
  static void* state(const Run& r, size_t i, int64_t t) {
    return static_cast<std::byte*>(r.saved(i)) + count(t) * bytes(r, r.in(i));
  }

  Graph shaped(const Shapes& in) const {
    Shapes rows;
    for (size_t i = 0; i < in.size(); ++i) {
      rows.emplace_back(in[i].begin() + (i < count(states) ? 1 : 2), in[i].end());
    }
    return body_graph(body, rows, "Scan.body");
  }

  void run_step(Run& r, int64_t t) const {
    auto& body_plan = r.op<SubPlan>();
    for (size_t i = 0; i < count(states); ++i) {
      std::memcpy(body_plan.input(i), state(r, i, t), bytes(r, r.in(i)));
    }
    for (size_t i = count(states); i < count(states + inputs); ++i) {
      gather(r, r.in(i), t, r.x(i), body_plan.input(i));
    }
    body_plan.forward(r.batch());
  }

  // A step of all rows: out of a value with steps, and back into it.
  static void gather(const Run& r, const Shape& whole, int64_t t, const void* from, void* to) {
    size_t step = bytes(r, whole) / count(whole[0] * whole[1]);
    for (int64_t n = 0; n < whole[0]; ++n) {
      std::memcpy(static_cast<std::byte*>(to) + count(n) * step,
                  static_cast<const std::byte*>(from) + count(n * whole[1] + t) * step, step);
    }
  }
  static void scatter(const Run& r, const Shape& whole, int64_t t, const void* from, void* to) {
    size_t step = bytes(r, whole) / count(whole[0] * whole[1]);
    for (int64_t n = 0; n < whole[0]; ++n) {
      std::memcpy(static_cast<std::byte*>(to) + count(n * whole[1] + t) * step,
                  static_cast<const std::byte*>(from) + count(n) * step, step);
    }
  }
};
FIRESTEEL_LAYER(Scan);

}  // namespace firesteel
