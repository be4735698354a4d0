// SPDX-License-Identifier: Apache-2.0
#include "nn/model.h"

#include <cstring>

#include "core/json.h"

namespace firesteel {
namespace {

constexpr const char* kKey = "firesteel";
constexpr int kVersion = 1;
// Tensors beside the parameters have names that no node can have.
constexpr char kExtraMark = '/';

const StoredTensor& checked_tensor(const TensorFile& file, const Param& param,
                                   const std::string& where) {
  auto found = file.tensors.find(param.name);
  require<FormatError>(found != file.tensors.end(), where, ": no tensor '", param.name, "'");
  const StoredTensor& tensor = found->second;
  require<FormatError>(tensor.dtype == DType::f32, where, ": tensor ", param.name,
                       " must be f32, got ", name_of(tensor.dtype));
  require<FormatError>(tensor.shape == param.spec.shape, where, ": tensor ", param.name,
                       " must have shape ", param.spec.shape, ", got ", tensor.shape);
  return tensor;
}

}  // namespace

Model Model::make(Graph graph, uint64_t seed) {
  Model model;
  model.table = ParamTable(graph);
  model.values = model.table.initial(seed);
  model.graph = std::make_shared<const Graph>(std::move(graph));
  return model;
}

Model Model::with_input_shape(const Shape& shape) const {
  Model copy = *this;
  Graph graph = *this->graph;
  graph.set_input_shape(shape);
  copy.graph = std::make_shared<const Graph>(std::move(graph));
  return copy;
}

Shape Model::input_shape() const {
  auto inputs = graph->inputs();
  return inputs.empty() ? Shape{} : graph->node(inputs[0]).shape;
}

Shape Model::output_shape(size_t i) const {
  Ref out = graph->outputs()[i];
  auto shapes = graph->infer(1);
  return without_batch(shapes[static_cast<size_t>(out.node)][static_cast<size_t>(out.port)]);
}

TensorFile file_of(const Model& model, TensorFile file) {
  Json doc = {{"version", kVersion}, {"graph", Json::parse(graph_to_json(*model.graph))}};
  file.metadata[kKey] = doc.dump();
  for (const Param& p : model.table.params()) {
    auto* data = reinterpret_cast<const char*>(model.values.data() + p.offset);
    file.tensors[p.name] = {
        DType::f32, p.spec.shape, {data, static_cast<size_t>(p.size) * sizeof(float)}};
  }
  return file;
}

std::string save_model(const Model& model, const TensorFile& extra) {
  return write_safetensors(file_of(model, extra));
}

Model load_model(std::string_view bytes, const std::string& where) {
  TensorFile file = parse_safetensors(bytes, where);
  auto found = file.metadata.find(kKey);
  require<FormatError>(found != file.metadata.end(), where,
                       ": a safetensors file without a Firesteel graph in its metadata");
  Json doc = parse_json(found->second, cat(where, ": metadata"));
  int version = field<int>(doc, "version", cat(where, ": metadata"));
  require<FormatError>(version >= 1 && version <= kVersion, where,
                       ": written by a newer Firesteel "
                       "(format ",
                       version, ", this one reads up to ", kVersion, ")");
  Model model;
  Graph graph = [&] {
    try {
      return graph_from_json(field<Json>(doc, "graph", where).dump(), "graph");
    } catch (const Error& e) {
      throw FormatError(cat(where, ": ", e.what()));
    }
  }();
  model.table = ParamTable(graph);
  model.graph = std::make_shared<const Graph>(std::move(graph));
  model.values.assign(static_cast<size_t>(model.table.total()), 0.f);
  size_t known = 0;
  for (const Param& p : model.table.params()) {
    const StoredTensor& tensor = checked_tensor(file, p, where);
    std::memcpy(model.values.data() + p.offset, tensor.bytes.data(), tensor.bytes.size());
    ++known;
  }
  for (const auto& [name, tensor] : file.tensors) {
    if (name.find(kExtraMark) != std::string::npos) ++known;
  }
  require<FormatError>(known == file.tensors.size(), where,
                       ": has tensors that no layer of its graph owns");
  return model;
}

}  // namespace firesteel
