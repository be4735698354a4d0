// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.FiresteelException;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;

/**
 * The plugins of the driver, on executors: files that Spark brings to each executor before its first
 * task that comes after, also to those that start later. A task that reads a model loads them first.
 */
final class ShippedPlugins implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Map<SparkContext, Set<String>> ADDED = new WeakHashMap<>(); // names that Spark has
  private static final Set<String> HERE = Collections.synchronizedSet(new HashSet<>()); // loaded in this process

  private final List<String> names = new ArrayList<>();

  private ShippedPlugins() {}

  /** Those that are loaded in this process now. */
  static synchronized ShippedPlugins of(SparkContext sc) {
    ShippedPlugins shipped = new ShippedPlugins();
    Set<String> added = ADDED.computeIfAbsent(sc, any -> new HashSet<>());
    for (JsonNode plugin : Json.parse(Native.plugins())) {
      // Named after its contents: files of one name but other contents are errors to Spark.
      String name = "firesteel-plugin-" + plugin.path("sha256").asText().substring(0, 16) + ".so";
      if (!added.contains(name)) {
        sc.addFile(copy(plugin.path("path").asText(), name));
        added.add(name);
      }
      shipped.names.add(name);
    }
    return shipped;
  }

  /** Spark takes a file's name as it is, and reads it again for each new executor. */
  private static String copy(String path, String name) {
    try {
      Path folder = Files.createTempDirectory("firesteel-plugin");
      Path file = folder.resolve(name);
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      Files.copy(Paths.get(path), file);
      Native.loadPlugin(file.toString()); // nothing new, or it has changed since it was loaded
      return file.toString();
    } catch (IOException e) {
      throw new FiresteelException("plugin " + path + ": cannot be sent to executors: " + e, e);
    }
  }

  /** Loads them in this process, where they are not loaded yet. */
  void load() {
    for (String name : names) {
      if (!HERE.contains(name)) {
        Native.loadPlugin(SparkFiles.get(name));
        HERE.add(name);
      }
    }
  }
}
