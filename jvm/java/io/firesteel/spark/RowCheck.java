// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;

/** How many rows of a partition can be used for training, and what is wrong with the first that cannot. */
final class RowCheck implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Whether one bad row ends the fit before it begins, or all of them are left out. */
  enum Policy {
    FAIL,
    SKIP;

    static Policy of(String name) {
      for (Policy policy : values()) {
        if (policy.name().equalsIgnoreCase(name)) {
          return policy;
        }
      }
      throw new IllegalArgumentException("onBadRow: must be fail or skip, got " + name);
    }
  }

  private long good;
  private long bad;
  private long firstBad; // its place in the partition
  private String reason;

  private RowCheck() {}

  private static RowCheck of(Iterator<Row> rows, RowPacker packer) {
    RowCheck found = new RowCheck();
    ByteBuffer x = ByteBuffer.allocate(packer.xBytes()).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer y = ByteBuffer.allocate(packer.y.bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (rows.hasNext()) {
      x.clear();
      y.clear();
      try {
        Row row = rows.next();
        packer.weight(row);
        packer.pack(row, x, y);
        found.good++;
      } catch (BadRowException e) {
        if (found.bad++ == 0) {
          found.firstBad = found.good;
          found.reason = e.getMessage();
        }
      }
    }
    return found;
  }

  /**
   * Goes through all rows once. Returns how many good ones each partition has. Throws an
   * IllegalArgumentException where bad ones, if any, are not to be left out or nothing else remains.
   *
   * @param what names the data in sentences
   * @param notes is told of rows that are left out
   */
  static long[] goodRows(
      JavaRDD<Row> rows, RowPacker packer, Policy policy, String what, Consumer<String> notes) {
    List<RowCheck> checks =
        rows.mapPartitions(it -> java.util.Collections.singletonList(of(it, packer)).iterator()).collect();
    long all = 0;
    long bad = 0;
    String first = null;
    long[] good = new long[checks.size()];
    for (int i = 0; i < good.length; i++) {
      RowCheck check = checks.get(i);
      if (first == null && check.bad > 0) {
        first = "row " + (all + check.firstBad) + ", counted from 0, " + check.reason;
      }
      good[i] = check.good;
      bad += check.bad;
      all += check.good + check.bad;
    }
    if (bad == 0) {
      return good;
    }
    String how = bad + " of " + all + " rows cannot be used, the first is " + first;
    if (policy == Policy.FAIL) {
      throw new IllegalArgumentException(what + ": " + how + ". Clean them, or leave them out with onBadRow skip");
    }
    if (bad == all) {
      throw new IllegalArgumentException(what + ": none of its " + all + " rows can be used, the first is " + first);
    }
    notes.accept(what + ": left out " + how);
    return good;
  }
}
