// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.Json;
import io.firesteel.nn.Linear;
import io.firesteel.nn.MeanSquaredError;
import io.firesteel.nn.ReLU;
import io.firesteel.nn.Sequential;
import io.firesteel.optim.Constant;
import io.firesteel.optim.Cosine;
import io.firesteel.optim.MaxScore;
import io.firesteel.optim.MinLoss;
import io.firesteel.optim.ParamGroup;
import io.firesteel.optim.SGD;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The estimator on local[2]. */
@Tag("spark")
class TrainerTest {
  private static SparkSession spark;
  private static Dataset<Row> points;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1003; i++) {
      double x = random.nextDouble() * 2 - 1;
      double y = random.nextDouble() * 2 - 1;
      rows.add(RowFactory.create(Vectors.dense(x, y), new double[] {x, y}, x * y > 0 ? 1.0 : 0.0));
    }
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("numbers", DataTypes.createArrayType(DataTypes.DoubleType))
            .add("label", DataTypes.DoubleType);
    points = spark.createDataFrame(rows, schema).repartition(3).cache();
    points.count();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Trainer trainer() {
    return new Trainer(new Sequential(new Linear(2, 16), new ReLU(), new Linear(16, 2)))
        .setOptimizer(new SGD().lr(0.3).momentum(0.9))
        .setBatchSize(50)
        .setEpochs(20)
        .setReproducible(true);
  }

  private static String weights(Trainer trainer, Dataset<Row> data) {
    trainer.fit(data);
    return Json.parse(trainer.lastFigures()).path("weights_sha256").asText();
  }

  @Test
  void learnsInBf16() {
    Trainer trainer = trainer().setDtype("bf16");
    trainer.fit(points);
    assertTrue(Json.parse(trainer.lastFigures()).path("loss").asDouble() < 0.3, trainer.lastFigures());
    Exception e = assertThrows(RuntimeException.class, () -> trainer().setDtype("f16").fit(points));
    assertTrue(e.getMessage().contains("dtype: must be f32 or bf16, got 'f16'"), e.getMessage());
  }

  @Test
  void updatesAreAsTheyAreTold() {
    Trainer plain = trainer().setIterations(10);
    ParamGroup frozen = new ParamGroup("*.bias").freeze();
    String[] different = {
      weights(plain, points),
      weights(trainer().setIterations(10).setParamGroups(frozen), points),
      weights(trainer().setIterations(10).setAccumulate(2), points),
      weights(trainer().setIterations(10).setBaseBatchSize(16), points),
      weights(trainer().setIterations(10).setSchedule(new Constant().with("iterations", 5), new Cosine()), points)
    };
    assertEquals(different.length, new HashSet<>(Arrays.asList(different)).size());
    assertSentence(
        "param_groups[0].match: 'no' matches no parameter", trainer().setParamGroups(new ParamGroup("no").lr(2)));
  }

  @Test
  void endsWhenATriggerSaysSo() {
    Trainer trainer = trainer().setEpochs(9).setStop(new MinLoss(100));
    trainer.fit(points);
    long epoch = Json.parse(trainer.lastFigures()).path("iterations").asLong();
    trainer.setStop(new MinLoss(-1)).fit(points);
    assertEquals(9 * epoch, Json.parse(trainer.lastFigures()).path("iterations").asLong());
    assertSentence("monitor: 'accuracy' needs data to test on", trainer.setStop(new MaxScore(1)));
  }

  @Test
  void recipesSetHowItIsTrained() {
    Trainer trainer = trainer().setRecipe("resnet50-8k").setBatchSize(64).setEpochs(1);
    assertEquals(256, (int) trainer.getOrDefault(trainer.baseBatchSize()));
    assertTrue(trainer.getOrDefault(trainer.optimizer()).contains("nesterov"), "optimizer");
    trainer.fit(points);
    assertTrue(Json.parse(trainer.lastFigures()).path("iterations").asLong() >= 15, trainer.lastFigures());
  }

  @Test
  void learnsAndPredicts() {
    Dataset<Row> out = trainer().fit(points).setOutputCol("scores").transform(points);
    double right = out.filter("prediction = label").count() / (double) points.count();
    assertTrue(right > 0.9, "accuracy " + right);
    assertEquals(2, out.select("scores").head().getList(0).size());
  }

  @Test
  void columnsOfArraysAndVectorsAreTheSameToIt() {
    Trainer trainer = trainer().setIterations(10);
    assertEquals(weights(trainer, points), weights(trainer.setFeaturesCol("numbers"), points));
  }

  @Test
  void howTheDataIsPartitionedDoesNotMatter() {
    Trainer trainer = trainer().setIterations(10);
    assertEquals(weights(trainer, points), weights(trainer, points.coalesce(1)));
  }

  @Test
  void unevenPartitionsCanBeTheShards() {
    Dataset<Row> uneven = points.limit(700).union(points.limit(1)).union(points.limit(60));
    assertEquals(64, weights(trainer().setIterations(10).setKeepPartitions(true), uneven).length());
  }

  @Test
  void regressionHasANumberAsPrediction() {
    Trainer trainer =
        new Trainer(new Sequential(new Linear(2, 16), new ReLU(), new Linear(16, 1)))
            .setLoss(new MeanSquaredError())
            .setMetrics()
            .setOptimizer(new SGD().lr(0.1))
            .setIterations(5);
    double value = trainer.fit(points).transform(points).select("prediction").head().getDouble(0);
    assertTrue(value > -2 && value < 2, "prediction " + value);
  }

  @Test
  void modelAndTrainerAreSavedAndLoaded(@TempDir Path folder) throws Exception {
    Trainer trainer = trainer().setIterations(10);
    trainer.write().save(folder.resolve("trainer").toString());
    assertEquals(weights(trainer, points), weights(Trainer.load(folder.resolve("trainer").toString()), points));

    TrainerModel fitted = trainer.fit(points);
    fitted.write().save(folder.resolve("model").toString());
    TrainerModel loaded = TrainerModel.load(folder.resolve("model").toString());
    assertEquals(
        fitted.transform(points).groupBy().sum("prediction").head().getDouble(0),
        loaded.transform(points).groupBy().sum("prediction").head().getDouble(0));
  }

  @Test
  void aCheckpointIsResumed(@TempDir Path folder) {
    String straight = weights(trainer().setIterations(30), points);
    weights(trainer().setIterations(12).setCheckpointDir(folder.toString()), points);
    Trainer second = trainer().setIterations(30).setCheckpointDir(folder.toString()).setResume(true);
    assertEquals(straight, weights(second, points));
  }

  /** The points with a null, a value that is not finite, a label that is no class and a row that is too short. */
  private static Dataset<Row> withBadRows() {
    Row first = points.select("numbers", "label").head();
    List<Row> bad =
        Arrays.asList(
            RowFactory.create(first.get(0), first.get(1)),
            RowFactory.create(null, 1.0),
            RowFactory.create(new Double[] {1.0, null}, 1.0),
            RowFactory.create(new double[] {1, Double.NaN}, 1.0),
            RowFactory.create(new double[] {1e300, 1}, 1.0), // too large for what it is trained in
            RowFactory.create(new double[] {1, 2}, 0.5),
            RowFactory.create(new double[] {1, 2}, null),
            RowFactory.create(new double[] {1}, 1.0));
    Dataset<Row> rows = points.select("numbers", "label");
    return spark.createDataFrame(bad, rows.schema()).coalesce(1).union(rows);
  }

  @Test
  void badRowsAreCountedBeforeTheTraining() {
    Trainer trainer = trainer().setFeaturesCol("numbers");
    Exception e = assertThrows(IllegalArgumentException.class, () -> trainer.fit(withBadRows()));
    assertEquals(
        "training data: 7 of 1011 rows cannot be used, the first is row 1, counted from 0, featuresCol: must not be"
            + " null, got null in numbers. Clean them, or leave them out with onBadRow skip",
        e.getMessage());
    Trainer validating = trainer().setFeaturesCol("numbers").setValidation(withBadRows());
    e = assertThrows(IllegalArgumentException.class, () -> validating.fit(points));
    assertTrue(e.getMessage().startsWith("validation data: 7 of 1011 rows cannot be used"), e.getMessage());
    assertSentence("onBadRow: must be fail or skip, got ignore", trainer().setOnBadRow("ignore"));
  }

  @Test
  void badRowsAreLeftOut() {
    Trainer trainer = trainer().setFeaturesCol("numbers").setIterations(30).setOnBadRow("skip");
    List<String> notes = new ArrayList<>();
    trainer.setListener(event -> notes.add(event.path("text").asText())).fit(withBadRows());
    String figures = trainer.lastFigures();
    assertTrue(notes.stream().anyMatch(note -> note.startsWith("training data: left out 7 of 1011 rows")), notes.toString());
    Dataset<Row> good = points.select("numbers", "label");
    Dataset<Row> same = withBadRows().limit(1).union(good);
    assertEquals(weights(trainer, same), Json.parse(figures).path("weights_sha256").asText());
    Dataset<Row> none = withBadRows().filter("label = 0.5");
    Exception e = assertThrows(IllegalArgumentException.class, () -> trainer.fit(none));
    assertTrue(e.getMessage().startsWith("training data: none of its 1 rows can be used, the first is row 0"), e.getMessage());
  }

  @Test
  void rowsAreDrawnByWeight() {
    Dataset<Row> weighted = points.withColumn("weight", functions.expr("if(label > 0.5, 3.0, 0.0)"));
    Trainer trainer = trainer().setIterations(40).setSamplingWeightCol("weight");
    double ones = trainer.fit(weighted).transform(points).filter("prediction = 1").count() / (double) points.count();
    assertEquals(1, ones); // it has seen no others
    Dataset<Row> even = points.withColumn("weight", functions.lit(2));
    String drawn = weights(trainer, even);
    assertEquals(drawn, weights(trainer, even.coalesce(1)));
    assertNotEquals(drawn, weights(trainer().setIterations(40), points));
    Dataset<Row> negative = points.withColumn("weight", functions.lit(-1));
    Exception e = assertThrows(IllegalArgumentException.class, () -> trainer.fit(negative));
    assertTrue(e.getMessage().contains("samplingWeightCol: must be numbers >= 0, got -1.0"), e.getMessage());
    Dataset<Row> none = points.withColumn("weight", functions.lit(0));
    e = assertThrows(IllegalArgumentException.class, () -> trainer.fit(none));
    assertTrue(e.getMessage().contains("weights: must be >= 0 and some of them > 0"), e.getMessage());
  }

  @Test
  void theBestCheckpointIsKept(@TempDir Path folder) {
    Trainer trainer =
        trainer().setEpochs(6).setCheckpointDir(folder.toString()).setCheckpointKeep(3).setCheckpointBest("loss");
    trainer.fit(points);
    String[] names = folder.toFile().list((where, name) -> name.endsWith(".safetensors") && !name.startsWith("."));
    Arrays.sort(names);
    assertEquals(
        Arrays.asList("best.safetensors", "step-0000000084.safetensors", "step-0000000105.safetensors",
            "step-0000000126.safetensors"),
        Arrays.asList(names));
    assertSentence("checkpointBest: needs checkpointDir", trainer().setCheckpointBest("loss"));
    assertSentence(
        "monitor: the fit has no result 'accuracies'",
        trainer().setCheckpointDir(folder.toString()).setCheckpointBest("accuracies"));
  }

  @Test
  void userErrorsAreOneSentence() {
    assertSentence("featuresCol: must name a column", trainer().setFeaturesCol("nothing"));
    assertSentence("featuresCol: must be a vector", trainer().setFeaturesCol("label"));
    assertSentence("model: must be set", new Trainer());
    assertSentence("lr", trainer().setOptimizer(new SGD().lr(-1)));
  }

  private static void assertSentence(String part, Trainer trainer) {
    String text = assertThrows(IllegalArgumentException.class, () -> trainer.fit(points)).getMessage();
    assertTrue(text.contains(part), text);
  }
}
