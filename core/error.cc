// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"

#include <exception>
#include <new>

namespace firesteel {

void rethrow_at(const std::string& where) {
  try {
    throw;
  } catch (const AttrError& e) {
    throw AttrError(cat(where, ": ", e.what()));
  } catch (const ShapeError& e) {
    throw ShapeError(cat(where, ": ", e.what()));
  } catch (const FormatError& e) {
    throw FormatError(cat(where, ": ", e.what()));
  } catch (const std::bad_alloc&) {
    throw SystemError(cat(where, ": out of memory"));
  } catch (const std::exception& e) {
    throw SystemError(cat(where, ": ", e.what()));
  }
}

}  // namespace firesteel
