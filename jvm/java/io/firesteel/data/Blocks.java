// SPDX-License-Identifier: Apache-2.0
package io.firesteel.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The block format of core/block.h: packed rows, features first, then labels, then weights where rows have them. */
public final class Blocks {
  /** Element types under their numbers in core/dtype.h. */
  public enum Type {
    F32(0, 4),
    U8(4, 1),
    S32(6, 4);

    final int number;
    public final int bytes;

    Type(int number, int bytes) {
      this.number = number;
      this.bytes = bytes;
    }

    static Type of(int number) {
      for (Type type : values()) {
        if (type.number == number) {
          return type;
        }
      }
      throw new IllegalArgumentException("block: unknown element type " + number);
    }
  }

  private static final int MAGIC = 'F' | 'S' << 8 | 'B' << 16 | '1' << 24;
  private static final int WEIGHTED = MAGIC + (1 << 24); // FSB2
  private static final int FIXED = 16;

  private Blocks() {}

  public static long rows(byte[] block) {
    ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    if (block.length < FIXED || in.getInt(0) != MAGIC && in.getInt(0) != WEIGHTED) {
      throw new IllegalArgumentException("block: must begin with FSB1");
    }
    return in.getLong(8);
  }

  public static int headerBytes(long[] xShape) {
    return FIXED + 8 * xShape.length;
  }

  /** The bytes of a block with scalar labels. */
  public static long size(long rows, Type x, long[] xShape, Type y, boolean weighted) {
    long labels = headerBytes(xShape) + padded(rows * x.bytes * numel(xShape)) + rows * y.bytes;
    return weighted ? padded(labels) + rows * 4 : labels;
  }

  private static long padded(long bytes) {
    return (bytes + 7) / 8 * 8;
  }

  public static long numel(long[] shape) {
    long n = 1;
    for (long extent : shape) {
      n *= extent;
    }
    return n;
  }

  /** Writes the header; the features follow at once, the labels at labelOffset(), weights at weightOffset(). */
  public static void putHeader(ByteBuffer out, long rows, Type x, long[] xShape, Type y, boolean weighted) {
    out.order(ByteOrder.LITTLE_ENDIAN).putInt(weighted ? WEIGHTED : MAGIC);
    out.put((byte) x.number).put((byte) xShape.length).put((byte) y.number).put((byte) 0);
    out.putLong(rows);
    for (long extent : xShape) {
      out.putLong(extent);
    }
  }

  public static int labelOffset(long rows, Type x, long[] xShape) {
    long offset = headerBytes(xShape) + (rows * x.bytes * numel(xShape) + 7) / 8 * 8;
    return Math.toIntExact(offset);
  }

  public static int weightOffset(long rows, Type x, long[] xShape, Type y) {
    return Math.toIntExact(padded(labelOffset(rows, x, xShape) + rows * y.bytes));
  }

  /** The sum of its rows' weights; 0 where they have none. */
  public static double weightSum(byte[] block) {
    ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    double sum = 0;
    if (in.getInt(0) == WEIGHTED) {
      long rows = rows(block);
      for (int at = (int) (block.length - 4 * rows); at < block.length; at += 4) {
        sum += in.getFloat(at);
      }
    }
    return sum;
  }

  /** What a block says about itself. */
  public static final class Header {
    public final long rows;
    public final Type x;
    public final Type y;
    public final long[] xShape;
    public final int xOffset;
    public final int yOffset;

    public Header(byte[] block) {
      ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
      rows = Blocks.rows(block);
      x = Type.of(in.get(4));
      y = Type.of(in.get(6));
      xShape = new long[in.get(5)];
      int yRank = in.get(7);
      for (int i = 0; i < xShape.length; i++) {
        xShape[i] = in.getLong(FIXED + 8 * i);
      }
      xOffset = headerBytes(xShape) + 8 * yRank;
      yOffset = Math.toIntExact(xOffset + (rows * x.bytes * numel(xShape) + 7) / 8 * 8);
    }
  }
}
