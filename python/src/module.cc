// SPDX-License-Identifier: Apache-2.0
// The module firesteel._core and how errors cross over: mistakes of the caller are ValueError,
// damaged files FormatError (a ValueError too), a machine that said no SystemError (a RuntimeError).
#include "core/error.h"
#include "python/src/bind.h"

namespace firesteel::python {
namespace {

void translate(const std::exception_ptr& error, void*) {
  try {
    std::rethrow_exception(error);
  } catch (const AttrError& e) {
    PyErr_SetString(PyExc_ValueError, e.what());
  } catch (const ShapeError& e) {
    PyErr_SetString(PyExc_ValueError, e.what());
  }
}

}  // namespace

NB_MODULE(_core, m) {
  m.doc() = "The C++ core of Firesteel; use the classes of the package firesteel.";
  m.attr("version") = FIRESTEEL_VERSION;
  nb::register_exception_translator(translate, nullptr);
  nb::exception<FormatError>(m, "FormatError", PyExc_ValueError);
  nb::exception<SystemError>(m, "SystemError", PyExc_RuntimeError);
  bind_models(m);
  bind_data(m);
  bind_compute(m);
}

}  // namespace firesteel::python
