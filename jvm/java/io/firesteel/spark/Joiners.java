// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.TaskContext;

/**
 * Per process: tasks that lend their slots to a group of a fit. They come before its leading task begins
 * to compute, which then takes a slot's threads for each, and stay until it ends.
 */
final class Joiners {
  private static final Map<String, Joiners> OF_FIT = new HashMap<>();

  private final long serial;
  private int count;
  private boolean closed; // the leader counted
  private boolean over;

  private Joiners(long serial) {
    this.serial = serial;
  }

  /** Those of this attempt at a group; null when a newer one has begun. */
  private static Joiners of(String fitId, long serial) {
    Joiners newest = OF_FIT.get(fitId);
    if (newest == null || newest.serial < serial) {
      newest = new Joiners(serial);
      OF_FIT.put(fitId, newest);
    }
    return newest.serial == serial ? newest : null;
  }

  /** The leader: waits a little for so many and returns how many there are. */
  static int gather(String fitId, long serial, int expected, long waitMs) {
    synchronized (OF_FIT) {
      Joiners own = of(fitId, serial);
      long end = System.nanoTime() + waitMs * 1_000_000;
      while (own != null && own.count < expected && sleepUntil(end)) {
        own = of(fitId, serial);
      }
      if (own == null) {
        return 0;
      }
      own.closed = true;
      return own.count;
    }
  }

  /** The leader: those that joined may go. */
  static void over(String fitId, long serial) {
    synchronized (OF_FIT) {
      Joiners own = of(fitId, serial);
      if (own != null) {
        own.over = true;
        own.closed = true;
      }
      OF_FIT.notifyAll();
    }
  }

  /** A joiner: stays until the group is over; false at once when it came late, or the leader does not come. */
  static boolean stay(String fitId, long serial, TaskContext context, long leaderMs) {
    synchronized (OF_FIT) {
      Joiners own = of(fitId, serial);
      if (own == null || own.closed) {
        return false;
      }
      own.count++;
      OF_FIT.notifyAll();
      long leaves = System.nanoTime() + leaderMs * 1_000_000;
      while (!own.over && OF_FIT.get(fitId) == own && !context.isInterrupted()) {
        if (!own.closed && System.nanoTime() >= leaves) {
          own.count--;
          return false;
        }
        if (!sleepUntil(System.nanoTime() + PinnedTask.POLL_MS * 1_000_000L)
            && Thread.currentThread().isInterrupted()) {
          return false;
        }
      }
      return true;
    }
  }

  static void forget(String fitId) {
    synchronized (OF_FIT) {
      OF_FIT.remove(fitId);
      OF_FIT.notifyAll();
    }
  }

  /** Until something changes; false at the end or when interrupted. */
  private static boolean sleepUntil(long endNs) {
    long ms = (endNs - System.nanoTime()) / 1_000_000;
    if (ms <= 0) {
      return false;
    }
    try {
      OF_FIT.wait(ms);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
