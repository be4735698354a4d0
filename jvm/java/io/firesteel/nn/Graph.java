// SPDX-License-Identifier: Apache-2.0
package io.firesteel.nn;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Model;
import io.firesteel.internal.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model as a graph of layers, built value by value:
 *
 * <pre>
 *   Graph g = new Graph();
 *   Graph.Value x = g.input(1, 28, 28);
 *   Graph.Value y = g.add(new Conv2d(1, 6, 5), x);
 *   g.output(g.add(new Add(), y, g.add(new Conv2d(1, 6, 5), x)));
 * </pre>
 */
public final class Graph implements Architecture {
  private final ArrayNode inputs = Json.array();
  private final ArrayNode nodes = Json.array();
  private final ArrayNode outputs = Json.array();
  private final Set<String> names = new HashSet<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /** A value that flows through the graph: a node's name, or "name:port". */
  public static final class Value {
    private final String reference;

    private Value(String reference) {
      this.reference = reference;
    }

    /** Another output of the same node. */
    public Value port(int index) {
      return new Value(reference.split(":")[0] + ":" + index);
    }

    @Override
    public String toString() {
      return reference;
    }
  }

  /** An input of the shape of one sample; no extents: taken from the data when training starts. */
  public Value input(long... shape) {
    String name = unique(inputs.isEmpty() ? "input" : "input" + inputs.size());
    ObjectNode input = inputs.addObject().put("name", name);
    if (shape.length > 0) {
      input.set("shape", Json.of(shape));
    }
    return new Value(name);
  }

  /**
   * An input whose rows have up to shape[0] steps, filled up at their end with a number. LSTM, GRU and
   * MultiHeadAttention leave these steps out; layers that would take them for steps are refused.
   */
  public Value paddedInput(float padding, long... shape) {
    Value value = input(shape);
    ((ObjectNode) inputs.get(inputs.size() - 1)).put("padding", padding);
    return value;
  }

  public Value add(Layer layer, Value... from) {
    String name = layer.name();
    if (name == null) {
      String stem = snakeCase(layer.kind());
      name = unique(stem + "_" + counts.merge(stem, 1, Integer::sum));
    } else if (!names.add(name)) {
      throw new IllegalArgumentException("Graph: two nodes are named '" + name + "'");
    }
    List<String> references = new ArrayList<>();
    for (Value value : from) {
      references.add(value.reference);
    }
    nodes.add(layer.node(name, references));
    return new Value(name);
  }

  public Graph output(Value... values) {
    for (Value value : values) {
      outputs.add(value.reference);
    }
    return this;
  }

  @Override
  public ObjectNode graph() {
    ObjectNode graph = Json.object();
    graph.set("inputs", inputs);
    graph.set("nodes", nodes);
    graph.set("outputs", outputs);
    return graph;
  }

  /** The model with fresh weights. */
  public Model build(long seed) {
    return Model.create(graph().toString(), seed);
  }

  /** "MaxPool2d" to "max_pool2d", as nn/graph.h names the layers of a chain. */
  static String snakeCase(String kind) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < kind.length(); i++) {
      boolean starts = upper(kind, i) && i > 0 && (!upper(kind, i - 1) || lower(kind, i + 1));
      out.append(starts ? "_" : "").append(Character.toLowerCase(kind.charAt(i)));
    }
    return out.toString();
  }

  private static boolean upper(String text, int i) {
    return Character.isUpperCase(text.charAt(i));
  }

  private static boolean lower(String text, int i) {
    return i < text.length() && !upper(text, i);
  }

  private String unique(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }
}
