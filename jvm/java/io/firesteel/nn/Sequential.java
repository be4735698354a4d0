// SPDX-License-Identifier: Apache-2.0
package io.firesteel.nn;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers one after the other. Without input() the shape of a row is taken from the data. */
public final class Sequential implements Architecture {
  private final List<Layer> layers = new ArrayList<>();
  private long[] shape = {};
  private Float padding; // null: all rows have as many steps

  public Sequential(Layer... layers) {
    this.layers.addAll(Arrays.asList(layers));
  }

  /** The shape of one sample, for example 1, 28, 28. */
  public Sequential input(long... shape) {
    this.shape = shape.clone();
    return this;
  }

  /** Rows may have fewer steps, filled up at their end with this number: Graph.paddedInput. */
  public Sequential padding(float value) {
    this.padding = value;
    return this;
  }

  public Sequential add(Layer layer) {
    layers.add(layer);
    return this;
  }

  @Override
  public ObjectNode graph() {
    Graph graph = new Graph();
    Graph.Value value = padding == null ? graph.input(shape) : graph.paddedInput(padding, shape);
    for (Layer layer : layers) {
      value = graph.add(layer, value);
    }
    return graph.output(value).graph();
  }

  /** The model with fresh weights. */
  public Model build(long seed) {
    return Model.create(graph().toString(), seed);
  }
}
