// SPDX-License-Identifier: Apache-2.0
#include "cli/model_table.h"

#include <algorithm>
#include <utility>

#include "cli/output.h"

namespace firesteel::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr size_t kScreen = 40;       // rows of a summary
constexpr size_t kInputsWidth = 60;  // of the names of a node's inputs

// [[1, 28, 28]] as "1x28x28", null as "?".
std::string shape_text(const Json& shapes) {
  if (!shapes.is_array()) return "?";
  std::string out;
  for (const Json& shape : shapes) {
    out += out.empty() ? "" : " ";
    std::string dims;
    for (const Json& d : shape) dims += (dims.empty() ? "" : "x") + d.dump();
    out += dims.empty() ? "scalar" : dims;
  }
  return out;
}

std::string inputs_text(const Json& list) {
  std::string out;
  size_t shown = 0;
  for (const Json& item : list) {
    auto name = item.get<std::string>();
    if (shown > 0 && out.size() + name.size() > kInputsWidth) break;
    out += (shown++ > 0 ? " " : "") + name;
  }
  if (shown < list.size()) out += cat(" and ", list.size() - shown, " more");
  return out;
}

// The name's first `depth` parts between dots.
std::string beginning(const std::string& name, int depth) {
  size_t end = name.find('.');
  for (int i = 1; i < depth && end != std::string::npos; ++i) end = name.find('.', end + 1);
  return name.substr(0, end);
}

// Nodes that follow each other and begin alike.
struct Block {
  std::string name, kind, output;
  int64_t nodes = 0, params = 0;
};

std::vector<Block> blocks_of(const Json& nodes, int depth) {
  std::vector<Block> blocks;
  for (const Json& node : nodes) {
    auto name = node["name"].get<std::string>();
    std::string begins = beginning(name, depth);
    if (blocks.empty() || beginning(blocks.back().name, depth) != begins) {
      blocks.push_back({name, node["kind"].get<std::string>(), "", 0, 0});
    }
    Block& block = blocks.back();
    if (++block.nodes > 1) block.name = begins;
    block.output = shape_text(node["output_shapes"]);
    block.params += node["params"].get<int64_t>();
  }
  return blocks;
}

int deepest(const Json& nodes) {
  int64_t dots = 0;
  for (const Json& node : nodes) {
    auto name = node["name"].get<std::string>();
    dots = std::max<int64_t>(dots, std::count(name.begin(), name.end(), '.'));
  }
  return static_cast<int>(dots) + 1;
}

void print(Terminal& terminal, const Rows& rows) {
  bool head = true;
  for (const std::string& line : columns(rows)) {
    terminal.line(std::exchange(head, false) ? terminal.bold(line) : line);
  }
}

}  // namespace

void print_nodes(Terminal& terminal, const Json& model) {
  Rows rows = {{"node", "kind", "inputs", "output", "parameters"}};
  for (const Json& node : model["nodes"]) {
    rows.push_back({node["name"].get<std::string>(), node["kind"].get<std::string>(),
                    inputs_text(node["inputs"]), shape_text(node["output_shapes"]),
                    node["params"].dump()});
  }
  rows.push_back({"total", "", "", "", model["params"].dump()});
  print(terminal, rows);
}

void print_summary(Terminal& terminal, const Json& model) {
  const Json& nodes = model["nodes"];
  int depth = deepest(nodes);
  std::vector<Block> blocks = blocks_of(nodes, depth);
  while (blocks.size() > kScreen && depth > 1) blocks = blocks_of(nodes, --depth);
  Rows rows = {{"layer", "kind", "output", "parameters"}};
  for (const Block& block : blocks) {
    rows.push_back({block.name, block.nodes > 1 ? cat(block.nodes, " layers") : block.kind,
                    block.output, std::to_string(block.params)});
  }
  rows.push_back({"total", "", "", model["params"].dump()});
  print(terminal, rows);
}

}  // namespace firesteel::cli
