// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

/**
 * How many iterations the next group runs: a fixed number, or as many as take about 10 s after a
 * short beginning (a group costs about 0.1 s of scheduling). Groups end where epochs
 * end if something is done there.
 */
final class GroupSize {
  private static final int FIRST = 8;
  private static final double SECOND_S = 2;
  private static final double TARGET_S = 10;

  private final int fixed;
  private int measured;
  private double stepSeconds;

  GroupSize(int fixed) {
    this.fixed = fixed;
  }

  /** left: iterations to where something is done after an epoch, or to the end of the fit. */
  int next(long left) {
    if (fixed > 0) {
      return (int) Math.min(fixed, left);
    }
    if (measured == 0) {
      return (int) Math.min(FIRST, left);
    }
    double target = measured == 1 ? SECOND_S : TARGET_S;
    long wanted = Math.max(1, (long) (target / stepSeconds));
    long groups = (left + wanted - 1) / wanted;
    return (int) ((left + groups - 1) / groups);
  }

  void ran(int steps, double loopSeconds) {
    stepSeconds = Math.max(1e-6, loopSeconds / steps);
    measured++;
  }
}
