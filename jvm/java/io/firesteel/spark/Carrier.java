// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.FiresteelException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TestBlockId;
import scala.Option;

/**
 * Bytes that executors leave in Spark's block manager for each other. The only user of its classes,
 * which Spark does not call public; the same in 3.5 and 4.x.
 */
final class Carrier {
  private static final Map<String, Set<String>> HELD = new HashMap<>(); // by fit, of this process

  private Carrier() {}

  static void put(String fitId, String name, byte[] bytes) {
    synchronized (HELD) {
      HELD.computeIfAbsent(fitId, id -> new HashSet<>()).add(name);
    }
    BlockManager blocks = SparkEnv.get().blockManager();
    if (!blocks.putSingle(
        new TestBlockId(name), bytes, StorageLevel.MEMORY_AND_DISK_SER(), true, ScalaBridge.tag(byte[].class))) {
      throw new FiresteelException("blockmanager: could not keep " + bytes.length + " bytes of " + name);
    }
  }

  /** From whichever executor has it. */
  static byte[] get(String name) {
    Option<byte[]> found =
        SparkEnv.get().blockManager().getSingle(new TestBlockId(name), ScalaBridge.tag(byte[].class));
    if (found.isEmpty()) {
      throw new FiresteelException("blockmanager: nobody has " + name + " any more");
    }
    return found.get();
  }

  /** Removes what this process has put for a fit, where the name says so. */
  static void drop(String fitId, Predicate<String> unwanted) {
    synchronized (HELD) {
      Set<String> held = HELD.getOrDefault(fitId, new HashSet<>());
      held.removeIf(
          name -> {
            if (unwanted.test(name)) {
              SparkEnv.get().blockManager().removeBlock(new TestBlockId(name), true);
              return true;
            }
            return false;
          });
      if (held.isEmpty()) {
        HELD.remove(fitId);
      }
    }
  }
}
