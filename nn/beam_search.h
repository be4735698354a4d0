// SPDX-License-Identifier: Apache-2.0
// Beam search: the likely sequences of a model that says of each beginning how likely every next id
// is. Scores are logarithms of probabilities divided by ((5 + length) / 6)^alpha: Wu et al.,
// "Google's neural machine translation system", 2016.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "core/function_ref.h"

namespace firesteel {

// What the model is asked: of each beam of each row the sequence so far, the first id included.
struct BeamStep {
  int64_t rows = 0, beams = 0, length = 0;
  const int64_t* ids = nullptr;  // rows x beams x length
  // rows x beams: the beam, of the same row at the step before, that each one continues: where a
  // model's state of it is. The first step's beams are all alike.
  const int64_t* parents = nullptr;
};
// Fills in the logarithm of each next id's probability: rows x beams x vocabulary.
using NextIds = FunctionRef<void(const BeamStep& step, float* log_probabilities)>;

struct BeamSequence {
  std::vector<int64_t>
      ids;  // without the first one; the end is the last one of a finished sequence
  double score = -std::numeric_limits<double>::infinity();
  bool finished = false;
};

class BeamSearch {
 public:
  struct Options {
    int64_t vocabulary = 0;  // ids from 0
    int64_t end = 1;  // the id that ends a sequence
    int64_t max_length = 0;  // of a sequence, the end included
    int64_t beams = 4;
    double alpha = 0.6;  // 0: long sequences are as good as their probability alone
  };

  // Throws AttrError.
  explicit BeamSearch(const Options& options);

  // Of each row at most `beams` sequences, best first: finished ones or, only where there is none,
  // others. first: the id that each row begins with.
  std::vector<std::vector<BeamSequence>> run(const std::vector<int64_t>& first, NextIds next) const;

 private:
  struct Row;
  // Goes on with one row, given the probabilities of its beams' next ids.
  void extend(Row& row, const float* log_probabilities) const;
  double penalty(int64_t length) const;

  Options options_;
};

}  // namespace firesteel
