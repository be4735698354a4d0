/* SPDX-License-Identifier: Apache-2.0
 * The border between Firesteel and a plugin, in C: a shared library that exports firesteel_plugin()
 * and brings layers. C++ authors include firesteel/plugin.hpp instead.
 *
 * Rules:
 * - Structs that begin with `size` grow at their end alone: who fills one says how much of it there
 *   is, who reads one takes what lies beyond for 0, and nobody writes beyond. What cannot be done so
 *   gets another FIRESTEEL_PLUGIN_ABI, and a plugin of another one is refused.
 * - No exception and no C++ type crosses. A function that may fail returns a number below 0 and
 *   leaves a sentence in `error`, which has room for FIRESTEEL_ERROR_BYTES.
 * - What a description points to stays as it is for the rest of the process; a plugin is never
 *   unloaded.
 * - A layer is immutable once it was created. Several threads call it at once, each with a run of its
 *   own. What it computes is a function of the run alone, whatever the number of threads.
 */
#ifndef FIRESTEEL_PLUGIN_H
#define FIRESTEEL_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FIRESTEEL_PLUGIN_ABI 1
#define FIRESTEEL_ERROR_BYTES 512
#define FIRESTEEL_MOST_DIMS 8
#define FIRESTEEL_MOST_INPUTS 64
#define FIRESTEEL_MOST_OUTPUTS 16

/* Element types: everything that a run points to is of one. f64 serves gradient checks. */
enum { FIRESTEEL_F32 = 0, FIRESTEEL_F64 = 1 };

/* Extents, row-major; the first one is the batch. */
typedef struct firesteel_shape {
  int64_t rank;
  int64_t dims[FIRESTEEL_MOST_DIMS];
} firesteel_shape;

/* ---- attributes */

enum {
  FIRESTEEL_BOOL = 0, /* integer, 0 or 1 */
  FIRESTEEL_INT,      /* integer */
  FIRESTEEL_FLOAT,    /* real */
  FIRESTEEL_STRING,   /* text */
  FIRESTEEL_INTS,     /* integers, count */
  FIRESTEEL_FLOATS    /* reals, count */
};

typedef struct firesteel_value {
  int32_t type;
  int64_t integer;
  double real;
  const char* text;
  const int64_t* integers;
  const double* reals;
  int64_t count;
} firesteel_value;

/* What a value must be; Firesteel checks it. On a list it holds for each element, but NONEMPTY. */
enum {
  FIRESTEEL_ANY = 0,
  FIRESTEEL_POSITIVE,
  FIRESTEEL_NONNEGATIVE,
  FIRESTEEL_FRACTION, /* >= 0 and < 1 */
  FIRESTEEL_NONEMPTY  /* a string or a list */
};

typedef struct firesteel_attr {
  size_t size;
  const char* name; /* snake_case */
  const char* doc;
  firesteel_value fallback; /* the default; of a required one the type alone */
  int32_t required;
  int32_t rule;
} firesteel_attr;

/* ---- parameters */

enum {
  FIRESTEEL_INIT_CONSTANT = 0,      /* scale */
  FIRESTEEL_INIT_UNIFORM,           /* center +- scale */
  FIRESTEEL_INIT_NORMAL,            /* mean center, deviation scale */
  FIRESTEEL_INIT_TRUNCATED_NORMAL   /* the same, at most two deviations off */
};

typedef struct firesteel_param {
  size_t size;
  const char* name; /* "weight", "bias", ... */
  firesteel_shape shape;
  int32_t init;
  float scale, center;
  int32_t decay; /* whether weight decay applies */
  /* A statistic that is not trained, after all that are: in training backward leaves rows x statistic
   * where the gradient would be, and the step makes it (1 - momentum) state + momentum x mean. */
  int32_t state;
  float momentum;
} firesteel_param;

/* ---- what a layer is told, and computes with */

typedef struct firesteel_prepare {
  size_t size;
  int32_t dtype, training;
  int32_t inputs, outputs;
  const firesteel_shape *in, *out;
  /* The layer's answer. */
  size_t saved_bytes; /* from forward to backward; of a training run */
  size_t scratch_bytes; /* during a call, of either */
  uint64_t reads_input; /* a bit for each input that backward reads */
  int32_t reads_output; /* whether it reads the outputs */
  int32_t in_place; /* whether y[0] may be x[0], and dx[0] be dy[0] */
} firesteel_prepare;

typedef struct firesteel_run {
  size_t size;
  int32_t dtype, training;
  int32_t inputs, outputs, params;
  const firesteel_shape *in, *out;
  const void* const* x; /* in backward null where prepare did not ask for it; likewise y */
  void* const* y;
  const void* const* dy; /* null in forward, as dx and dparam */
  void* const* dx; /* d loss / d input, to be filled; null: nobody wants that one */
  const void* const* param;
  void* const* dparam; /* to be filled: sums over the rows */
  void* saved;
  void* scratch;
  /* Calls body on parts of [0, count), of at least `grain` items, on the threads of the run. */
  void (*parallel_for)(int64_t count, int64_t grain,
                       void (*body)(void* context, int64_t begin, int64_t end), void* context);
  /* Random numbers in [0, 1) of a row: the same ones whoever asks, other ones in each step. */
  void (*uniform)(const struct firesteel_run* run, int64_t row, int64_t count, float* to);
  const void* host; /* Firesteel's own */
} firesteel_run;

/* ---- descriptions */

/* An example of a layer, for firesteel check-plugin. */
typedef struct firesteel_sample {
  size_t size;
  const firesteel_value* values; /* of the attributes, in their order; null: the defaults */
  int32_t inputs;
  const firesteel_shape* in;
  const double* kinks; /* inputs are kept away from these values */
  int64_t kink_count;
  int64_t ids_below; /* > 0: inputs are ids, whole numbers from 0 */
} firesteel_sample;

enum {
  FIRESTEEL_COUPLES_ROWS = 1, /* in training the output of a row depends on other rows */
  FIRESTEEL_EACH_STEP = 2 /* a step (second extent) depends on that step of the inputs alone */
};

typedef struct firesteel_layer {
  size_t size;
  const char* kind; /* PascalCase; the name in models and all languages */
  const char* doc;
  const firesteel_attr* const* attrs;
  int32_t attr_count;
  int32_t least_inputs, most_inputs;
  uint32_t flags;
  const firesteel_sample* sample; /* null: there is none to check */
  /* values: of all attributes, in their order, of their types, checked. Null where it failed. */
  void* (*create)(const firesteel_value* values, char* error);
  void (*destroy)(void* layer);
  /* How many there are; *params lives as long as the layer. Null: there are none. */
  int32_t (*params)(const void* layer, const firesteel_param* const** params, char* error);
  /* How many outputs there are; out has room for FIRESTEEL_MOST_OUTPUTS. */
  int32_t (*infer)(const void* layer, const firesteel_shape* in, int32_t inputs,
                   firesteel_shape* out, char* error);
  /* Null: backward reads all inputs, nothing is saved. */
  int32_t (*prepare)(const void* layer, firesteel_prepare* prepare, char* error);
  int32_t (*forward)(const void* layer, const firesteel_run* run, char* error);
  /* Null: the layer has no gradient, and serves inference. */
  int32_t (*backward)(const void* layer, const firesteel_run* run, char* error);
} firesteel_layer;

typedef struct firesteel_plugin_info {
  size_t size;
  int32_t abi; /* FIRESTEEL_PLUGIN_ABI; stays the second member in all versions */
  const char* name;
  const char* version;
  const firesteel_layer* const* layers;
  int32_t layer_count;
} firesteel_plugin_info;

/* The one symbol that a plugin exports; null: it failed. */
__attribute__((visibility("default"))) const firesteel_plugin_info* firesteel_plugin(void);

#ifdef __cplusplus
}
#endif
#endif
