// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.FiresteelException;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What a cluster has for a fit, and what would keep it from one: checks, each an event "check" with its name,
 * a state (good, note or bad), what was found, and what to do.
 */
final class Doctor {
  private static final long DEADLINE_MS = 60_000;
  private static final long MB = 1 << 20;
  private static final long LITTLE_DISK_MB = 2048;

  private final SparkContext sc;
  private final SparkConf conf;
  private final FitEvents events;
  private final ShardSet data; // of a fit that there might be
  private int bad;

  Doctor(SparkContext sc, FitEvents events) {
    this.sc = sc;
    this.conf = sc.getConf();
    this.events = events;
    data =
        ShardSet.ofBlocks(
            JavaSparkContext.fromSparkContext(sc), Arrays.asList(Native.loadShards("synthetic:1/2/4", "train", 1)));
  }

  /** Returns {"checks_failed", "workers", "spark"}. */
  ObjectNode run() {
    spark();
    settings();
    List<Worker> workers = executors();
    if (!workers.isEmpty() && !sc.isLocal()) {
      ask(workers);
    }
    encryption();
    memory();
    return Json.object().put("checks_failed", bad).put("workers", workers.size()).put("spark", sc.version());
  }

  private void good(String what, String found) {
    tell(what, "good", found, "");
  }

  private void note(String what, String found, String remedy) {
    tell(what, "note", found, remedy);
  }

  private void bad(String what, String found, String remedy) {
    bad++;
    tell(what, "bad", found, remedy);
  }

  private void tell(String what, String state, String found, String remedy) {
    ObjectNode event = Json.object().put("event", "check").put("check", what).put("state", state);
    events.event(event.put("found", found).put("do", remedy));
  }

  private void spark() {
    String found =
        sc.version() + ", Scala " + scala.util.Properties.versionNumberString() + ", Java "
            + System.getProperty("java.version") + ", " + sc.master()
            + (sc.isLocal() ? "" : " in " + sc.deployMode() + " mode");
    String[] version = sc.version().split("\\.");
    int number = Integer.parseInt(version[0]) * 100 + Integer.parseInt(version[1]);
    if (number < 305) {
      bad("Spark", found, "use Spark 3.5 or later");
    } else {
      good("Spark", found);
    }
    JsonNode here = Json.parse(Native.hello());
    good("driver", "Firesteel " + here.path("version").asText() + " on " + here.path("cpu").asText() + ", "
        + here.path("isa").asText());
  }

  private void settings() {
    try {
      Ports ports = Ports.of(conf);
      ShardMemory.check(conf);
      good("settings", "workers listen on " + ports);
    } catch (IllegalArgumentException e) {
      bad("settings", e.getMessage(), "correct it");
    }
  }

  /** Those that answer; none where none can. */
  private List<Worker> executors() {
    FitPlan plan = new FitPlan();
    plan.data = data;
    List<String> told = new ArrayList<>();
    try (Cluster cluster = new Cluster(sc, plan, "doctor", Integer.MAX_VALUE, told::add)) {
      cluster.discover();
      List<Worker> workers = cluster.members();
      int expected = cluster.placement().expectedExecutors();
      String cores = workers.stream().map(worker -> Integer.toString(worker.cores)).collect(Collectors.joining(", "));
      String found = workers.size() + (expected > 0 ? " of " + expected : "") + " answer, with " + cores + " cores";
      for (String text : told) {
        if (text.startsWith("trains without ")) {
          bad("executors", text.substring("trains without ".length()), "see its log");
        }
      }
      int taskCpus = conf.getInt("spark.task.cpus", 1);
      if (Placement.isElastic(sc)) {
        note("executors", found + ", as Spark's dynamic allocation gives them", "a fit asks for more while it runs");
      } else if (workers.size() < expected) {
        note("executors", found, "the cluster has no room for more, or they fail to start; a fit goes on with those there are");
      } else if (workers.stream().anyMatch(worker -> worker.cores < taskCpus)) {
        bad("executors", found + ", spark.task.cpus is " + taskCpus, "give executors at least as many cores");
      } else {
        good("executors", found);
      }
      return workers;
    } catch (FiresteelException e) {
      bad("executors", e.getMessage(), "look at the cluster manager's page and at the executors' logs");
      return new ArrayList<>();
    }
  }

  private void ask(List<Worker> workers) {
    List<Seat> seats = new ArrayList<>();
    for (Worker worker : workers) {
      seats.add(Seat.on(seats.size(), worker));
    }
    PinnedRdd rdd = new PinnedRdd(data.rdd.rdd(), false, seats);
    PinnedJob job =
        PinnedJob.each(sc, "Firesteel: doctor", rdd, new DoctorTask(workers), DEADLINE_MS, seat -> false);
    Map<String, Integer> cpus = new TreeMap<>();
    TreeSet<String> versions = new TreeSet<>();
    List<String> unreached = new ArrayList<>();
    long leastDisk = Long.MAX_VALUE;
    for (Reply reply : job.replies.values()) {
      if (!reply.ok()) {
        bad("executors", "executor " + reply.executor + ": " + reply.text, "see its log");
        continue;
      }
      JsonNode found = Json.parse(reply.text);
      cpus.merge(found.path("cpu").asText() + ", " + found.path("isa").asText(), 1, Integer::sum);
      versions.add(found.path("version").asText() + " on Java " + found.path("java").asText());
      leastDisk = Math.min(leastDisk, found.path("free_disk").asLong());
      found.path("unreached").forEach(
          other -> unreached.add("executor " + reply.executor + " does not reach " + other.asText()));
    }
    if (job.replies.isEmpty()) {
      bad("executors", "none answered within " + DEADLINE_MS / 1000 + " s", "look whether other jobs hold their slots");
      return;
    }
    String list =
        cpus.entrySet().stream().map(cpu -> cpu.getValue() + " x " + cpu.getKey()).collect(Collectors.joining("; "));
    if (cpus.size() > 1) {
      note("CPUs", list, "with reproducible all compute as the oldest of them");
    } else {
      good("CPUs", list);
    }
    if (versions.size() > 1) {
      bad("library", String.join("; ", versions), "give all executors the same firesteel.jar and Java");
    } else {
      good("library", versions.first());
    }
    if (!unreached.isEmpty()) {
      String more = unreached.size() > 1 ? ", and " + (unreached.size() - 1) + " more" : "";
      bad("ports", unreached.get(0) + more,
          "open spark.firesteel.port and those after it between executors; else a fit goes through Spark's block manager");
    } else if (workers.size() > 1) {
      good("ports", "all executors reach each other");
    }
    if (leastDisk / MB < LITTLE_DISK_MB) {
      note("disk", leastDisk / MB + " MB are free in the local directories of some executor",
          "training data need it; see spark.local.dir");
    } else {
      good("disk", "at least " + (leastDisk >> 30) + " GB are free in the local directories of each executor");
    }
  }

  private void encryption() {
    if (sc.isLocal()) {
      return;
    }
    if (Encryption.bySpark(conf)) {
      good("encryption", "Spark encrypts what it sends, and workers what they send");
    } else {
      note("encryption", "Spark's RPC is not encrypted, and what workers send neither",
          "set spark.authenticate and spark.network.crypto.enabled where others can listen");
    }
  }

  private void memory() {
    long shards = ShardMemory.bytes(conf, sc.isLocal()) / MB;
    if (sc.isLocal()) {
      good("memory", shards + " MB for training data, " + Runtime.getRuntime().maxMemory() / MB + " MB heap");
      return;
    }
    good("memory", conf.get("spark.executor.memory", "1g") + " heap and " + ShardMemory.overhead(conf) / MB
        + " MB beside it for each executor, of these " + shards + " MB for training data");
  }
}
