// SPDX-License-Identifier: Apache-2.0
// The parts of the module firesteel._core. It is thin: text, bytes and arrays go through to
// nn/model_api.h, train/ and formats/; classes for users are Python (python/firesteel).
#pragma once

#include <nanobind/nanobind.h>

#include <string>
#include <string_view>

namespace firesteel::python {

namespace nb = nanobind;

void bind_models(nb::module_& m);
void bind_data(nb::module_& m);
void bind_compute(nb::module_& m);

inline nb::bytes to_bytes(const std::string& data) { return nb::bytes(data.data(), data.size()); }
inline std::string_view view(const nb::bytes& data) { return {data.c_str(), data.size()}; }

}  // namespace firesteel::python
