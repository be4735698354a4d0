// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/** Starts the worker of this process if need be and tells where it listens and what it holds. */
final class HelloTask extends PinnedTask {
  private static final long serialVersionUID = 1L;
  private static final Pattern CORES = Pattern.compile("--cores (\\d+)");

  private final String fitId;
  private final int shards;
  private final Ports ports;
  private final int pauseMs;

  /** pauseMs: keeps the slot a little, so that tasks pinned to no executor spread over all. */
  HelloTask(String fitId, int shards, Ports ports, int pauseMs) {
    this.fitId = fitId;
    this.shards = shards;
    this.ports = ports;
    this.pauseMs = pauseMs;
  }

  @Override
  Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
    String sparkHost = SparkEnv.get().blockManager().blockManagerId().host();
    // Spark writes brackets around IPv6 addresses.
    String host = sparkHost.startsWith("[") ? sparkHost.substring(1, sparkHost.length() - 1) : sparkHost;
    ObjectNode hello = Json.parseObject(Native.hello());
    hello.put("spark_host", sparkHost).put("host", host).put("port", ports.open(host));
    hello.put("cores", cores(context));
    boolean hasFit = Native.hasFit(fitId);
    hello.put("has_fit", hasFit);
    ArrayNode held = hello.putArray("shards");
    for (int shard = 0; hasFit && shard < shards; shard++) {
      if (Native.hasShard(fitId, shard)) {
        held.add(shard);
      }
    }
    if (pauseMs > 0) {
      try {
        Thread.sleep(pauseMs);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new Reply(Reply.Status.OK, here, hello.toString());
  }

  /** The slots of this executor: every cluster manager starts it with --cores N. */
  private static int cores(TaskContext context) {
    Matcher matcher = CORES.matcher(System.getProperty("sun.java.command", ""));
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : context.cpus();
  }
}
