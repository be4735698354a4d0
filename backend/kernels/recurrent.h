// SPDX-License-Identifier: Apache-2.0
// One time step of recurrent cells, for all rows of a batch. Gates are in PyTorch's order: i, f, g,
// o of an LSTM; r, z, n of a GRU; the one of a plain cell. Pointers are to f32, or f64 where the
// table is for that type.
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
  // What h adds to each gate. A GRU's backward reads it and leaves the gradients there; those of
  // other cells are in `gates`.
  void* sums = nullptr;
  const void* h_before = nullptr;
  void* h = nullptr;
  const void* c_before = nullptr;  // the cell of an LSTM
  void* c = nullptr;
  const void* peepholes = nullptr;  // 3 x hidden: what c adds to i, f and o
  // In backward, d loss / d h. A GRU leaves there what h_before gets besides the way by `sums`.
  void* dh = nullptr;
  void* dc = nullptr;  // d loss / d c before, d loss / d c_before after
};

struct Cell {
  void (*forward)(const RecurrentStep&);
  void (*backward)(const RecurrentStep&);
};
struct Recurrent {
  Cell lstm, lstm_peepholes, gru, rnn_tanh, rnn_relu;
  // A GRU that resets h before the product, in two halves. `gates` has all sums by then, and `sums`
  // is rows x hidden: r h_before, which the first half leaves for the product of n; before its
  // backward d loss / d of that. Backward begins with the second half.
  Cell reset, candidate;
  // Tai, Socher and Manning, 2015, without and with an output gate. A leaf's gates are c and o; an
  // inner node's are i, f of its two children, g and o, its c_before is rows x 2 x hidden, and
  // backward leaves d loss / d c_before in `sums`. Both read dh and dc.
  Cell leaf[2], inner[2];
};
const Recurrent& recurrent(const Env& env);

}  // namespace firesteel::kernels
