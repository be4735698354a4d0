// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.data.Blocks;
import io.firesteel.FiresteelException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.JavaSerializer;
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
  private static final int SHARD_BYTES = 64 << 20; // a shard is on the heap as a whole, for a moment twice
  private static final int MOST_SHARDS = 1 << 15;

  private ShardBuilder() {}

  /** Packed rows of one shard; first is the place of the first one in the whole data. */
  static final class Chunk implements Serializable {
    private static final long serialVersionUID = 1L;
    final long first;
    final int rows;
    final byte[] x;
    final byte[] y;
    final float[] weights; // of the rows; empty: there are none

    Chunk(long first, int rows, byte[] x, byte[] y, float[] weights) {
      this.first = first;
      this.rows = rows;
      this.x = x;
      this.y = y;
      this.weights = weights;
    }
  }

  /** Rows dealt in turn to `shards` shards. good: rows of each partition that can be used. */
  static ShardSet deal(JavaRDD<Row> rows, long[] good, RowPacker packer, long[] xShape, int shards) {
    long[] offsets = new long[good.length];
    for (int i = 1; i < offsets.length; i++) {
      offsets[i] = offsets[i - 1] + good[i - 1];
    }
    JavaPairRDD<Integer, Chunk> chunks =
        rows.mapPartitionsWithIndex(
                (part, it) -> new Dealer(packer, offsets[part], shards, it), false)
            .mapToPair(chunk -> new Tuple2<>((int) (chunk.first % shards), chunk));
    JavaRDD<byte[]> blocks =
        byShard(chunks, shards)
            .mapPartitions(it -> Collections.singletonList(block(packer, xShape, values(it))).iterator());
    return materialise(blocks, rows, packer.weighted());
  }

  /**
   * Java's serialization keeps what it has written, and Spark makes it forget that after a hundred objects: of each
   * shard a hundred rows would be in memory. Here it forgets each chunk at once.
   */
  private static JavaPairRDD<Integer, Chunk> byShard(JavaPairRDD<Integer, Chunk> chunks, int shards) {
    SparkConf conf = chunks.context().getConf().set("spark.serializer.objectStreamReset", "1");
    ShuffledRDD<Integer, Chunk, Chunk> shuffled =
        new ShuffledRDD<>(
            chunks.rdd(), new HashPartitioner(shards), ScalaBridge.<Integer>tag(Integer.class),
            ScalaBridge.<Chunk>tag(Chunk.class), ScalaBridge.<Chunk>tag(Chunk.class));
    return JavaPairRDD.fromRDD(
        shuffled.setSerializer(new JavaSerializer(conf)), ScalaBridge.<Integer>tag(Integer.class),
        ScalaBridge.<Chunk>tag(Chunk.class));
  }

  /**
   * Into how many shards to cut rows of this size: `least`, or a multiple of it where they are so many
   * that a shard would be too large for one piece of an executor's heap.
   */
  static int shardsFor(long[] good, RowPacker packer, int least) {
    long bytes = LongStream.of(good).sum() * (packer.xBytes() + packer.y.bytes);
    long times = Math.max(1, (bytes + (long) SHARD_BYTES * least - 1) / ((long) SHARD_BYTES * least));
    return Math.toIntExact(Math.min(MOST_SHARDS / least, times) * least);
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
        rows, packer.weighted());
  }

  /**
   * Computes the blocks once and keeps them on the executors' disks: the copy in memory is the
   * native worker's; this one serves workers that come later. Rows that come out of a shuffle would
   * come back in another order once their executor is lost: such blocks are kept twice.
   */
  private static ShardSet materialise(JavaRDD<byte[]> blocks, JavaRDD<Row> source, boolean weighted) {
    boolean copied = !source.context().isLocal() && !comesBackTheSame(source);
    blocks.persist(copied ? StorageLevel.DISK_ONLY_2() : StorageLevel.DISK_ONLY());
    List<long[]> facts =
        blocks
            .map(
                block ->
                    new long[] {
                      Blocks.rows(block), PrepareTask.sum(block), block.length,
                      Double.doubleToRawLongBits(Blocks.weightSum(block))
                    })
            .collect();
    long[] rows = facts.stream().mapToLong(fact -> fact[0]).toArray();
    long[] sums = facts.stream().mapToLong(fact -> fact[1]).toArray();
    long bytes = facts.stream().mapToLong(fact -> fact[2]).sum();
    double[] weights = facts.stream().mapToDouble(fact -> Double.longBitsToDouble(fact[3])).toArray();
    return new ShardSet(blocks, rows, sums, bytes, weighted ? weights : null, copied);
  }

  /** private[spark], but nothing public tells it. */
  private static boolean comesBackTheSame(JavaRDD<Row> rows) {
    return rows.rdd().outputDeterministicLevel().toString().equals("DETERMINATE");
  }

  private static List<Chunk> values(Iterator<Tuple2<Integer, Chunk>> it) {
    List<Chunk> chunks = new ArrayList<>();
    it.forEachRemaining(pair -> chunks.add(pair._2()));
    chunks.sort(Comparator.comparingLong(chunk -> chunk.first));
    return chunks;
  }

  private static byte[] block(RowPacker packer, long[] xShape, List<Chunk> chunks) {
    long rows = chunks.stream().mapToLong(chunk -> chunk.rows).sum();
    long bytes = Blocks.size(rows, packer.x, xShape, packer.y, packer.weighted());
    if (bytes > Integer.MAX_VALUE - 16) {
      throw new FiresteelException(
          "shards: each must be below 2 GB, got one of " + (bytes >> 20) + " MB. Use more shards");
    }
    ByteBuffer out = ByteBuffer.wrap(new byte[(int) bytes]).order(ByteOrder.LITTLE_ENDIAN);
    Blocks.putHeader(out, rows, packer.x, xShape, packer.y, packer.weighted());
    chunks.forEach(chunk -> out.put(chunk.x));
    out.position(Blocks.labelOffset(rows, packer.x, xShape));
    chunks.forEach(chunk -> out.put(chunk.y));
    if (packer.weighted()) {
      out.position(Blocks.weightOffset(rows, packer.x, xShape, packer.y));
      for (Chunk chunk : chunks) {
        for (float weight : chunk.weights) {
          out.putFloat(weight);
        }
      }
    }
    return out.array();
  }

  /** Deals the good rows of one source partition; gives out a shard's chunk when it is full. */
  private static final class Dealer implements Iterator<Chunk> {
    private final RowPacker packer;
    private final Iterator<Row> rows;
    private final int shards;
    private final ByteBuffer[] x;
    private final ByteBuffer[] y;
    private final float[][] weights; // of the rows in them
    private final long[] first;
    private final int capacity; // most rows of a chunk
    private long next; // place of the next row in the whole data
    private int drained; // shards whose rest was given out
    private Chunk ready; // what next() gives out, or null

    Dealer(RowPacker packer, long offset, int shards, Iterator<Row> rows) {
      this.packer = packer;
      this.rows = rows;
      this.shards = shards;
      next = offset;
      capacity = (int) Math.max(1, CHUNK_BYTES / Math.max(1, (long) packer.xBytes() * shards));
      int places = capacity == 1 ? 1 : shards; // a chunk of one row waits for no others
      x = new ByteBuffer[places];
      y = new ByteBuffer[places];
      weights = new float[places][];
      first = new long[places];
    }

    @Override
    public boolean hasNext() {
      if (ready == null) {
        ready = advance();
      }
      return ready != null;
    }

    @Override
    public Chunk next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Chunk chunk = ready;
      ready = null;
      return chunk;
    }

    private Chunk advance() {
      while (rows.hasNext()) {
        int place = (int) (next % shards % x.length);
        if (x[place] == null) {
          x[place] = buffer(capacity * packer.xBytes());
          y[place] = buffer(capacity * packer.y.bytes);
          weights[place] = new float[packer.weighted() ? capacity : 0];
        }
        if (x[place].position() == 0) {
          first[place] = next;
        }
        if (!pack(rows.next(), place)) {
          continue;
        }
        next++;
        if (!x[place].hasRemaining()) {
          return take(place);
        }
      }
      while (drained < x.length) {
        int place = drained++;
        if (x[place] != null && x[place].position() > 0) {
          return take(place);
        }
      }
      return null;
    }

    /** Nothing of a bad row stays; whether there may be any is settled (RowCheck). */
    private boolean pack(Row row, int place) {
      ByteBuffer xs = x[place];
      ByteBuffer ys = y[place];
      int xAt = xs.position();
      int yAt = ys.position();
      try {
        float weight = packer.weight(row);
        packer.pack(row, xs, ys);
        if (packer.weighted()) {
          weights[place][yAt / packer.y.bytes] = weight;
        }
        return true;
      } catch (BadRowException e) {
        xs.position(xAt);
        ys.position(yAt);
        return false;
      }
    }

    private Chunk take(int place) {
      byte[] xs = Arrays.copyOf(x[place].array(), x[place].position());
      byte[] ys = Arrays.copyOf(y[place].array(), y[place].position());
      int rows = ys.length / packer.y.bytes;
      x[place].clear();
      y[place].clear();
      return new Chunk(
          first[place], rows, xs, ys, packer.weighted() ? Arrays.copyOf(weights[place], rows) : weights[place]);
    }

    private static ByteBuffer buffer(int bytes) {
      return ByteBuffer.wrap(new byte[bytes]).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
