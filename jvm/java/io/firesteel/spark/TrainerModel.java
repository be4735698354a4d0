// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.Model;
import io.firesteel.data.Blocks;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A model that adds its predictions to a DataFrame, batch by batch, on all executors. */
public final class TrainerModel extends org.apache.spark.ml.Model<TrainerModel> implements MLWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> featuresCol;
  private final Param<String> predictionCol;
  private final Param<String> outputCol;
  private transient Model model;

  public TrainerModel() {
    this(Identifiable$.MODULE$.randomUID("firesteelModel"));
  }

  /** Without a model yet: for reading a saved one. */
  public TrainerModel(String uid) {
    this(uid, null);
  }

  public TrainerModel(Model model) {
    this(Identifiable$.MODULE$.randomUID("firesteelModel"), model);
  }

  TrainerModel(String uid, Model model) {
    this.uid = uid;
    this.model = model;
    featuresCol = new Param<>(this, "featuresCol", "column of vectors, arrays of numbers, or binary");
    predictionCol = new Param<>(this, "predictionCol", "column to add: class id or number");
    outputCol = new Param<>(this, "outputCol", "column to add: all outputs; empty: none");
    setDefault(featuresCol, "features");
    setDefault(predictionCol, "prediction");
    setDefault(outputCol, "");
  }

  @Override
  public String uid() {
    return uid;
  }

  public Param<String> featuresCol() {
    return featuresCol;
  }

  public Param<String> predictionCol() {
    return predictionCol;
  }

  public Param<String> outputCol() {
    return outputCol;
  }

  public TrainerModel setFeaturesCol(String value) {
    set(featuresCol, value);
    return this;
  }

  public TrainerModel setPredictionCol(String value) {
    set(predictionCol, value);
    return this;
  }

  public TrainerModel setOutputCol(String value) {
    set(outputCol, value);
    return this;
  }

  /** The model itself, for example to save it as a model file. */
  public Model model() {
    if (model == null) {
      throw new IllegalArgumentException("TrainerModel: has no model; use TrainerModel.load or fit");
    }
    return model;
  }

  /** For wrappers in other languages: the bytes of the model file. */
  public byte[] modelBytes() {
    return model().bytes();
  }

  @Override
  public Dataset<Row> transform(Dataset<?> data) {
    StructType schema = transformSchema(data.schema());
    long[] shape = model().inputShape();
    if (shape == null) {
      throw new IllegalArgumentException("model: must know its input shape, this one does not yet");
    }
    String features = getOrDefault(featuresCol);
    RowPacker packer =
        new RowPacker(data.schema(), features, null, false, shape, model().padding(), null);
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(data.sparkSession().sparkContext());
    Predictor predictor =
        new Predictor(
            SharedModel.of(sc, model()), packer, shape,
            !getOrDefault(predictionCol).isEmpty(), !getOrDefault(outputCol).isEmpty());
    return data.toDF().mapPartitions(predictor, Encoders.row(schema));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    RowPacker.featureType(schema, getOrDefault(featuresCol));
    return added(schema, getOrDefault(predictionCol), getOrDefault(outputCol));
  }

  static StructType added(StructType schema, String prediction, String output) {
    StructType out = schema;
    for (String column : new String[] {prediction, output}) {
      if (java.util.Arrays.asList(schema.fieldNames()).contains(column)) {
        throw new IllegalArgumentException("column " + column + ": is in the data already");
      }
    }
    if (!prediction.isEmpty()) {
      out = out.add(prediction, DataTypes.DoubleType, false);
    }
    return output.isEmpty()
        ? out
        : out.add(output, DataTypes.createArrayType(DataTypes.DoubleType, false), false);
  }

  @Override
  public TrainerModel copy(ParamMap extra) {
    TrainerModel copy = new TrainerModel(uid, model);
    copyValues(copy, extra);
    copy.setParent(parent());
    return copy;
  }

  @Override
  public MLWriter write() {
    return new ModelStore.Writer(this);
  }

  public static MLReader<TrainerModel> read() {
    return new ModelStore.Reader();
  }

  public static TrainerModel load(String path) {
    return read().load(path);
  }

  void setModel(Model loaded) {
    model = loaded;
  }
}
