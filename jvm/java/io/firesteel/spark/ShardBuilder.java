// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.data.Blocks;
import io.firesteel.FiresteelException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Rows of a DataFrame to canonical shards. Row i of n goes to shard i mod V and keeps its order
 * there, so the shards depend on the sequence of the rows and not on how the source is partitioned.
 * Rows travel packed, a chunk for each pair of source partition and shard.
 */
final class ShardBuilder {
  private static final int CHUNK_BYTES = 4 << 20;

  private ShardBuilder() {}

  /** Packed rows of one shard; first is the place of the first one in the whole data. */
  static final class Chunk implements Serializable {
    private static final long serialVersionUID = 1L;
    final long first;
    final int rows;
    final byte[] x;
    final byte[] y;

    Chunk(long first, int rows, byte[] x, byte[] y) {
      this.first = first;
      this.rows = rows;
      this.x = x;
      this.y = y;
    }
  }

  /** Rows dealt in turn to `shards` shards. */
  static ShardSet deal(JavaRDD<Row> rows, RowPacker packer, long[] xShape, int shards) {
    List<Long> counts = rows.mapPartitions(ShardBuilder::count).collect();
    long[] offsets = new long[counts.size()];
    for (int i = 1; i < offsets.length; i++) {
      offsets[i] = offsets[i - 1] + counts.get(i - 1);
    }
    JavaPairRDD<Integer, Chunk> chunks =
        rows.mapPartitionsWithIndex(
                (part, it) -> new Dealer(packer, offsets[part], shards, it), false)
            .mapToPair(chunk -> new Tuple2<>((int) (chunk.first % shards), chunk));
    JavaRDD<byte[]> blocks =
        chunks
            .partitionBy(new HashPartitioner(shards))
            .mapPartitions(it -> Collections.singletonList(block(packer, xShape, values(it))).iterator());
    return materialise(blocks, rows);
  }

  /** The source's partitions are the shards; they may be uneven. */
  static ShardSet keepPartitions(JavaRDD<Row> rows, RowPacker packer, long[] xShape) {
    return materialise(
        rows.mapPartitions(
            it -> {
              List<Chunk> chunks = new ArrayList<>();
              new Dealer(packer, 0, 1, it).forEachRemaining(chunks::add);
              return Collections.singletonList(block(packer, xShape, chunks)).iterator();
            }),
        rows);
  }

  /**
   * Computes the blocks once and keeps them on the executors' disks: the copy in memory is the
   * native worker's; this one serves workers that come later. Rows that come out of a shuffle would
   * come back in another order once their executor is lost: such blocks are kept twice.
   */
  private static ShardSet materialise(JavaRDD<byte[]> blocks, JavaRDD<Row> source) {
    boolean copied = !source.context().isLocal() && !comesBackTheSame(source);
    blocks.persist(copied ? StorageLevel.DISK_ONLY_2() : StorageLevel.DISK_ONLY());
    List<long[]> facts =
        blocks.map(block -> new long[] {Blocks.rows(block), PrepareTask.sum(block)}).collect();
    long[] rows = facts.stream().mapToLong(fact -> fact[0]).toArray();
    long[] sums = facts.stream().mapToLong(fact -> fact[1]).toArray();
    return new ShardSet(blocks, rows, sums, copied);
  }

  /** private[spark], but nothing public tells it. */
  private static boolean comesBackTheSame(JavaRDD<Row> rows) {
    return rows.rdd().outputDeterministicLevel().toString().equals("DETERMINATE");
  }

  private static Iterator<Long> count(Iterator<Row> it) {
    long n = 0;
    for (; it.hasNext(); it.next()) {
      n++;
    }
    return Collections.singletonList(n).iterator();
  }

  private static List<Chunk> values(Iterator<Tuple2<Integer, Chunk>> it) {
    List<Chunk> chunks = new ArrayList<>();
    it.forEachRemaining(pair -> chunks.add(pair._2()));
    chunks.sort(Comparator.comparingLong(chunk -> chunk.first));
    return chunks;
  }

  private static byte[] block(RowPacker packer, long[] xShape, List<Chunk> chunks) {
    long rows = chunks.stream().mapToLong(chunk -> chunk.rows).sum();
    long bytes = Blocks.size(rows, packer.x, xShape, packer.y);
    if (bytes > Integer.MAX_VALUE - 16) {
      throw new FiresteelException(
          "shards: each must be below 2 GB, got one of " + (bytes >> 20) + " MB. Use more shards");
    }
    ByteBuffer out = ByteBuffer.wrap(new byte[(int) bytes]).order(ByteOrder.LITTLE_ENDIAN);
    Blocks.putHeader(out, rows, packer.x, xShape, packer.y);
    chunks.forEach(chunk -> out.put(chunk.x));
    out.position(Blocks.labelOffset(rows, packer.x, xShape));
    chunks.forEach(chunk -> out.put(chunk.y));
    return out.array();
  }

  /** Deals the rows of one source partition; gives out a shard's chunk when it is full. */
  private static final class Dealer implements Iterator<Chunk> {
    private final RowPacker packer;
    private final Iterator<Row> rows;
    private final int shards;
    private final ByteBuffer[] x;
    private final ByteBuffer[] y;
    private final long[] first;
    private final int capacity; // rows of a chunk
    private long next; // place of the next row in the whole data
    private int drained; // shards whose rest was given out

    Dealer(RowPacker packer, long offset, int shards, Iterator<Row> rows) {
      this.packer = packer;
      this.rows = rows;
      this.shards = shards;
      next = offset;
      capacity = Math.max(1, CHUNK_BYTES / Math.max(1, packer.xBytes() * shards));
      x = new ByteBuffer[shards];
      y = new ByteBuffer[shards];
      first = new long[shards];
    }

    @Override
    public boolean hasNext() {
      while (!rows.hasNext() && drained < shards && (x[drained] == null || x[drained].position() == 0)) {
        drained++;
      }
      return rows.hasNext() || drained < shards;
    }

    @Override
    public Chunk next() {
      while (rows.hasNext()) {
        int shard = (int) (next % shards);
        if (x[shard] == null) {
          x[shard] = buffer(capacity * packer.xBytes());
          y[shard] = buffer(capacity * packer.y.bytes);
        }
        if (x[shard].position() == 0) {
          first[shard] = next;
        }
        packer.pack(rows.next(), x[shard], y[shard]);
        next++;
        if (!x[shard].hasRemaining()) {
          return take(shard);
        }
      }
      hasNext(); // moves on to a shard that has rows left
      return take(drained++);
    }

    private Chunk take(int shard) {
      byte[] xs = java.util.Arrays.copyOf(x[shard].array(), x[shard].position());
      byte[] ys = java.util.Arrays.copyOf(y[shard].array(), y[shard].position());
      x[shard].clear();
      y[shard].clear();
      return new Chunk(first[shard], ys.length / packer.y.bytes, xs, ys);
    }

    private static ByteBuffer buffer(int bytes) {
      return ByteBuffer.wrap(new byte[bytes]).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
