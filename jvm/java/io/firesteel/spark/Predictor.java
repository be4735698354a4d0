// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.data.Blocks;
import io.firesteel.internal.Buffers;
import io.firesteel.internal.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of a partition to rows with predictions, a batch at a time. */
final class Predictor implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;
  private static final int BATCH = 128;

  private final SharedModel model;
  private final RowPacker packer;
  private final long[] shape;
  private final boolean prediction;
  private final boolean output;

  Predictor(SharedModel model, RowPacker packer, long[] shape, boolean prediction, boolean output) {
    this.model = model;
    this.packer = packer;
    this.shape = shape;
    this.prediction = prediction;
    this.output = output;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    Native.require();
    return new Batches(rows, model.get(), TaskContext.get().cpus());
  }

  private final class Batches implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final ByteBuffer weights;
    private final int threads;
    private final ByteBuffer block = Buffers.direct((int) Blocks.size(BATCH, packer.x, shape, packer.y, false));
    private final List<Row> batch = new ArrayList<>(BATCH);
    private FloatBuffer outputs;
    private int width;
    private int next;

    Batches(Iterator<Row> rows, ByteBuffer weights, int threads) {
      this.rows = rows;
      this.weights = weights;
      this.threads = threads;
    }

    @Override
    public boolean hasNext() {
      return next < batch.size() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (next == batch.size()) {
        fill();
      }
      return extended(batch.get(next), next++);
    }

    /** Rows are first packed where a full block has them; a short one gets its own header. */
    private void fill() {
      batch.clear();
      next = 0;
      block.clear().position(Blocks.headerBytes(shape));
      while (batch.size() < BATCH && rows.hasNext()) {
        Row row = rows.next();
        packer.pack(row, block, null);
        batch.add(row);
      }
      block.clear();
      Blocks.putHeader(block, batch.size(), packer.x, shape, packer.y, false);
      int labels = Blocks.labelOffset(batch.size(), packer.x, shape);
      for (int i = block.position() + batch.size() * packer.xBytes(); i < labels + 4 * batch.size(); i++) {
        block.put(i, (byte) 0);
      }
      block.position(0).limit(labels + batch.size() * packer.y.bytes);
      byte[] bytes = Native.predict(weights, block.slice(), threads);
      outputs = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      width = outputs.limit() / batch.size();
    }

    private Row extended(Row row, int at) {
      Object[] values = new Object[row.length()];
      for (int i = 0; i < values.length; i++) {
        values[i] = row.get(i);
      }
      int length = values.length;
      values = Arrays.copyOf(values, length + (prediction ? 1 : 0) + (output ? 1 : 0));
      if (prediction) {
        values[length++] = (double) predicted(outputs, at, width);
      }
      if (output) {
        double[] all = new double[width];
        for (int i = 0; i < width; i++) {
          all[i] = outputs.get(at * width + i);
        }
        values[length] = all;
      }
      return RowFactory.create(values);
    }
  }

  /** The class with the largest output, or the one output itself. */
  static float predicted(FloatBuffer outputs, int row, int width) {
    int from = row * width;
    if (width == 1) {
      return outputs.get(from);
    }
    int best = 0;
    for (int i = 1; i < width; i++) {
      if (outputs.get(from + i) > outputs.get(from + best)) {
        best = i;
      }
    }
    return best;
  }
}
