// SPDX-License-Identifier: Apache-2.0
// While: states = body(states) as long as condition(states) is not zero, row by row. Backward computes the body
// again for each time that it ran.
#include <algorithm>
#include <cstring>

#include "nn/layer.h"
#include "nn/sub_plan.h"

namespace firesteel {

struct While final : LayerOf<While> {
  std::string condition, body;
  int64_t states = 1, max_iterations = 1;

  static constexpr auto schema() {
    return Schema{
        "While",
        "control",
        "Runs a graph on its own results as long as another one says so, for each row by itself.",
        required("condition", &While::condition,
                 "takes the states and gives a number for each row: 0 ends it", graph_of_layers),
        required("body", &While::body, "takes the states and gives new ones", graph_of_layers),
        required("max_iterations", &While::max_iterations, "how often the body runs at most",
                 positive),
        attr("states", &While::states, "values that go around", positive)};
  }
  // Halves numbers until their mean is below one.
  static Sample sample() {
    return {.attrs = {{"condition", std::string(R"({
                "inputs": [{"name": "x"}],
                "nodes": [{"name": "mean", "kind": "Mean", "attrs": {"dims": [1], "keepdim": true},
                           "inputs": ["x"]},
                          {"name": "large", "kind": "BinaryThreshold", "attrs": {"threshold": 1},
                           "inputs": ["mean"]}],
                "outputs": ["large"]})")},
                      {"body", std::string(R"({
                "inputs": [{"name": "x"}],
                "nodes": [{"name": "linear", "kind": "Linear", "inputs": ["x"],
                           "attrs": {"in_features": 2, "out_features": 2, "bias": false}},
                          {"name": "half", "kind": "MulConstant", "attrs": {"value": 0.5},
                           "inputs": ["linear"]}],
                "outputs": ["half"]})")},
                      {"max_iterations", int64_t{3}}},
            .in = {{4, 2}}};
  }
  void check() const override {
    check_body(condition, count(states), 1, "While.condition");
    check_body(body, count(states), count(states), "While.body");
    require<AttrError>(body_params(condition, "While.condition").empty(),
                       "While.condition: must not have parameters, as nothing could train them");
  }
  int least_inputs() const override { return static_cast<int>(states); }
  std::vector<ParamSpec> params() const override { return body_params(body, "While.body"); }

  Shapes infer(const Shapes& in) const override {
    auto outputs = [&](const std::string& json, const char* where) {
      Graph graph = shaped(json, in, where);
      auto shapes = graph.infer(in[0][0]);
      Shapes out;
      for (Ref ref : graph.outputs()) out.push_back(shapes[count(ref.node)][count(ref.port)]);
      return out;
    };
    Shape asked = outputs(condition, "While.condition")[0];
    require(numel(asked) == in[0][0], "the condition must give one number for each row, got ",
            without_batch(asked));
    Shapes out = outputs(body, "While.body");
    for (size_t i = 0; i < in.size(); ++i) {
      require(out[i] == in[i], "a state must keep its shape ", without_batch(in[i]), ", got ",
              without_batch(out[i]));
    }
    return out;
  }

  void prepare(Prepare& p) const override {
    Shapes in;
    for (size_t i = 0; i < p.inputs(); ++i) in.push_back(p.in(i));
    Env asks = p.env();
    asks.training = false;
    p.keep(std::make_unique<SubPlan>(shaped(body, in, "While.body"), in[0][0], p.env()));
    p.keep(std::make_unique<SubPlan>(shaped(condition, in, "While.condition"), in[0][0], asks));
    for (const Shape& shape : in) {
      p.save(count(max_iterations + 1) * count(numel(shape)) * size_of(p.env().dtype));
    }
    p.save(count(max_iterations * in[0][0]));  // which rows a run of the body is for
  }

  void forward(Run& r) const override {
    r.op<SubPlan>().load(r, 0);
    for (size_t i = 0; i < count(states); ++i) std::memcpy(state(r, i, 0), r.x(i), bytes(r, i));
    std::memset(active(r, 0), 0, count(max_iterations * r.rows()));
    int64_t t = 0;
    for (; t < max_iterations && ask(r, t); ++t) {
      run_body(r, t);
      for (size_t i = 0; i < count(states); ++i) {
        std::memcpy(state(r, i, t + 1), state(r, i, t), bytes(r, i));
        each_row(r, t, i, r.op<SubPlan>().output(i), state(r, i, t + 1));
      }
    }
    for (size_t i = 0; i < count(states); ++i) std::memcpy(r.y(i), state(r, i, t), bytes(r, i));
  }

  void backward(Run& r) const override {
    auto& plan = r.op<SubPlan>();
    plan.clear_gradients(r, 0);
    int64_t t = runs(r);
    // The gradients of the states after a run are kept where the states are read no more.
    for (size_t i = 0; i < count(states); ++i) std::memcpy(state(r, i, t), r.dy(i), bytes(r, i));
    while (t-- > 0) {
      run_body(r, t);
      for (size_t i = 0; i < count(states); ++i) {
        std::memset(plan.output_gradient(i), 0, bytes(r, i));
        each_row(r, t, i, state(r, i, t + 1), plan.output_gradient(i));
      }
      plan.backward(r, 0);
      for (size_t i = 0; i < count(states); ++i) {
        std::memcpy(state(r, i, t), state(r, i, t + 1), bytes(r, i));
        each_row(r, t, i, plan.input_gradient(i), state(r, i, t));
      }
    }
    for (size_t i = 0; i < count(states); ++i) {
      if (r.dx(i)) std::memcpy(r.dx(i), state(r, i, 0), bytes(r, i));
    }
  }

 private:
  static size_t count(int64_t n) { return static_cast<size_t>(n); }
  static size_t bytes(const Run& r, size_t i) { return count(numel(r.in(i))) * size_of(r.dtype()); }
  static std::byte* state(const Run& r, size_t i, int64_t t) {
    return static_cast<std::byte*>(r.saved(i)) + count(t) * bytes(r, i);
  }
  uint8_t* active(const Run& r, int64_t t) const {
    return static_cast<uint8_t*>(r.saved(count(states))) + t * r.rows();
  }
  static Graph shaped(const std::string& json, const Shapes& in, const char* where) {
    Shapes rows;
    for (const Shape& shape : in) rows.push_back(without_batch(shape));
    return body_graph(json, rows, where);
  }

  // Which rows go on; false: none.
  bool ask(Run& r, int64_t t) const {
    auto& plan = r.op<SubPlan>(1);
    for (size_t i = 0; i < count(states); ++i) {
      std::memcpy(plan.input(i), state(r, i, t), bytes(r, i));
    }
    plan.forward(r.batch());
    bool some = false;
    by_dtype(r.dtype(), [&]<class T>() {
      for (int64_t n = 0; n < r.rows(); ++n) {
        bool went = t == 0 || active(r, t - 1)[n];
        active(r, t)[n] = went && static_cast<const T*>(plan.output(0))[n] != 0;
        some = some || active(r, t)[n];
      }
    });
    return some;
  }
  void run_body(Run& r, int64_t t) const {
    auto& plan = r.op<SubPlan>();
    for (size_t i = 0; i < count(states); ++i) {
      std::memcpy(plan.input(i), state(r, i, t), bytes(r, i));
    }
    plan.forward(r.batch());
  }
  // Copies the rows that the t-th run is for.
  void each_row(const Run& r, int64_t t, size_t i, const void* from, void* to) const {
    size_t row = bytes(r, i) / count(r.rows());
    for (int64_t n = 0; n < r.rows(); ++n) {
      if (!active(r, t)[n]) continue;
      std::memcpy(static_cast<std::byte*>(to) + count(n) * row,
                  static_cast<const std::byte*>(from) + count(n) * row, row);
    }
  }
  // How often the body ran.
  int64_t runs(const Run& r) const {
    int64_t t = 0;
    auto goes = [&](int64_t at) {
      return std::any_of(active(r, at), active(r, at) + r.rows(), [](uint8_t a) { return a != 0; });
    };
    while (t < max_iterations && goes(t)) ++t;
    return t;
  }
};
FIRESTEEL_LAYER(While);

}  // namespace firesteel
