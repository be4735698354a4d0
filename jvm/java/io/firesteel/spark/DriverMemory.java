// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Watches the threads with which Spark's driver gives tasks to executors and takes their results. One
 * that runs out of memory ends, or drops what it was about, without telling the job, which then never
 * ends.
 */
final class DriverMemory {
  private static final Pattern OF_SPARK = Pattern.compile("(task-result-getter-|dispatcher-|dag-scheduler-).*");
  private static final Set<Consumer<OutOfMemoryError>> WAITING = ConcurrentHashMap.newKeySet();
  private static boolean installed;

  private DriverMemory() {}

  /** Tells `waiting` of such an end until forget(). */
  static void watch(Consumer<OutOfMemoryError> waiting) {
    install();
    WAITING.add(waiting);
  }

  static void forget(Consumer<OutOfMemoryError> waiting) {
    WAITING.remove(waiting);
  }

  /** The handler of the application, if it has one, is called as before. */
  private static synchronized void install() {
    if (installed) {
      return;
    }
    installed = true;
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) -> {
          if (error instanceof OutOfMemoryError && OF_SPARK.matcher(thread.getName()).matches()) {
            WAITING.forEach(waiting -> waiting.accept((OutOfMemoryError) error));
          }
          if (before != null) {
            before.uncaughtException(thread, error);
          } else {
            // As Java does where there is no handler.
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            error.printStackTrace();
          }
        });
  }
}
