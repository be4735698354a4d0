// SPDX-License-Identifier: Apache-2.0
// The steps of recurrent.h. Math: the number type T, sigmoid and tanh.
// Hochreiter and Schmidhuber, "Long short-term memory", 1997, with Gers' forget gate and peepholes;
// Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, in PyTorch's form
// and in its own; Tai, Socher and Manning, "Improved semantic representations from tree-structured
// long short-term memory networks", 2015.
#pragma once

#include "backend/kernels/loop.inc.h"
#include "backend/kernels/recurrent.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

template <class Math, bool kPeepholes>
void lstm(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  [[maybe_unused]] auto* peepholes = static_cast<const T*>(s.peepholes);
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 4 * H;
    auto* from_h = static_cast<const T*>(s.sums) + row * 4 * H;
    auto* c_before = static_cast<const T*>(s.c_before) + row * H;
    auto* c = static_cast<T*>(s.c) + row * H;
    auto* h = static_cast<T*>(s.h) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T before = c_before[j], for_i = gates[j] + from_h[j], for_f = gates[H + j] + from_h[H + j];
      if constexpr (kPeepholes) {
        for_i += peepholes[j] * before;
        for_f += peepholes[H + j] * before;
      }
      T i = Math::sigmoid(for_i);
      T f = Math::sigmoid(for_f);
      T g = Math::tanh(gates[2 * H + j] + from_h[2 * H + j]);
      T now = f * before + i * g, for_o = gates[3 * H + j] + from_h[3 * H + j];
      if constexpr (kPeepholes) for_o += peepholes[2 * H + j] * now;
      T o = Math::sigmoid(for_o);
      gates[j] = i;
      gates[H + j] = f;
      gates[2 * H + j] = g;
      gates[3 * H + j] = o;
      c[j] = now;
      h[j] = o * Math::tanh(now);
    }
  }
}

template <class Math, bool kPeepholes>
void lstm_backward(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  [[maybe_unused]] auto* peepholes = static_cast<const T*>(s.peepholes);
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 4 * H;
    auto* c_before = static_cast<const T*>(s.c_before) + row * H;
    auto* c = static_cast<const T*>(s.c) + row * H;
    auto* dh = static_cast<const T*>(s.dh) + row * H;
    auto* dc = static_cast<T*>(s.dc) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T i = gates[j], f = gates[H + j], g = gates[2 * H + j], o = gates[3 * H + j];
      T squashed = Math::tanh(c[j]), d_o = dh[j] * squashed * o * (1 - o);
      T d = dc[j] + dh[j] * o * (1 - squashed * squashed);
      if constexpr (kPeepholes) d += d_o * peepholes[2 * H + j];
      T d_i = d * g * i * (1 - i), d_f = d * c_before[j] * f * (1 - f), before = d * f;
      if constexpr (kPeepholes) before += d_i * peepholes[j] + d_f * peepholes[H + j];
      gates[j] = d_i;
      gates[H + j] = d_f;
      gates[2 * H + j] = d * i * (1 - g * g);
      gates[3 * H + j] = d_o;
      dc[j] = before;
    }
  }
}

template <class Math>
void gru(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 3 * H;
    auto* from_h = static_cast<const T*>(s.sums) + row * 3 * H;
    auto* h_before = static_cast<const T*>(s.h_before) + row * H;
    auto* h = static_cast<T*>(s.h) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T r = Math::sigmoid(gates[j] + from_h[j]);
      T z = Math::sigmoid(gates[H + j] + from_h[H + j]);
      T n = Math::tanh(gates[2 * H + j] + r * from_h[2 * H + j]);
      gates[j] = r;
      gates[H + j] = z;
      gates[2 * H + j] = n;
      h[j] = n + z * (h_before[j] - n);
    }
  }
}

template <class Math>
void gru_backward(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 3 * H;
    auto* from_h = static_cast<T*>(s.sums) + row * 3 * H;
    auto* h_before = static_cast<const T*>(s.h_before) + row * H;
    auto* dh = static_cast<T*>(s.dh) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T r = gates[j], z = gates[H + j], n = gates[2 * H + j], d = dh[j];
      T dn = d * (1 - z) * (1 - n * n);
      T dr = dn * from_h[2 * H + j] * r * (1 - r);
      T dz = d * (h_before[j] - n) * z * (1 - z);
      gates[j] = dr;
      gates[H + j] = dz;
      gates[2 * H + j] = dn;
      from_h[j] = dr;
      from_h[H + j] = dz;
      from_h[2 * H + j] = dn * r;
      dh[j] = d * z;
    }
  }
}

template <class Math>
void reset(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 3 * H;
    auto* kept = static_cast<T*>(s.sums) + row * H;
    auto* h_before = static_cast<const T*>(s.h_before) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T r = Math::sigmoid(gates[j]);
      gates[j] = r;
      gates[H + j] = Math::sigmoid(gates[H + j]);
      kept[j] = r * h_before[j];
    }
  }
}

template <class Math>
void reset_backward(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 3 * H;
    auto* dkept = static_cast<const T*>(s.sums) + row * H;
    auto* h_before = static_cast<const T*>(s.h_before) + row * H;
    auto* dh = static_cast<T*>(s.dh) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T r = gates[j], d = dkept[j];
      gates[j] = d * h_before[j] * r * (1 - r);
      dh[j] += d * r;
    }
  }
}

template <class Math>
void candidate(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 3 * H;
    auto* h_before = static_cast<const T*>(s.h_before) + row * H;
    auto* h = static_cast<T*>(s.h) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T n = Math::tanh(gates[2 * H + j]);
      gates[2 * H + j] = n;
      h[j] = n + gates[H + j] * (h_before[j] - n);
    }
  }
}

template <class Math>
void candidate_backward(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 3 * H;
    auto* h_before = static_cast<const T*>(s.h_before) + row * H;
    auto* dh = static_cast<T*>(s.dh) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T z = gates[H + j], n = gates[2 * H + j], d = dh[j];
      gates[H + j] = d * (h_before[j] - n) * z * (1 - z);
      gates[2 * H + j] = d * (1 - z) * (1 - n * n);
      dh[j] = d * z;
    }
  }
}

struct Tanh {
  template <class Math>
  static typename Math::T of(typename Math::T x) {
    return Math::tanh(x);
  }
  template <class T>
  static T slope(T y) {
    return 1 - y * y;
  }
};
struct Relu {
  template <class Math>
  static typename Math::T of(typename Math::T x) {
    return x > 0 ? x : 0;
  }
  template <class T>
  static T slope(T y) {
    return y > 0 ? T(1) : T(0);
  }
};

template <class Math, class Activation>
void rnn(const RecurrentStep& s) {
  using T = typename Math::T;
  auto* gates = static_cast<T*>(s.gates);
  auto* from_h = static_cast<const T*>(s.sums);
  auto* h = static_cast<T*>(s.h);
  FIRESTEEL_VECTOR_LOOP
  for (int64_t j = 0; j < s.rows * s.hidden; ++j) {
    T y = Activation::template of<Math>(gates[j] + from_h[j]);
    gates[j] = y;
    h[j] = y;
  }
}

// h_before gets its gradient by the sums alone: nothing is left in dh.
template <class Math, class Activation>
void rnn_backward(const RecurrentStep& s) {
  using T = typename Math::T;
  auto* gates = static_cast<T*>(s.gates);
  auto* dh = static_cast<T*>(s.dh);
  FIRESTEEL_VECTOR_LOOP
  for (int64_t j = 0; j < s.rows * s.hidden; ++j) {
    gates[j] = dh[j] * Activation::slope(gates[j]);
    dh[j] = 0;
  }
}

template <class Math, bool kGated>
void leaf(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * (1 + kGated) * H;
    auto* c = static_cast<T*>(s.c) + row * H;
    auto* h = static_cast<T*>(s.h) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T now = gates[j], out = Math::tanh(now);
      if constexpr (kGated) {
        T o = Math::sigmoid(gates[H + j]);
        gates[H + j] = o;
        out *= o;
      }
      c[j] = now;
      h[j] = out;
    }
  }
}

template <class Math, bool kGated>
void leaf_backward(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * (1 + kGated) * H;
    auto* c = static_cast<const T*>(s.c) + row * H;
    auto* dh = static_cast<const T*>(s.dh) + row * H;
    auto* dc = static_cast<const T*>(s.dc) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T squashed = Math::tanh(c[j]), passed = dh[j];
      if constexpr (kGated) {
        T o = gates[H + j];
        gates[H + j] = passed * squashed * o * (1 - o);
        passed *= o;
      }
      gates[j] = dc[j] + passed * (1 - squashed * squashed);
    }
  }
}

template <class Math, bool kGated>
void inner(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * (4 + kGated) * H;
    auto* of_children = static_cast<const T*>(s.c_before) + row * 2 * H;
    auto* c = static_cast<T*>(s.c) + row * H;
    auto* h = static_cast<T*>(s.h) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T i = Math::sigmoid(gates[j]);
      T left = Math::sigmoid(gates[H + j]);
      T right = Math::sigmoid(gates[2 * H + j]);
      T g = Math::tanh(gates[3 * H + j]);
      T now = i * g + left * of_children[j] + right * of_children[H + j], out = Math::tanh(now);
      if constexpr (kGated) {
        T o = Math::sigmoid(gates[4 * H + j]);
        gates[4 * H + j] = o;
        out *= o;
      }
      gates[j] = i;
      gates[H + j] = left;
      gates[2 * H + j] = right;
      gates[3 * H + j] = g;
      c[j] = now;
      h[j] = out;
    }
  }
}

template <class Math, bool kGated>
void inner_backward(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * (4 + kGated) * H;
    auto* of_children = static_cast<const T*>(s.c_before) + row * 2 * H;
    auto* to_children = static_cast<T*>(s.sums) + row * 2 * H;
    auto* c = static_cast<const T*>(s.c) + row * H;
    auto* dh = static_cast<const T*>(s.dh) + row * H;
    auto* dc = static_cast<const T*>(s.dc) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T i = gates[j], left = gates[H + j], right = gates[2 * H + j], g = gates[3 * H + j];
      T squashed = Math::tanh(c[j]), passed = dh[j];
      if constexpr (kGated) {
        T o = gates[4 * H + j];
        gates[4 * H + j] = passed * squashed * o * (1 - o);
        passed *= o;
      }
      T d = dc[j] + passed * (1 - squashed * squashed);
      gates[j] = d * g * i * (1 - i);
      gates[H + j] = d * of_children[j] * left * (1 - left);
      gates[2 * H + j] = d * of_children[H + j] * right * (1 - right);
      gates[3 * H + j] = d * i * (1 - g * g);
      to_children[j] = d * left;
      to_children[H + j] = d * right;
    }
  }
}

template <class Math>
constexpr Recurrent kTable = {.lstm = {lstm<Math, false>, lstm_backward<Math, false>},
                              .lstm_peepholes = {lstm<Math, true>, lstm_backward<Math, true>},
                              .gru = {gru<Math>, gru_backward<Math>},
                              .rnn_tanh = {rnn<Math, Tanh>, rnn_backward<Math, Tanh>},
                              .rnn_relu = {rnn<Math, Relu>, rnn_backward<Math, Relu>},
                              .reset = {reset<Math>, reset_backward<Math>},
                              .candidate = {candidate<Math>, candidate_backward<Math>},
                              .leaf = {{leaf<Math, false>, leaf_backward<Math, false>},
                                       {leaf<Math, true>, leaf_backward<Math, true>}},
                              .inner = {{inner<Math, false>, inner_backward<Math, false>},
                                        {inner<Math, true>, inner_backward<Math, true>}}};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
