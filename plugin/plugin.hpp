// SPDX-License-Identifier: Apache-2.0
// Layers of one's own in C++: a struct and a line that exports it, compiled without Firesteel.
//
//   g++ -std=c++20 -O2 -shared -fPIC -fvisibility=hidden -I include my_layer.cc -o my_layer.so
//
//   struct Scaled {
//     double factor = 1;
//     static auto schema() {
//       return Schema{"Scaled", "Multiplies by a number.",
//                     attr("factor", &Scaled::factor, "the number")};
//     }
//     static Sample<Scaled> sample() { return {.layer = {.factor = 3}, .in = {{2, 5}}}; }
//     Shapes infer(const Shapes& in) const { return {in[0]}; }
//     template <class T> void forward(Run<T>& r) const { ... r.x() ... r.y() ... }
//     template <class T> void backward(Run<T>& r) const { ... r.dy() ... r.dx() ... }
//   };
//   FIRESTEEL_PLUGIN("scaled", "1.0", Scaled)
//
// T is float or double. Where wanted: params(), prepare(Prepare&), and the constants least_inputs,
// most_inputs, couples_rows, each_step. Without backward the layer serves inference alone. Errors are
// exceptions; the sentence of one reaches the user. A layer is immutable, and several threads call it.
#pragma once

#include <exception>
#include <mutex>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "plugin.h"

namespace firesteel::plugin {

using Dims = std::vector<int64_t>;
using Shape = Dims;  // the first extent is the batch
using Shapes = std::vector<Shape>;

inline int64_t numel(std::span<const int64_t> shape) {
  int64_t n = 1;
  for (int64_t d : shape) n *= d;
  return n;
}

// ---- errors: require(in[0].size() == 2, "input must be rows of numbers, got ", in[0]);

inline void write(std::ostream& out, std::span<const int64_t> shape) {
  out << '[';
  for (size_t i = 0; i < shape.size(); ++i) out << (i > 0 ? ", " : "") << shape[i];
  out << ']';
}
template <class T>
  requires requires(std::ostream& out, const T& value) { out << value; }
void write(std::ostream& out, const T& value) {
  out << value;
}
template <class... Words>
void require(bool condition, const Words&... words) {
  if (condition) return;
  std::ostringstream text;
  (write(text, words), ...);
  throw std::invalid_argument(text.str());
}

// ---- declarations

// What the value of an attribute must be.
enum class Rule : int32_t {
  any = FIRESTEEL_ANY,
  positive = FIRESTEEL_POSITIVE,
  nonnegative = FIRESTEEL_NONNEGATIVE,
  fraction = FIRESTEEL_FRACTION,  // >= 0 and < 1
  nonempty = FIRESTEEL_NONEMPTY
};
inline constexpr Rule positive = Rule::positive, nonnegative = Rule::nonnegative,
                      fraction = Rule::fraction, nonempty = Rule::nonempty;

// Members of type bool, int64_t, double, std::string, Dims and std::vector<double>.
template <class Layer, class Member>
struct Attr {
  const char* name;
  Member Layer::* member;
  const char* doc;
  Rule rule;
  bool required;
};
template <class Layer, class Member>
Attr<Layer, Member> attr(const char* name, Member Layer::* member, const char* doc,
                         Rule rule = Rule::any) {
  return {name, member, doc, rule, false};
}
// One without a default.
template <class Layer, class Member>
Attr<Layer, Member> required(const char* name, Member Layer::* member, const char* doc,
                             Rule rule = Rule::any) {
  return {name, member, doc, rule, true};
}

template <class... Attributes>
struct Schema {
  const char* kind;
  const char* doc;
  std::tuple<Attributes...> attrs;

  Schema(const char* kind_, const char* doc_, Attributes... attrs_)
      : kind(kind_), doc(doc_), attrs(attrs_...) {}
};

struct Init {
  int32_t kind = FIRESTEEL_INIT_CONSTANT;
  double scale = 0, center = 0;

  static Init constant(double value) { return {FIRESTEEL_INIT_CONSTANT, value}; }
  static Init uniform(double bound) { return {FIRESTEEL_INIT_UNIFORM, bound}; }
  static Init normal(double deviation) { return {FIRESTEEL_INIT_NORMAL, deviation}; }
};

struct Param {
  std::string name;
  Shape shape;
  Init init;
  bool decay = true;  // weight decay applies
};

// An example, for firesteel check-plugin.
template <class Layer>
struct Sample {
  Layer layer = {};
  Shapes in;  // batch included
  std::vector<double> kinks = {};  // inputs are kept away from these values
  int64_t ids_below = 0;  // > 0: inputs are ids, whole numbers from 0
};

// ---- what a layer is told: shapes are known, numbers are not

class Prepare {
 public:
  explicit Prepare(firesteel_prepare& host) : host_(host) {}

  bool training() const { return host_.training != 0; }
  size_t inputs() const { return static_cast<size_t>(host_.inputs); }
  std::span<const int64_t> in(size_t i = 0) const { return of(host_.in[i]); }
  std::span<const int64_t> out(size_t i = 0) const { return of(host_.out[i]); }

  // Room for so many numbers of type T: from forward to backward, and during a call.
  void save(int64_t numbers) { host_.saved_bytes = bytes(numbers); }
  void scratch(int64_t numbers) { host_.scratch_bytes = bytes(numbers); }
  // What backward reads besides dy, parameters and what was saved.
  void backward_reads_input(size_t i = 0) { host_.reads_input |= uint64_t{1} << i; }
  void backward_reads_output() { host_.reads_output = 1; }
  // y may be x, and dx be dy.
  void in_place() { host_.in_place = 1; }

 private:
  static std::span<const int64_t> of(const firesteel_shape& s) {
    return {s.dims, static_cast<size_t>(s.rank)};
  }
  size_t bytes(int64_t numbers) const {
    return static_cast<size_t>(numbers) * (host_.dtype == FIRESTEEL_F64 ? 8 : 4);
  }
  firesteel_prepare& host_;
};

// ---- what it computes with; numbers are row-major

template <class T>
class Run {
 public:
  explicit Run(const firesteel_run& host) : host_(host) {}

  const T* x(size_t i = 0) const {
    return kept<const T>(host_.x[i], "an input", "backward_reads_input()");
  }
  T* y(size_t i = 0) const { return kept<T>(host_.y[i], "the output", "backward_reads_output()"); }
  const T* dy(size_t i = 0) const { return static_cast<const T*>(host_.dy[i]); }
  T* dx(size_t i = 0) const { return static_cast<T*>(host_.dx[i]); }  // null: nobody wants it
  const T* param(size_t i = 0) const { return static_cast<const T*>(host_.param[i]); }
  // To be filled, with the sum over the rows.
  T* dparam(size_t i = 0) const { return static_cast<T*>(host_.dparam[i]); }
  T* saved() const { return static_cast<T*>(host_.saved); }
  T* scratch() const { return static_cast<T*>(host_.scratch); }

  size_t inputs() const { return static_cast<size_t>(host_.inputs); }
  std::span<const int64_t> in(size_t i = 0) const { return of(host_.in[i]); }
  std::span<const int64_t> out(size_t i = 0) const { return of(host_.out[i]); }
  int64_t rows() const { return in()[0]; }
  bool training() const { return host_.training != 0; }

  // body(begin, end) on parts of [0, count), of at least `grain` items, on the threads of the run.
  // How it is cut depends on their number: what is summed up across items is to be summed up
  // afterwards, in one order.
  template <class Body>
  void parallel_for(int64_t count, int64_t grain, const Body& body) const {
    struct Call {
      const Body& body;
      std::mutex mutex = {};
      std::exception_ptr error = {};
    } call{body};
    host_.parallel_for(
        count, grain,
        [](void* context, int64_t begin, int64_t end) {
          auto& own = *static_cast<Call*>(context);
          try {
            own.body(begin, end);
          } catch (...) {  // may not leave the thread
            std::lock_guard lock(own.mutex);
            own.error = std::current_exception();
          }
        },
        &call);
    if (call.error) std::rethrow_exception(call.error);
  }

  // Random numbers in [0, 1) of a row: the same ones whoever asks, other ones in each step.
  void uniform(int64_t row, int64_t count, float* to) const {
    host_.uniform(&host_, row, count, to);
  }

 private:
  static std::span<const int64_t> of(const firesteel_shape& s) {
    return {s.dims, static_cast<size_t>(s.rank)};
  }
  template <class U, class Pointer>
  static U* kept(Pointer* pointer, const char* what, const char* remedy) {
    require(pointer != nullptr, "backward reads ", what, ", but prepare() does not call ", remedy);
    return static_cast<U*>(pointer);
  }
  const firesteel_run& host_;
};

}  // namespace firesteel::plugin

#include "plugin_export.hpp"
