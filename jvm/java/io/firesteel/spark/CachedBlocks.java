// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkEnv;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import scala.collection.Iterator;

/**
 * Partitions of a cached RDD, on the executors that hold them. Spark does not call these classes public; they are
 * the same in 3.5 and 4.x.
 */
final class CachedBlocks {
  private CachedBlocks() {}

  /** Whether this executor holds it. */
  static boolean isHere(RDD<?> rdd, int partition) {
    return blocks().getStatus(new RDDBlockId(rdd.id(), partition)).isDefined();
  }

  /** Keeps a copy on this executor's disk. */
  static void keep(RDD<?> rdd, int partition, byte[] block) {
    blocks().putSingle(
        new RDDBlockId(rdd.id(), partition), block, StorageLevel.DISK_ONLY(), true, ScalaBridge.tag(byte[].class));
  }

  /** Removes this executor's copy. */
  static void drop(int rddId, int partition) {
    RDDBlockId id = new RDDBlockId(rddId, partition);
    if (blocks().getStatus(id).isDefined()) {
      blocks().removeBlock(id, true);
    }
  }

  /** The executors that hold it; asked on the driver. */
  static Set<String> holders(int rddId, int partition) {
    Set<String> executors = new HashSet<>();
    Iterator<BlockManagerId> ids =
        blocks().master().getBlockStatus(new RDDBlockId(rddId, partition), false).keysIterator();
    while (ids.hasNext()) {
      BlockManagerId id = ids.next();
      if (!id.isDriver()) {
        executors.add(id.executorId());
      }
    }
    return executors;
  }

  /** How many partitions executors hold; asked on the driver. */
  static Map<String, Integer> held(RDD<?> rdd) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < rdd.partitions().length; i++) {
      holders(rdd.id(), i).forEach(executor -> counts.merge(executor, 1, Integer::sum));
    }
    return counts;
  }

  private static BlockManager blocks() {
    return SparkEnv.get().blockManager();
  }
}
