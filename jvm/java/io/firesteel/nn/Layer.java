// SPDX-License-Identifier: Apache-2.0
package io.firesteel.nn;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Spec;
import io.firesteel.internal.Json;

/** A layer of a model: its kind, its attributes and, if wanted, its name in the graph. */
public class Layer extends Spec {
  private String name;

  public Layer(String kind) {
    super(kind);
  }

  @Override
  public Layer with(String attr, Object value) {
    super.with(attr, value);
    return this;
  }

  /** Names the node of this layer; without a name the graph makes one from the kind. */
  public Layer named(String name) {
    this.name = name;
    return this;
  }

  String name() {
    return name;
  }

  /** The graph's node for this layer. */
  ObjectNode node(String name, Iterable<String> inputs) {
    ObjectNode node = Json.object().put("name", name).put("kind", kind());
    node.set("attrs", Json.of(attrs()));
    node.set("inputs", Json.of(inputs));
    return node;
  }
}
