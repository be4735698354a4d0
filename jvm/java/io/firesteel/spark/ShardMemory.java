// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.firesteel.internal.Json;
import java.io.File;
import java.lang.management.ManagementFactory;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;

/**
 * How much of the training data an executor has in native memory, outside its heap; the rest lies in
 * files in Spark's local directories, and only what the next iterations need is read.
 */
final class ShardMemory {
  static final String SETTING = "spark.firesteel.shardMemory";
  private static final long MB = 1 << 20;

  private ShardMemory() {}

  /** Throws an IllegalArgumentException where the setting is no size. */
  static void check(SparkConf conf) {
    if (conf.contains(SETTING)) {
      try {
        conf.getSizeAsBytes(SETTING);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(SETTING + ": must be a size such as 2g, got " + conf.get(SETTING));
      }
    }
  }

  /**
   * Half of what the executor may have beside its heap, which containers are killed for exceeding; where the
   * driver is the executor, half of the machine's memory that is not the heap's.
   */
  static long bytes(SparkConf conf, boolean local) {
    if (conf.contains(SETTING)) {
      return conf.getSizeAsBytes(SETTING);
    }
    if (local) {
      OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      return Math.max(256 * MB, (machine.getTotalPhysicalMemorySize() - Runtime.getRuntime().maxMemory()) / 2);
    }
    return overhead(conf) / 2;
  }

  /** An executor's memory outside of its heap, as YARN and Kubernetes count it. */
  static long overhead(SparkConf conf) {
    if (conf.contains("spark.executor.memoryOverhead")) {
      return conf.getSizeAsMb("spark.executor.memoryOverhead") * MB;
    }
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g") * MB;
    double share = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    return Math.max(384 * MB, (long) (share * heap));
  }

  /** Of this executor: the document of Native.spillShards. */
  static String place() {
    SparkEnv env = SparkEnv.get();
    boolean local = env.executorId().equals("driver");
    ObjectNode place = Json.object().put("memory", bytes(env.conf(), local));
    place.put("encrypt", env.conf().getBoolean("spark.io.encryption.enabled", false));
    ArrayNode folders = place.putArray("folders");
    for (File folder : env.blockManager().diskBlockManager().localDirs()) {
      folders.add(folder.getPath());
    }
    return place.toString();
  }
}
