// SPDX-License-Identifier: Apache-2.0
#include "nn/beam_search.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace firesteel {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

// An id after a beam.
struct Candidate {
  double log_probability;
  int64_t beam, id;
};
bool better(const Candidate& a, const Candidate& b) {
  if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
  return a.beam != b.beam ? a.beam < b.beam : a.id < b.id;
}

}  // namespace

struct BeamSearch::Row {
  struct Beam {
    std::vector<int64_t> ids;
    double log_probability = kNever;
    int64_t parent = 0;
  };
  std::vector<Beam> beams;
  std::vector<BeamSequence> finished;  // best first
  std::vector<Candidate> candidates;
  bool done = false;
};

BeamSearch::BeamSearch(const Options& options) : options_(options) {
  auto positive = [](const char* name, int64_t value) {
    require<AttrError>(value > 0, "BeamSearch.", name, ": must be > 0, got ", value);
  };
  positive("vocabulary", options.vocabulary);
  positive("max_length", options.max_length);
  positive("beams", options.beams);
  require<AttrError>(options.end >= 0 && options.end < options.vocabulary,
                     "BeamSearch.end: must be an id below ", options.vocabulary, ", got ",
                     options.end);
  require<AttrError>(options.alpha >= 0, "BeamSearch.alpha: must be >= 0, got ", options.alpha);
}

double BeamSearch::penalty(int64_t length) const {
  return std::pow((5 + static_cast<double>(length)) / 6, options_.alpha);
}

void BeamSearch::extend(Row& row, const float* log_probabilities) const {
  auto& candidates = row.candidates;
  candidates.clear();
  for (int64_t b = 0; b < options_.beams; ++b) {
    double so_far = row.beams[static_cast<size_t>(b)].log_probability;
    for (int64_t id = 0; id < options_.vocabulary; ++id) {
      double sum = so_far + double{log_probabilities[b * options_.vocabulary + id]};
      if (sum > kNever) candidates.push_back({sum, b, id});
    }
  }
  // Each beam can end once, so that as many go on among twice as many.
  size_t most = std::min(candidates.size(), static_cast<size_t>(2 * options_.beams));
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(most),
                    candidates.end(), better);
  candidates.resize(most);

  std::vector<Row::Beam> beams;
  for (const Candidate& c : candidates) {
    Row::Beam beam = row.beams[static_cast<size_t>(c.beam)];
    beam.ids.push_back(c.id);
    beam.log_probability = c.log_probability, beam.parent = c.beam;
    if (c.id == options_.end) {
      auto length = static_cast<int64_t>(beam.ids.size());
      row.finished.push_back({std::move(beam.ids), c.log_probability / penalty(length), true});
    } else if (beams.size() < row.beams.size()) {
      beams.push_back(std::move(beam));
    }
  }
  std::stable_sort(row.finished.begin(), row.finished.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  if (row.finished.size() > row.beams.size()) row.finished.resize(row.beams.size());
  // What no sequence is left for goes along, and is never chosen.
  while (beams.size() < row.beams.size()) {
    beams.push_back(row.beams[0]);
    beams.back().ids.push_back(options_.end);
    beams.back().log_probability = kNever, beams.back().parent = 0;
  }
  row.beams = std::move(beams);
  // Probabilities only fall, and the longest sequence is penalized least.
  double hope = row.beams[0].log_probability / penalty(options_.max_length);
  bool full = row.finished.size() == row.beams.size();
  row.done = hope == kNever || (full && row.finished.back().score >= hope);
}

std::vector<std::vector<BeamSequence>> BeamSearch::run(const std::vector<int64_t>& first,
                                                       NextIds next) const {
  auto count = static_cast<size_t>(options_.beams);
  std::vector<Row> rows(first.size());
  for (Row& row : rows) {
    row.beams.resize(count);
    row.beams[0].log_probability = 0;  // the others are the same sequence
  }
  size_t each = count * static_cast<size_t>(options_.vocabulary);
  std::vector<int64_t> ids, parents;
  std::vector<float> log_probabilities(first.size() * each);
  for (int64_t length = 1; length <= options_.max_length; ++length) {
    bool done = std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.done; });
    if (done) break;
    ids.clear(), parents.clear();
    for (size_t r = 0; r < rows.size(); ++r) {
      for (const auto& beam : rows[r].beams) {
        ids.push_back(first[r]);
        ids.insert(ids.end(), beam.ids.begin(), beam.ids.end());
        // The model sees all rows as long as one goes on.
        ids.resize(ids.size() + static_cast<size_t>(length - 1) - beam.ids.size(), options_.end);
        parents.push_back(beam.parent);
      }
    }
    next({static_cast<int64_t>(rows.size()), options_.beams, length, ids.data(), parents.data()},
         log_probabilities.data());
    for (size_t r = 0; r < rows.size(); ++r) {
      if (!rows[r].done) extend(rows[r], log_probabilities.data() + r * each);
    }
  }
  std::vector<std::vector<BeamSequence>> found;
  for (Row& row : rows) {
    if (row.finished.empty()) {
      for (auto& beam : row.beams) {
        if (beam.log_probability == kNever) continue;
        double score = beam.log_probability / penalty(static_cast<int64_t>(beam.ids.size()));
        row.finished.push_back({std::move(beam.ids), score, false});
      }
    }
    found.push_back(std::move(row.finished));
  }
  return found;
}

}  // namespace firesteel
