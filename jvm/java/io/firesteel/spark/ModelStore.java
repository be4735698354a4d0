// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.FiresteelException;
import io.firesteel.Model;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.SparkSession;

/** A saved TrainerModel: Spark ML's metadata, and the model file beside it. */
final class ModelStore {
  private static final String FILE = "model.safetensors";

  private ModelStore() {}

  private static Configuration conf() {
    return SparkSession.active().sparkContext().hadoopConfiguration();
  }

  static final class Writer extends MLWriter {
    private final TrainerModel model;

    Writer(TrainerModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      new DefaultParamsWriter(model).saveImpl(path);
      Path file = new Path(path, FILE);
      try {
        FileSystem files = file.getFileSystem(conf());
        try (FSDataOutputStream out = files.create(file, true)) {
          out.write(model.modelBytes());
        }
      } catch (IOException e) {
        throw new FiresteelException(file + ": cannot be written: " + e.getMessage(), e);
      }
    }
  }

  static final class Reader extends MLReader<TrainerModel> {
    @Override
    public TrainerModel load(String path) {
      TrainerModel model = new DefaultParamsReader<TrainerModel>().load(path);
      Path file = new Path(path, FILE);
      try {
        FileSystem files = file.getFileSystem(conf());
        byte[] bytes = new byte[Math.toIntExact(files.getFileStatus(file).getLen())];
        try (FSDataInputStream in = files.open(file)) {
          in.readFully(bytes);
        }
        model.setModel(new Model(bytes));
        return model;
      } catch (IOException e) {
        throw new FiresteelException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
  }
}
