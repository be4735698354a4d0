// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.Dependency;
import org.apache.spark.NarrowDependency;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;

/**
 * One task for each seat, wanted on the seat's executor. Spark may place it elsewhere when that
 * executor is busy or gone: the task looks where it is (see PinnedTask). The task gets a Feed, which
 * reads the seat's shards of the data when asked.
 */
final class PinnedRdd extends RDD<PinnedRdd.Feed> {
  private static final long serialVersionUID = 1L;

  private final RDD<byte[]> data;
  private final boolean hasData;
  private final transient Seat[] seats;

  /** data: the blocks, one for each partition; or, without hasData, any RDD of the context. */
  PinnedRdd(RDD<byte[]> data, boolean hasData, List<Seat> seats) {
    super(data, ScalaBridge.tag(Feed.class));
    this.data = hasData ? data : null;
    this.hasData = hasData;
    this.seats = seats.toArray(new Seat[0]);
  }

  @Override
  public Partition[] getPartitions() {
    return seats.clone();
  }

  // Seq is another type in each Scala version; declared as immutable.Seq, javac emits both.
  @Override
  public scala.collection.immutable.Seq<Dependency<?>> getDependencies() {
    return ScalaBridge.list(
        hasData ? Collections.singletonList(new Shards(data, seats)) : Collections.emptyList());
  }

  @Override
  public scala.collection.immutable.Seq<String> getPreferredLocations(Partition split) {
    Seat seat = (Seat) split;
    return ScalaBridge.list(
        seat.executor == null
            ? Collections.<String>emptyList()
            : Collections.singletonList("executor_" + seat.host + "_" + seat.executor));
  }

  @Override
  public scala.collection.Iterator<Feed> compute(Partition split, TaskContext context) {
    Feed feed = new Feed((Seat) split, data, context);
    return ScalaBridge.iterator(Collections.singletonList(feed).iterator());
  }

  /** The parents of a seat: the partitions of its shards. */
  private static final class Shards extends NarrowDependency<byte[]> {
    private static final long serialVersionUID = 1L;
    private final Seat[] seats;

    Shards(RDD<byte[]> data, Seat[] seats) {
      super(data);
      this.seats = seats;
    }

    @Override
    public scala.collection.immutable.Seq<Object> getParents(int index) {
      List<Object> parents = new ArrayList<>();
      for (Partition parent : seats[index].parents) {
        parents.add(parent.index());
      }
      return ScalaBridge.list(parents);
    }
  }

  /** What a task of a seat gets. */
  static final class Feed {
    final Seat seat;
    private final RDD<byte[]> data;
    private final TaskContext context;

    Feed(Seat seat, RDD<byte[]> data, TaskContext context) {
      this.seat = seat;
      this.data = data;
      this.context = context;
    }

    /**
     * The block of the seat's i-th shard. A cached copy of another executor is never asked for: it
     * may be frozen or dead, which would block for a minute; computing again is safe.
     */
    byte[] block(int i) {
      Partition parent = seat.parents[i];
      boolean local = CachedBlocks.isHere(data, parent.index());
      return first(local ? data.iterator(parent, context) : data.compute(parent, context));
    }

    /** The same from wherever there is a copy, also from another executor. */
    byte[] copy(int i) {
      return first(data.iterator(seat.parents[i], context));
    }

    /** Keeps a copy of it on this executor. */
    void keep(int i) {
      CachedBlocks.keep(data, seat.parents[i].index(), copy(i));
    }

    private static byte[] first(scala.collection.Iterator<byte[]> blocks) {
      return blocks.hasNext() ? blocks.next() : null;
    }
  }
}
