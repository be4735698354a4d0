// SPDX-License-Identifier: Apache-2.0
package io.firesteel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Buffers;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;

/** A model with its weights: the bytes of a model file (safetensors with the graph inside). */
public final class Model {
  private final byte[] bytes;
  private ByteBuffer direct;

  public Model(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A model with fresh weights from a graph document. */
  public static Model create(String graphJson, long seed) {
    Native.require();
    return new Model(Native.createModel(graphJson, seed));
  }

  /** A model of the zoo, for example "lenet5", with fresh weights. */
  public static Model named(String name) {
    return named(name, 1);
  }

  public static Model named(String name, long seed) {
    Native.require();
    return new Model(Native.namedModel(name, seed));
  }

  public static Model load(String path) {
    Model model;
    try {
      model = new Model(Files.readAllBytes(Paths.get(path)));
    } catch (NoSuchFileException e) {
      throw new FiresteelException(path + ": no such file", e);
    } catch (IOException e) {
      throw new FiresteelException(path + ": cannot be read: " + e.getMessage(), e);
    }
    try {
      model.describe(); // a damaged file is found here, not on an executor
    } catch (FiresteelException e) {
      throw new FiresteelException(path + e.getMessage().replaceFirst("^model", ""), e);
    }
    return model;
  }

  /** Writes the file under a temporary name first, so that a reader never sees half of it. */
  public void save(String path) {
    Path file = Paths.get(path).toAbsolutePath();
    Path temporary = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.write(temporary, bytes);
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new FiresteelException(path + ": cannot be written: " + e, e);
    }
  }

  /** The shape of one row, or null when the model has none yet. */
  public long[] inputShape() {
    JsonNode shape = describe().path("input_shape");
    if (!shape.isArray()) {
      return null;
    }
    long[] extents = new long[shape.size()];
    for (int i = 0; i < extents.length; i++) {
      extents[i] = shape.get(i).asLong();
    }
    return extents;
  }

  /** What fills up rows with fewer steps than the input has, or null where all have as many. */
  public Float padding() {
    JsonNode padding = describe().path("padding");
    return padding.isNumber() ? (Float) padding.floatValue() : null;
  }

  /** The model for rows of this shape; a model that has another one refuses. */
  public Model withInputShape(long... shape) {
    Native.require();
    return new Model(Native.setInputShape(direct(), shape));
  }

  /** The graph, shapes and parameter counts. */
  public ObjectNode describe() {
    Native.require();
    return Json.parseObject(Native.describeModel(direct()));
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /** The bytes outside the Java heap, shared by all callers; not to be changed. */
  public synchronized ByteBuffer direct() {
    if (direct == null) {
      direct = Buffers.direct(bytes);
    }
    return direct.duplicate();
  }
}
