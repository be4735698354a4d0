// SPDX-License-Identifier: Apache-2.0
// One time step of recurrent cells, for all rows of a batch. Gates are in PyTorch's order: i, f, g,
// o of an LSTM; r, z, n of a GRU. Pointers are to f32, or f64 where the table is for that type.
#pragma once

#include <cstdint>

namespace firesteel {
struct Env;
}

namespace firesteel::kernels {

struct RecurrentStep {
  int64_t rows = 0, hidden = 0;
  // rows x gates x hidden. What x adds to each gate; forward leaves the gates there, and backward
  // the gradients of their sums.
  void* gates = nullptr;
  // What h adds to each gate. A GRU's backward reads it and leaves the gradients there; an LSTM's
  // are those of `gates`.
  void* sums = nullptr;
  const void* h_before = nullptr;
  void* h = nullptr;
  const void* c_before = nullptr;  // the cell of an LSTM
  void* c = nullptr;
  // In backward, d loss / d h. A GRU leaves there what h_before gets besides the way by `sums`.
  void* dh = nullptr;
  void* dc = nullptr;  // d loss / d c before, d loss / d c_before after
};

struct Cell {
  void (*forward)(const RecurrentStep&);
  void (*backward)(const RecurrentStep&);
};
struct Recurrent {
  Cell lstm, gru;
};
const Recurrent& recurrent(const Env& env);

}  // namespace firesteel::kernels
