// SPDX-License-Identifier: Apache-2.0
// Arrays to blocks (core/block.h), and the data sets that are known by name.
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "core/block.h"
#include "core/error.h"
#include "formats/dataset.h"
#include "python/src/bind.h"

namespace firesteel::python {
namespace {

using Array = nb::ndarray<nb::numpy, nb::ro, nb::c_contig, nb::device::cpu>;

DType dtype_of(const Array& array, const char* what) {
  if (array.dtype() == nb::dtype<float>()) return DType::f32;
  if (array.dtype() == nb::dtype<uint8_t>()) return DType::u8;
  require<AttrError>(array.dtype() == nb::dtype<int32_t>(), what,
                     ": must be of type float32, uint8 or int32");
  return DType::s32;
}

Shape row_shape(const Array& array, const char* what) {
  require(array.ndim() >= 1, what, ": must be an array of rows, got a single number");
  Shape shape;
  for (size_t i = 1; i < array.ndim(); ++i) shape.push_back(static_cast<int64_t>(array.shape(i)));
  return shape;
}

nb::bytes pack(const Array& x, const Array& y) {
  Block block{.rows = 0,
              .x_dtype = dtype_of(x, "x"),
              .y_dtype = dtype_of(y, "y"),
              .x_shape = row_shape(x, "x"),
              .y_shape = row_shape(y, "y"),
              .x = static_cast<const uint8_t*>(x.data()),
              .y = static_cast<const uint8_t*>(y.data())};
  block.rows = static_cast<int64_t>(x.shape(0));
  require(x.shape(0) == y.shape(0), "x and y must have the same number of rows, got ", x.shape(0),
          " and ", y.shape(0));
  return to_bytes(pack_block(block));
}

// (bytes, shape of a row, type) of x and of y.
nb::tuple load(const std::string& spec, const std::string& split) {
  Dataset data;
  {
    nb::gil_scoped_release release;
    data = load_dataset(spec, split);
  }
  return nb::make_tuple(to_bytes(data.x), data.x_shape, std::string(name_of(data.x_dtype)),
                        to_bytes(data.y), data.y_shape, std::string(name_of(data.y_dtype)));
}

}  // namespace

void bind_data(nb::module_& m) {
  using namespace nb::literals;
  m.def("pack", &pack, "x"_a, "y"_a, "Rows of two arrays as a block.");
  m.def("load_dataset", &load, "spec"_a, "split"_a);
}

}  // namespace firesteel::python
