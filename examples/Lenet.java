// SPDX-License-Identifier: Apache-2.0
// LeNet-5 on MNIST, trained on Spark. Compile it, then:
//   spark-submit --master 'local-cluster[2,1,1024]' --class Lenet --jars firesteel.jar lenet.jar [DIR]
import io.firesteel.data.Mnist;
import io.firesteel.nn.*;
import io.firesteel.optim.SGD;
import io.firesteel.spark.Trainer;
import io.firesteel.spark.TrainerModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

public final class Lenet {
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("LeNet-5").getOrCreate();
    String folder = args.length > 0 ? args[0] : null;
    Dataset<Row> train = Mnist.load(spark, folder, "train");
    Dataset<Row> test = Mnist.load(spark, folder, "test");

    Sequential net =
        new Sequential(
                new Conv2d(1, 6, 5), new Tanh(), new MaxPool2d(2),
                new Conv2d(6, 12, 5), new Tanh(), new MaxPool2d(2),
                new Flatten(), new Linear(192, 100), new Tanh(), new Linear(100, 10))
            .input(1, 28, 28);
    Trainer trainer =
        new Trainer(net)
            .setLoss(new CrossEntropy())
            .setOptimizer(new SGD().lr(0.05).momentum(0.9))
            .setBatchSize(128)
            .setEpochs(3)
            .setListener(event -> System.out.println(event));

    TrainerModel fitted = trainer.fit(train);
    long right = fitted.transform(test).filter("prediction = label").count();
    System.out.printf("test accuracy %.4f%n", right / (double) test.count());
    spark.stop();
  }
}
