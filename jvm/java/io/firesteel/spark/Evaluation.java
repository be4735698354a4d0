// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Model;
import io.firesteel.internal.Buffers;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/** The loss and metrics of a model over blocks, as a plain Spark job: sums here, division there. */
final class Evaluation {
  private Evaluation() {}

  /** {"rows": 10000, "loss": 0.03, "accuracy": 0.99, ...}. */
  static ObjectNode run(JavaRDD<byte[]> blocks, Model model, String spec) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(blocks.context());
    SharedModel shared = SharedModel.of(sc, model);
    try {
      List<String> parts = blocks.map(new Sums(shared, spec)).collect();
      return figures(parts.stream().map(Json::parse).collect(Collectors.toList()), spec);
    } finally {
      shared.release();
    }
  }

  /** What the evaluations of several blocks come to together. */
  static ObjectNode figures(Collection<JsonNode> parts, String spec) {
    return Json.parseObject(Native.figures(spec, Json.array().addAll(parts).toString()));
  }

  private static final class Sums implements Function<byte[], String> {
    private static final long serialVersionUID = 1L;
    private final SharedModel model;
    private final String spec;

    Sums(SharedModel model, String spec) {
      this.model = model;
      this.spec = spec;
    }

    @Override
    public String call(byte[] block) {
      Native.require();
      return Native.evaluate(model.get(), spec, Buffers.direct(block), TaskContext.get().cpus());
    }
  }
}
