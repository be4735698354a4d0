// SPDX-License-Identifier: Apache-2.0
#include "nn/graph.h"

#include <algorithm>

#include "nn/composite.h"

namespace firesteel {

Ref Graph::input(const std::string& name, Shape shape, std::optional<float> padding) {
  for (int64_t d : shape) require(d > 0, name, ": extents must be > 0, got ", shape);
  Ref ref = add(name, nullptr, {});
  nodes_.back().shape = std::move(shape);
  nodes_.back().padding = padding;
  return ref;
}

void Graph::check_new(const std::string& name, const Layer* layer,
                      const std::vector<Ref>& inputs) const {
  require<AttrError>(!name.empty(), "a node needs a name");
  bool taken = composites_.count(name) > 0;
  for (const Node& node : nodes_) taken = taken || node.name == name;
  require<AttrError>(!taken, name, ": two nodes have this name");
  for (const Ref& ref : inputs) {
    require<AttrError>(ref.node >= 0 && ref.node < static_cast<int>(nodes_.size()), name,
                       ": an input is not a value of this graph");
  }
  if (!layer) return;
  int given = static_cast<int>(inputs.size());
  int least = layer->least_inputs(), most = layer->most_inputs();
  std::string rule = least == most ? cat(least) : cat(least, " to ", most);
  require<ShapeError>(given >= least && given <= most, name, ": ", layer->kind(), " takes ", rule,
                      least == 1 && most == 1 ? " input" : " inputs", ", got ", given);
}

Ref Graph::add(const std::string& name, std::shared_ptr<const Layer> layer,
               std::vector<Ref> inputs) {
  check_new(name, layer.get(), inputs);
  if (auto* composite = dynamic_cast<const Composite*>(layer.get())) {
    Composite::Net net(*this, name);
    std::vector<Ref> outputs = composite->build(net, inputs);
    composites_[name] = outputs;
    return outputs[0];
  }
  nodes_.push_back({name, std::move(layer), std::move(inputs), {}, {}});
  return {static_cast<int>(nodes_.size()) - 1, 0};
}

Ref Graph::value(const std::string& name, int port) const {
  if (auto found = composites_.find(name); found != composites_.end()) {
    require<AttrError>(port >= 0 && port < static_cast<int>(found->second.size()), name,
                       ": has no output ", port);
    return found->second[static_cast<size_t>(port)];
  }
  for (size_t n = 0; n < nodes_.size(); ++n) {
    if (nodes_[n].name == name) return {static_cast<int>(n), port};
  }
  fail<AttrError>("no earlier node '", name, "'");
}

void Graph::output(Ref value) {
  require<AttrError>(value.node >= 0 && value.node < static_cast<int>(nodes_.size()),
                     "output: not a value of this graph");
  outputs_.push_back(value);
}

Graph Graph::with_first_outputs(size_t count) const {
  Graph copy = *this;
  copy.outputs_.resize(std::min(count, outputs_.size()));
  return copy;
}

std::vector<int> Graph::inputs() const {
  std::vector<int> out;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].layer) out.push_back(static_cast<int>(i));
  }
  return out;
}

std::vector<bool> Graph::used() const {
  std::vector<bool> used(nodes_.size(), false);
  for (Ref ref : outputs_) used[static_cast<size_t>(ref.node)] = true;
  for (size_t n = nodes_.size(); n-- > 0;) {
    if (!used[n]) continue;
    for (Ref ref : nodes_[n].inputs) used[static_cast<size_t>(ref.node)] = true;
  }
  return used;
}

int64_t Graph::coupling_layers() const {
  auto depended_on = used();
  int64_t count = 0;
  for (size_t n = 0; n < nodes_.size(); ++n) {
    count += depended_on[n] && nodes_[n].layer && nodes_[n].layer->couples_rows();
  }
  return count;
}

bool Graph::couples_rows() const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [](const Node& n) { return n.layer && n.layer->couples_rows(); });
}

void Graph::set_input_shape(const Shape& shape) {
  auto all = inputs();
  require(all.size() == 1, "the model has ", all.size(), " inputs; the data has one");
  Node& node = nodes_[static_cast<size_t>(all[0])];
  require(node.shape.empty() || node.shape == shape, node.name, ": the model takes rows of shape ",
          node.shape, ", got ", shape);
  node.shape = shape;
}

Shapes Graph::infer_node(const Node& node, int64_t batch, int64_t steps,
                         const std::vector<Shapes>& before) const {
  if (!node.layer) {
    require(!node.shape.empty(), node.name, ": the shape of this input is not known yet");
    Shape row = node.shape;
    if (steps > 0 && node.padding) row[0] = steps;
    return {with_batch(batch, row)};
  }
  Shapes in;
  for (const Ref& ref : node.inputs) {
    const Shapes& values = before[static_cast<size_t>(ref.node)];
    require(ref.port < static_cast<int>(values.size()), node.name, ": ",
            nodes_[static_cast<size_t>(ref.node)].name, " has no output ", ref.port);
    in.push_back(values[static_cast<size_t>(ref.port)]);
  }
  try {
    return node.layer->infer(in);
  } catch (const Error&) {
    rethrow_at(node.name);
  }
}

std::vector<Shapes> Graph::infer(int64_t batch, int64_t steps) const {
  std::vector<Shapes> shapes;
  for (const Node& node : nodes_) shapes.push_back(infer_node(node, batch, steps, shapes));
  return shapes;
}

std::string snake_case(const std::string& kind) {
  std::string out;
  for (size_t i = 0; i < kind.size(); ++i) {
    auto upper = [&](size_t j) { return j < kind.size() && std::isupper(kind[j]); };
    bool starts_word =
        upper(i) && i > 0 && (!upper(i - 1) || (!upper(i + 1) && i + 1 < kind.size()));
    if (starts_word) out += '_';
    out += static_cast<char>(std::tolower(kind[i]));
  }
  return out;
}

Sequential::Sequential(std::initializer_list<std::shared_ptr<const Layer>> layers) : Sequential() {
  for (const auto& layer : layers) add(layer);
}

Sequential& Sequential::add(std::shared_ptr<const Layer> layer, std::string name) {
  if (name.empty()) {
    std::string base = snake_case(layer->kind());
    auto found = std::find_if(used_.begin(), used_.end(),
                              [&](const auto& item) { return item.first == base; });
    if (found == used_.end()) found = used_.insert(used_.end(), {base, 0});
    name = cat(base, "_", ++found->second);
  }
  last_ = graph_.add(name, std::move(layer), {last_});
  return *this;
}

Graph Sequential::graph() const {
  Graph out = graph_;
  out.output(last_);
  return out;
}

}  // namespace firesteel
