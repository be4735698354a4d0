// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.FiresteelException;
import io.firesteel.internal.Native;
import java.io.Serializable;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/** A task that runs on the executor it was meant for or not at all, and returns what went wrong. */
abstract class PinnedTask extends AbstractFunction2<TaskContext, Iterator<PinnedRdd.Feed>, Reply>
    implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long OUTLIVE_NS = 600_000_000_000L;
  static final int POLL_MS = 50;

  @Override
  public final Reply apply(TaskContext context, Iterator<PinnedRdd.Feed> feeds) {
    String here = SparkEnv.get().executorId();
    PinnedRdd.Feed feed = feeds.next();
    if (context.attemptNumber() > 0 && SparkEnv.get().conf().getBoolean("spark.speculation", false)) {
      return outlive(context, here);
    }
    if (feed.seat.executor != null && !feed.seat.executor.equals(here)) {
      return new Reply(Reply.Status.MISPLACED, here, feed.seat.executor);
    }
    try {
      Native.require();
      return run(context, feed, here);
    } catch (IllegalArgumentException e) {
      return new Reply(Reply.Status.USER_ERROR, here, e.getMessage());
    } catch (FiresteelException e) {
      return new Reply(Reply.Status.FAILED, here, e.getMessage());
    }
  }

  /**
   * A copy, or an attempt after the first one was lost. Spark kills the original when a speculative
   * copy returns, so the copy stays until it is killed itself: by the original's end, or by the
   * driver once it knows that the original is lost.
   */
  private static Reply outlive(TaskContext context, String here) {
    long end = System.nanoTime() + OUTLIVE_NS;
    while (!context.isInterrupted() && System.nanoTime() < end) {
      try {
        Thread.sleep(POLL_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    return new Reply(Reply.Status.STALE, here, "attempt " + context.attemptNumber());
  }

  abstract Reply run(TaskContext context, PinnedRdd.Feed feed, String here);
}
