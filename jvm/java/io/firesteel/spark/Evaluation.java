// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Model;
import io.firesteel.internal.Buffers;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
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
      return mean(blocks.map(new Sums(shared, spec)).collect().stream().map(Json::parse).collect(Collectors.toList()));
    } finally {
      shared.release();
    }
  }

  static ObjectNode mean(Collection<JsonNode> parts) {
    long rows = 0;
    double loss = 0;
    double normaliser = 0;
    ObjectNode sums = Json.object();
    for (JsonNode json : parts) {
      rows += json.path("rows").asLong();
      loss += json.path("loss_sum").asDouble();
      normaliser += json.path("loss_normaliser").asDouble();
      Iterator<Map.Entry<String, JsonNode>> metrics = json.path("metrics").fields();
      while (metrics.hasNext()) {
        Map.Entry<String, JsonNode> metric = metrics.next();
        JsonNode before = sums.path(metric.getKey());
        ObjectNode sum = Json.object();
        for (String field : new String[] {"sum", "count"}) {
          sum.put(field, before.path(field).asDouble() + metric.getValue().path(field).asDouble());
        }
        sums.set(metric.getKey(), sum);
      }
    }
    ObjectNode out = Json.object().put("rows", rows).put("loss", normaliser > 0 ? loss / normaliser : 0);
    Iterator<String> names = sums.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      double count = sums.path(name).path("count").asDouble();
      out.put(name, count > 0 ? sums.path(name).path("sum").asDouble() / count : 0);
    }
    return out;
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
