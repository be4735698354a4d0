// SPDX-License-Identifier: Apache-2.0
// Checkpoints: a model file with the optimizer's state and the position of the fit beside it. The
// random numbers and the order of the samples are functions of the step, so that is all there is.
#include <algorithm>
#include <cstring>
#include <utility>

#include "core/crc32c.h"
#include "core/json.h"
#include "train/engine.h"

namespace firesteel {
namespace {
constexpr const char* kKey = "fit";
constexpr const char* kChecksum = "checksum";  // of all other metadata and all tensors

std::string checksum_of(const TensorFile& file) {
  uint32_t crc = 0;
  for (const auto& [name, text] : file.metadata) {
    if (name != kChecksum) crc = crc32c(text, crc32c(name, crc));
  }
  for (const auto& [name, tensor] : file.tensors) crc = crc32c(tensor.bytes, crc32c(name, crc));
  return cat(crc);
}
// A file whose bytes are there, but are not those that were written.
void check_bytes(const TensorFile& file, const std::string& where) {
  auto checksum = file.metadata.find(kChecksum);
  if (checksum == file.metadata.end()) return;  // of before there were any
  require<FormatError>(checksum->second == checksum_of(file), where,
                       ": its checksum does not fit its contents: the file is damaged");
}
std::string state_name(size_t state, const Param& p) {
  return cat("optimizer/", state, "/", p.name);
}
}  // namespace

std::string Engine::checkpoint() const {
  require<SystemError>(has_all_state(),
                       "checkpoint: this worker has a part of the optimizer's state only");
  TensorFile extra;
  extra.metadata[kKey] = Json{{"step", next_step_},
                              {"spec", Json::parse(spec_.json())},
                              {"states", optimizer_.size()},
                              {"numbers", numbers_},
                              {"observed", observed_to_json(observed_)}}
                             .dump();
  for (size_t s = 0; s < optimizer_.size(); ++s) {
    for (const Param& p : model_.table.params()) {
      if (p.spec.state && !follows_state(s)) continue;
      auto* data = reinterpret_cast<const char*>(optimizer_[s].data() + p.offset);
      extra.tensors[state_name(s, p)] = {
          DType::f32, p.spec.shape, {data, static_cast<size_t>(p.size) * sizeof(float)}};
    }
  }
  TensorFile file = file_of(model_, std::move(extra));
  file.metadata[kChecksum] = checksum_of(file);
  return write_safetensors(file);
}

bool Engine::is_checkpoint(std::string_view file) {
  return parse_safetensors(file, "state").metadata.count(kKey) > 0;
}

void Engine::check_checkpoint(std::string_view file, const std::string& where) {
  TensorFile parts = parse_safetensors(file, where);
  require<FormatError>(parts.metadata.contains(kKey), where,
                       ": a model, not a checkpoint (no 'fit' in its metadata)");
  check_bytes(parts, where);
}

std::vector<Observation> Engine::observed_in(std::string_view file) {
  const char* where = "checkpoint";
  auto metadata = parse_safetensors(file, where).metadata;
  if (!metadata.contains(kKey)) return {};
  Json doc = parse_json(metadata.at(kKey), where);
  return observed_from_json(field_or<Json>(doc, "observed", Json::array(), where), where);
}

std::string Engine::with_observed(std::string_view file, const std::vector<Observation>& observed) {
  TensorFile parts = parse_safetensors(file, "checkpoint");
  std::string& text = parts.metadata.at(kKey);
  Json doc = parse_json(text, "checkpoint");
  doc["observed"] = observed_to_json(observed);
  text = doc.dump();
  parts.metadata[kChecksum] = checksum_of(parts);
  return write_safetensors(parts);
}

void Engine::restore(std::string_view bytes, const std::string& where) {
  TensorFile file = parse_safetensors(bytes, where);
  auto found = file.metadata.find(kKey);
  require<FormatError>(found != file.metadata.end(), where,
                       ": a model, not a checkpoint (no 'fit' in its metadata)");
  check_bytes(file, where);
  Json doc = parse_json(found->second, where);
  auto states = field<size_t>(doc, "states", where);
  require<FormatError>(states == optimizer_.size(), where, ": has ", states,
                       " optimizer states, this fit's optimizer has ", optimizer_.size());
  auto numbers = field_or<std::vector<double>>(doc, "numbers", {}, where);
  require<FormatError>(numbers.size() == numbers_.size(), where, ": has ", numbers.size(),
                       " numbers of the optimizer, this fit's optimizer has ", numbers_.size());
  Model model = load_model(bytes, where);
  require<FormatError>(model.values.size() == model_.values.size(), where,
                       ": belongs to another model");
  auto step = field<int64_t>(doc, "step", where);
  auto observed = observed_from_json(field_or<Json>(doc, "observed", Json::array(), where), where);
  auto restored = zeroed_states();
  for (size_t s = 0; s < states; ++s) {
    for (const Param& p : model_.table.params()) {
      if (p.spec.state && !follows_state(s)) continue;
      auto tensor = file.tensors.find(state_name(s, p));
      require<FormatError>(tensor != file.tensors.end() && tensor->second.shape == p.spec.shape &&
                               tensor->second.dtype == DType::f32,
                           where, ": no tensor '", state_name(s, p), "' of shape ", p.spec.shape);
      std::memcpy(restored[s].data() + p.offset, tensor->second.bytes.data(),
                  tensor->second.bytes.size());
    }
  }
  drop_head_start();
  next_step_ = step;
  std::ranges::copy(model.values, model_.values.begin());
  optimizer_ = std::move(restored);
  numbers_ = std::move(numbers);
  observed_ = std::move(observed);
  holdings_ = Holdings{};
  former_ = State{};
  packed_.refresh(*crew_);
}

}  // namespace firesteel
