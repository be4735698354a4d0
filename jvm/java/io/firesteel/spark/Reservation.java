// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.function.IntSupplier;
import org.apache.spark.ExecutorAllocationClient;
import org.apache.spark.SparkContext;

/**
 * Asks Spark for executors where it allocates them dynamically. Spark grows by tasks that wait, and a
 * group has one for each executor that is there already; so the fit asks for the number that it can
 * use. Spark gives what the cluster has room for, and takes back what stays idle.
 */
final class Reservation implements AutoCloseable {
  private static final int EVERY_MS = 500;
  private static final long AGAIN_NS = 15_000_000_000L; // more than an executor takes to register

  private final Thread thread;
  private volatile boolean begun;
  private volatile long nextNs = System.nanoTime() + AGAIN_NS; // Spark begins with some of itself, or with none

  private Reservation(SparkContext sc, ExecutorAllocationClient client, IntSupplier registered, int most) {
    thread = new Thread(() -> ask(sc, client, registered, most), "firesteel-reservation");
    thread.setDaemon(true);
    thread.start();
  }

  /** registered: how many there are now. usable: by this fit. Null where Spark does not allocate dynamically. */
  static Reservation of(SparkContext sc, IntSupplier registered, int usable) {
    boolean grows = sc.schedulerBackend() instanceof ExecutorAllocationClient;
    if (!Placement.isElastic(sc) || !grows) {
      return null;
    }
    int most = Math.min(usable, sc.conf().getInt("spark.dynamicAllocation.maxExecutors", Integer.MAX_VALUE));
    return new Reservation(sc, (ExecutorAllocationClient) sc.schedulerBackend(), registered, most);
  }

  /**
   * Adds to what Spark's own manager asks for, whose number it never lowers. Again after a while: the
   * manager forgets what was added whenever its own number changes.
   */
  private void ask(SparkContext sc, ExecutorAllocationClient client, IntSupplier registered, int most) {
    while (!sc.isStopped()) {
      int lacking = (begun ? most : 1) - registered.getAsInt();
      if (lacking > 0 && System.nanoTime() - nextNs >= 0) {
        client.requestExecutors(lacking);
        nextNs = System.nanoTime() + AGAIN_NS;
      }
      try {
        Thread.sleep(EVERY_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** The fit has begun on what was there, or on the first executor. */
  void begun() {
    begun = true;
    nextNs = System.nanoTime();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
