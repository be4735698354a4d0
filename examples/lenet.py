# SPDX-License-Identifier: Apache-2.0
"""LeNet-5 on MNIST, distributed.

spark-submit --master "local-cluster[2,1,1024]" --jars build/dist/jars/firesteel.jar examples/lenet.py
"""

import sys

from pyspark.sql import SparkSession, functions as F

from firesteel import nn, optim
from firesteel.data import mnist
from firesteel.spark import Trainer

spark = SparkSession.builder.appName("lenet").getOrCreate()
train, test = mnist(spark, *sys.argv[1:])  # an argument: the folder with the IDX files

model = nn.Sequential(
    nn.Conv2d(1, 6, 5), nn.Tanh(), nn.MaxPool2d(2),
    nn.Conv2d(6, 12, 5), nn.Tanh(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(192, 100), nn.Tanh(), nn.Linear(100, 10),
    input_shape=(1, 28, 28))
trainer = Trainer(model, loss=nn.CrossEntropy(), optimizer=optim.SGD(0.05, momentum=0.9),
                  schedule=optim.Poly(1.0), batch_size=64, epochs=3, validation=test)

fitted = trainer.fit(train)
right = fitted.transform(test).agg(F.avg((F.col("prediction") == F.col("label")).cast("double")))
print(f"accuracy {right.first()[0]:.4f}")
spark.stop()
