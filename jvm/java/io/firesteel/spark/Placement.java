// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/** What the master allows: how many executors to expect, and one task holding what a fit takes of an executor. */
final class Placement {
  private static final Pattern LOCAL = Pattern.compile("local\\[([0-9*]+)(?:,.*)?\\]");
  private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,.*");

  private final SparkContext sc;
  private boolean refused;
  private final Map<Integer, ResourceProfile> profiles = new HashMap<>();

  Placement(SparkContext sc) {
    this.sc = sc;
  }

  /** Whether Spark allocates executors dynamically. */
  static boolean isElastic(SparkContext sc) {
    return !sc.isLocal() && sc.conf().getBoolean("spark.dynamicAllocation.enabled", false);
  }

  /** Threads of the one worker when the driver is the executor; 0 on a cluster. */
  int localThreads() {
    if (!sc.isLocal()) {
      return 0;
    }
    Matcher matcher = LOCAL.matcher(sc.master());
    if (!matcher.matches()) {
      return 1;
    }
    String n = matcher.group(1);
    return n.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(n);
  }

  /** Executors that will surely come, so that the first plan waits for them; 0: not known. */
  int expectedExecutors() {
    Matcher matcher = LOCAL_CLUSTER.matcher(sc.master());
    if (matcher.matches()) {
      return Integer.parseInt(matcher.group(1));
    }
    if (sc.isLocal()) {
      return 1;
    }
    int instances = sc.conf().getInt("spark.executor.instances", 0);
    int cores = sc.conf().getInt("spark.executor.cores", 0);
    // A standalone cluster is asked for cores, not for executors.
    return instances > 0 || cores <= 0 ? instances : sc.conf().getInt("spark.cores.max", 0) / cores;
  }

  /** Executors that are registered now. */
  int registeredExecutors() {
    int all = sc.statusTracker().getExecutorInfos().length;
    return sc.isLocal() ? 1 : all - 1;
  }

  /**
   * Lets each task of the RDD hold as many cores of its executor as the fit has threads there (0: all) where
   * Spark can do that: with a fixed number of executors on standalone, local-cluster, YARN and Kubernetes.
   * Elsewhere a task holds spark.task.cpus, and others hold the rest for it, see joiners(). What the fit does not
   * hold is for other jobs of the application.
   */
  void holdCores(PinnedRdd rdd, List<Worker> members, int threadLimit) {
    int cores = heldCores(members, threadLimit);
    if (cores <= sc.conf().getInt("spark.task.cpus", 1)) {
      return;
    }
    try {
      rdd.withResources(
          profiles.computeIfAbsent(
              cores,
              n -> new ResourceProfileBuilder().require(new TaskResourceRequests().cpus(n)).build()));
    } catch (Exception e) { // SparkException, which Scala does not declare: this master cannot
      refused = true;
    }
  }

  /** How many more tasks each member has slots for, and use for; their threads are its leading task's. */
  int[] joiners(List<Worker> members, int threadLimit) {
    int held = heldCores(members, threadLimit);
    int taskCpus = sc.conf().getInt("spark.task.cpus", 1);
    if (sc.isLocal() || held > taskCpus) {
      return new int[members.size()];
    }
    return members.stream()
        .mapToInt(
            worker -> {
              int slots = worker.cores / taskCpus;
              int wanted = threadLimit > 0 ? (threadLimit + taskCpus - 1) / taskCpus : slots;
              return Math.max(0, Math.min(slots, wanted) - 1);
            })
        .toArray();
  }

  /** Threads with which each member computes, unless others join it. */
  int threads(List<Worker> members, int limit) {
    int threads = sc.isLocal() ? localThreads() : heldCores(members, limit);
    return limit > 0 ? Math.min(limit, threads) : threads;
  }

  private int heldCores(List<Worker> members, int threadLimit) {
    int taskCpus = sc.conf().getInt("spark.task.cpus", 1);
    if (sc.isLocal() || isElastic(sc) || refused) {
      return taskCpus;
    }
    int cores = members.stream().mapToInt(worker -> worker.cores).min().orElse(1);
    return Math.max(taskCpus, threadLimit > 0 ? Math.min(cores, threadLimit) : cores);
  }
}
