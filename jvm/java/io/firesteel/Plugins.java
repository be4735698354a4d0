// SPDX-License-Identifier: Apache-2.0
package io.firesteel;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.util.ArrayList;
import java.util.List;

/**
 * Plugins: shared libraries with layers of one's own (docs/plugins.md). What is loaded in the driver
 * before a fit, an evaluation or a transformation goes to the executors with it; a layer is then {@code
 * new Layer("LearnedSwish").with("channels", 8)}.
 */
public final class Plugins {
  private Plugins() {}

  /** Loads a plugin, if it is not loaded already, and returns the kinds of its layers. */
  public static List<String> load(String path) {
    Native.require();
    List<String> kinds = new ArrayList<>();
    for (JsonNode kind : Json.parse(Native.loadPlugin(path)).path("kinds")) {
      kinds.add(kind.asText());
    }
    return kinds;
  }
}
