// SPDX-License-Identifier: Apache-2.0
// The steps of recurrent.h. Math: the number type T, sigmoid and tanh.
// Hochreiter and Schmidhuber, "Long short-term memory", 1997, with Gers' forget gate; Cho et al.,
// "Learning phrase representations using RNN encoder-decoder", 2014, in PyTorch's form.
#pragma once

#include "backend/kernels/loop.inc.h"
#include "backend/kernels/recurrent.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

template <class Math>
void lstm(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 4 * H;
    auto* from_h = static_cast<const T*>(s.sums) + row * 4 * H;
    auto* c_before = static_cast<const T*>(s.c_before) + row * H;
    auto* c = static_cast<T*>(s.c) + row * H;
    auto* h = static_cast<T*>(s.h) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T i = Math::sigmoid(gates[j] + from_h[j]);
      T f = Math::sigmoid(gates[H + j] + from_h[H + j]);
      T g = Math::tanh(gates[2 * H + j] + from_h[2 * H + j]);
      T o = Math::sigmoid(gates[3 * H + j] + from_h[3 * H + j]);
      gates[j] = i;
      gates[H + j] = f;
      gates[2 * H + j] = g;
      gates[3 * H + j] = o;
      c[j] = f * c_before[j] + i * g;
      h[j] = o * Math::tanh(c[j]);
    }
  }
}

template <class Math>
void lstm_backward(const RecurrentStep& s) {
  using T = typename Math::T;
  const int64_t H = s.hidden;
  for (int64_t row = 0; row < s.rows; ++row) {
    auto* gates = static_cast<T*>(s.gates) + row * 4 * H;
    auto* c_before = static_cast<const T*>(s.c_before) + row * H;
    auto* c = static_cast<const T*>(s.c) + row * H;
    auto* dh = static_cast<const T*>(s.dh) + row * H;
    auto* dc = static_cast<T*>(s.dc) + row * H;
    FIRESTEEL_VECTOR_LOOP
    for (int64_t j = 0; j < H; ++j) {
      T i = gates[j], f = gates[H + j], g = gates[2 * H + j], o = gates[3 * H + j];
      T squashed = Math::tanh(c[j]);
      T d = dc[j] + dh[j] * o * (1 - squashed * squashed);
      gates[j] = d * g * i * (1 - i);
      gates[H + j] = d * c_before[j] * f * (1 - f);
      gates[2 * H + j] = d * i * (1 - g * g);
      gates[3 * H + j] = dh[j] * squashed * o * (1 - o);
      dc[j] = d * f;
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
constexpr Recurrent kTable = {{lstm<Math>, lstm_backward<Math>}, {gru<Math>, gru_backward<Math>}};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
