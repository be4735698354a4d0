// SPDX-License-Identifier: Apache-2.0
package io.firesteel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A kind and its attributes in order: a layer, a loss, an optimizer, a schedule or a metric. The
 * C++ schema of the kind checks them; {@code new Spec("SGD").with("lr", 0.1)}.
 */
public class Spec {
  private final String kind;
  private final Map<String, Object> attrs = new LinkedHashMap<>();

  public Spec(String kind) {
    this.kind = kind;
  }

  /** Sets an attribute under its documented snake_case name. */
  public Spec with(String attr, Object value) {
    attrs.put(attr, value);
    return this;
  }

  public final String kind() {
    return kind;
  }

  public final Map<String, Object> attrs() {
    return Collections.unmodifiableMap(attrs);
  }

  /** {"kind": "SGD", "lr": 0.1}. */
  public final ObjectNode toJson() {
    ObjectNode json = Json.object().put("kind", kind);
    attrs.forEach((name, value) -> json.set(name, Json.of(value)));
    return json;
  }

  @Override
  public String toString() {
    return toJson().toString();
  }
}
