// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.FiresteelException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Fits that run at the same time in one application take turns, group by group: a group holds whole
 * executors, and two groups that each have some of them would wait for each other until both fail.
 */
final class Turn {
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock(true);

  private Turn() {}

  static <T> T take(Supplier<T> job) {
    try {
      ONE_AT_A_TIME.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FiresteelException("training: interrupted");
    }
    try {
      return job.get();
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }
}
