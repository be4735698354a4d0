// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.data.Blocks;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * Writes the features and the label of a row as a block holds them. Features: an ml Vector or an
 * array of numbers (f32), or binary (u8: one byte for each value, 0..255 stands for 0..1).
 */
final class RowPacker implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String VECTOR = "vector";

  final Blocks.Type x;
  final Blocks.Type y;
  final int width; // features of a row
  private final Float padding; // fills up shorter rows; null: there must be none
  private final int step; // features of a step, of which shorter rows have fewer
  private final int xIndex;
  private final int yIndex; // -1: no label
  private final int weightIndex; // -1: no weights
  private final String xName;
  private final String yName;
  private final String weightName;

  /** label null: none. classLabels: the loss wants class ids. weight: column of weights, or null. */
  RowPacker(
      StructType schema, String features, String label, boolean classLabels, long[] shape,
      Float padding, String weight) {
    this.weightName = weight;
    this.weightIndex = weight == null ? -1 : index(schema, "samplingWeightCol", weight);
    if (weight != null && !(schema.apply(weight).dataType() instanceof NumericType)) {
      throw new IllegalArgumentException(
          "samplingWeightCol: must be a numeric column, got " + weight + ": "
              + schema.apply(weight).dataType().simpleString());
    }
    this.xName = features;
    this.yName = label;
    this.xIndex = index(schema, "featuresCol", features);
    this.yIndex = label == null ? -1 : index(schema, "labelCol", label);
    this.x = featureType(schema, features);
    this.y = classLabels ? Blocks.Type.S32 : Blocks.Type.F32;
    this.width = Math.toIntExact(Blocks.numel(shape));
    this.padding = padding;
    this.step = this.width / (int) shape[0];
    if (label != null && !(schema.apply(label).dataType() instanceof NumericType)) {
      throw new IllegalArgumentException(
          "labelCol: must be a numeric column, got " + label + ": "
              + schema.apply(label).dataType().simpleString());
    }
  }

  static Blocks.Type featureType(StructType schema, String features) {
    index(schema, "featuresCol", features);
    DataType type = schema.apply(features).dataType();
    if (type instanceof BinaryType) {
      return Blocks.Type.U8;
    }
    boolean numbers = type instanceof ArrayType && ((ArrayType) type).elementType() instanceof NumericType;
    if (!numbers && !VECTOR.equals(type.typeName())) {
      throw new IllegalArgumentException(
          "featuresCol: must be a vector, an array of numbers or binary, got " + features + ": "
              + type.simpleString());
    }
    return Blocks.Type.F32;
  }

  private static int index(StructType schema, String param, String column) {
    for (int i = 0; i < schema.length(); i++) {
      if (schema.fieldNames()[i].equals(column)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        param + ": must name a column of the data (" + String.join(", ", schema.fieldNames())
            + "), got " + column);
  }

  int xBytes() {
    return width * x.bytes;
  }

  /** The number of features of a row. */
  static int width(Object value) {
    if (value instanceof byte[]) {
      return ((byte[]) value).length;
    }
    return value instanceof Vector ? ((Vector) value).size() : sequence(value).size();
  }

  boolean weighted() {
    return weightIndex >= 0;
  }

  /** Of a row; 1 where there are none. */
  float weight(Row row) {
    if (weightIndex < 0) {
      return 1;
    }
    if (row.isNullAt(weightIndex)) {
      throw new BadRowException("samplingWeightCol: must not be null, got null in " + weightName);
    }
    double given = ((Number) row.get(weightIndex)).doubleValue();
    if (!((float) given >= 0) || Float.isInfinite((float) given)) {
      throw new BadRowException("samplingWeightCol: must be numbers >= 0, got " + given);
    }
    return (float) given;
  }

  /**
   * Appends the row's features to one buffer and its label to the other (null: no label). Throws
   * BadRowException where the row cannot be used; then a part of it may be there.
   */
  void pack(Row row, ByteBuffer xs, ByteBuffer ys) {
    if (row.isNullAt(xIndex)) {
      throw new BadRowException("featuresCol: must not be null, got null in " + xName);
    }
    Object value = row.get(xIndex);
    int given = width(value);
    check(given);
    if (value instanceof byte[]) {
      xs.put((byte[]) value);
    } else if (value instanceof DenseVector) {
      for (double v : ((DenseVector) value).values()) {
        putFeature(v, xs);
      }
    } else if (value instanceof Vector) {
      for (double v : ((Vector) value).toArray()) {
        putFeature(v, xs);
      }
    } else {
      for (Object v : sequence(value)) {
        if (v == null) {
          throw new BadRowException("featuresCol: must not be null, got null among the values of " + xName);
        }
        putFeature(((Number) v).doubleValue(), xs);
      }
    }
    for (int i = given; i < width; i++) {
      if (x == Blocks.Type.U8) {
        xs.put((byte) Math.round(padding * 255));
      } else {
        xs.putFloat(padding);
      }
    }
    if (ys != null) {
      packLabel(row, ys);
    }
  }

  /** A model that is only applied takes whatever there is. */
  private void putFeature(double value, ByteBuffer xs) {
    xs.putFloat(yIndex < 0 ? (float) value : finite("featuresCol", (float) value, value));
  }

  private static float finite(String param, float value, double given) {
    if (Float.isNaN(value) || Float.isInfinite(value)) {
      throw new BadRowException(param + ": must be finite numbers, got " + given);
    }
    return value;
  }

  private void check(int given) {
    boolean shorter = padding != null && given > 0 && given < width && given % step == 0;
    if (given != width && !shorter) {
      throw new BadRowException(
          "featuresCol: all rows must have "
              + (padding == null ? "" : "whole steps of " + step + ", at most ")
              + width + " values, got one of " + given);
    }
  }

  private void packLabel(Row row, ByteBuffer ys) {
    if (row.isNullAt(yIndex)) {
      throw new BadRowException("labelCol: must not be null, got null in " + yName);
    }
    double label = ((Number) row.get(yIndex)).doubleValue();
    if (y == Blocks.Type.F32) {
      ys.putFloat(finite("labelCol", (float) label, label));
    } else if (label == (int) label) {
      ys.putInt((int) label);
    } else {
      throw new BadRowException("labelCol: must be class ids 0, 1, 2, ..., got " + label);
    }
  }

  private static List<?> sequence(Object value) {
    // Row.get gives Scala's sequence, which is another class in each Scala version.
    return value instanceof List
        ? (List<?>) value
        : scala.collection.JavaConverters.seqAsJavaList((scala.collection.Seq<?>) value);
  }
}
