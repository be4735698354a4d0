// SPDX-License-Identifier: Apache-2.0
package io.firesteel.data;

import io.firesteel.internal.Native;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** MNIST and its like as DataFrames: binary column "features" (one byte a pixel), int column "label". */
public final class Mnist {
  private static final int PARTS = 16;

  private Mnist() {}

  /** dir: where the four IDX files are; null: where ./dev setup puts them. split: train or test. */
  public static Dataset<Row> load(SparkSession spark, String dir, String split) {
    return read(spark, dir == null ? "mnist" : "mnist:" + dir, split);
  }

  /** Any data set that the command line knows, by its SPEC ("fashion-mnist", "mnist:DIR"). */
  public static Dataset<Row> read(SparkSession spark, String spec, String split) {
    Native.require();
    List<byte[]> blocks = Arrays.asList(Native.loadShards(spec, split, PARTS));
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    JavaRDD<Row> rows = sc.parallelize(blocks, PARTS).flatMap(block -> rows(block).iterator());
    StructType schema =
        new StructType()
            .add("features", DataTypes.BinaryType, false)
            .add("label", DataTypes.IntegerType, false);
    return spark.createDataFrame(rows, schema);
  }

  private static List<Row> rows(byte[] block) {
    Blocks.Header header = new Blocks.Header(block);
    int width = Math.toIntExact(Blocks.numel(header.xShape)) * header.x.bytes;
    java.nio.ByteBuffer in = java.nio.ByteBuffer.wrap(block).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < header.rows; i++) {
      int at = header.xOffset + i * width;
      rows.add(
          RowFactory.create(
              Arrays.copyOfRange(block, at, at + width), in.getInt(header.yOffset + 4 * i)));
    }
    return rows;
  }
}
