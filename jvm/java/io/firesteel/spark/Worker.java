// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.internal.Json;
import java.util.HashSet;
import java.util.Set;

/** What an executor's native worker answered to a hello: who and where it is, and what it holds. */
final class Worker {
  final String executor;
  final String sparkHost; // as Spark's scheduler knows it, for pinning
  final String host; // where the worker listens
  final int port;
  final int cores;
  final String isa;
  final boolean bf16; // in hardware
  boolean hasFit;
  final Set<Integer> shards = new HashSet<>(); // of the training set, in its memory

  Worker(Reply reply) {
    JsonNode json = Json.parse(reply.text);
    executor = reply.executor;
    sparkHost = json.get("spark_host").asText();
    host = json.get("host").asText();
    port = json.get("port").asInt();
    cores = json.get("cores").asInt();
    isa = json.path("isa").asText("");
    bf16 = !json.path("bf16").asText("none").equals("none");
    hasFit = json.get("has_fit").asBoolean();
    for (JsonNode shard : json.get("shards")) {
      shards.add(shard.asInt());
    }
  }

  @Override
  public String toString() {
    return "executor " + executor + " on " + sparkHost;
  }
}
