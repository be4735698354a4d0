// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

/** What of an exception fits into a sentence. */
final class Sentence {
  private Sentence() {}

  /** The first line of its message. */
  static String of(Throwable e) {
    return String.valueOf(e.getMessage()).split("\n")[0];
  }
}
