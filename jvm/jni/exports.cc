// SPDX-License-Identifier: Apache-2.0
// The methods of io.firesteel.internal.Native, registered when the library is loaded. One whose
// signature differs from its Java declaration makes the loading fail.
#include <new>

#include "core/error.h"
#include "formats/dataset.h"
#include "jvm/jni/method.h"
#include "nn/model_api.h"
#include "train/engine.h"
#include "train/fit_report.h"
#include "train/recipes.h"
#include "train/summaries.h"
#include "train/worker.h"

namespace firesteel::jni {
namespace {

// Where a function's types don't tell text from bytes, these do.
void begin_fit(const std::string& fit_id, const std::string& spec, std::string_view state,
               const Bytes& key) {
  worker::begin_fit(fit_id, spec, state, key.data);
}
void add_shard(const std::string& fit_id, int shard, Bytes block) {
  worker::add_shard(fit_id, shard, std::move(block.data));
}
std::vector<std::string> texts(std::vector<Bytes> bytes) {
  std::vector<std::string> texts;
  for (Bytes& one : bytes) texts.push_back(std::move(one.data));
  return texts;
}
Bytes carried_gradients(const std::string& fit_id, int rank, int size) {
  return {worker::carried_gradients(fit_id, rank, size)};
}
Bytes sum_carried(const std::string& fit_id, std::vector<Bytes> packed, int rank, int size) {
  return {worker::sum_carried(fit_id, texts(std::move(packed)), rank, size)};
}
Bytes update_carried(const std::string& fit_id, std::vector<Bytes> squares, int rank, int size) {
  return {worker::update_carried(fit_id, texts(std::move(squares)), rank, size)};
}
void take_parameters(const std::string& fit_id, std::vector<Bytes> slices) {
  worker::take_parameters(fit_id, texts(std::move(slices)));
}
Bytes carried_optimizer(const std::string& fit_id, int rank, int size) {
  return {worker::carried_optimizer(fit_id, rank, size)};
}
void take_optimizer(const std::string& fit_id, std::vector<Bytes> slices) {
  worker::take_optimizer(fit_id, texts(std::move(slices)));
}
Bytes checkpoint(const std::string& fit_id) { return {worker::checkpoint(fit_id)}; }
Bytes model(const std::string& fit_id) { return {worker::model(fit_id)}; }
Bytes predict(std::string_view model, std::string_view block, int threads) {
  return {worker::predict(model, block, threads)};
}
Bytes create(const std::string& graph, uint64_t seed) { return {create_model(graph, seed)}; }
Bytes named(const std::string& name, uint64_t seed) { return {named_model(name, seed)}; }
Bytes shaped(std::string_view model, const std::vector<int64_t>& shape) {
  return {set_input_shape(model, shape)};
}
std::vector<Bytes> shards(const std::string& spec, const std::string& split, int count) {
  std::vector<Bytes> blocks;
  for (std::string& block : load_shards(spec, split, count)) blocks.push_back({std::move(block)});
  return blocks;
}

Bytes with_observed(std::string_view state, const std::string& observed) {
  return {worker::with_observed(state, observed)};
}
void check_checkpoint(std::string_view file, const std::string& where) {
  Engine::check_checkpoint(file, where);
}
Bytes begin_summaries(int64_t wall_ms) { return {firesteel::begin_summaries(wall_ms)}; }
std::vector<Bytes> summaries_of(const std::string& event, int64_t wall_ms) {
  Summaries found = firesteel::summaries_of(parse_json(event, "event"), wall_ms);
  return {{std::move(found.train)}, {std::move(found.validation)}};
}
Bytes histograms_of(std::string_view model, int64_t step, int64_t wall_ms) {
  return {firesteel::histograms_of(load_model(model, "model"), step, wall_ms)};
}
std::string report(const std::string& events) { return report_page(parse_json(events, "events")); }
std::string recipe(const std::string& name) { return to_json(recipe_of(name)).dump(); }

std::vector<Method> methods() {
  return {
      method<&worker::start>("start"),
      method<&worker::hello>("hello"),
      method<&worker::default_shards>("defaultShards"),
      method<&worker::resolve_fit>("resolveFit"),
      method<&worker::stops>("stops"),
      method<&worker::is_best>("isBest"),
      method<&worker::observed_in>("observedIn"),
      method<&with_observed>("withObserved"),
      method<&begin_summaries>("beginSummaries"),
      method<&summaries_of>("summariesOf"),
      method<&histograms_of>("histogramsOf"),
      method<&report>("reportPage"),
      method<&recipe>("recipe"),
      method<&check_checkpoint>("checkCheckpoint"),
      method<&worker::assign>("assign"),
      method<&begin_fit>("beginFit"),
      method<&worker::has_fit>("hasFit"),
      method<&worker::has_shard>("hasShard"),
      method<&worker::memory_of_fit>("fitMemory"),
      method<&worker::spill_shards>("spillShards"),
      method<&add_shard>("addShard"),
      method<&worker::run_group>("runGroup"),
      method<&worker::interrupt>("interrupt"),
      method<&worker::begin_carried>("beginCarried"),
      method<&worker::restore>("restore"),
      method<&worker::compute_carried>("computeCarried"),
      method<&carried_gradients>("carriedGradients"),
      method<&sum_carried>("sumCarried"),
      method<&update_carried>("updateCarried"),
      method<&take_parameters>("takeParameters"),
      method<&carried_optimizer>("carriedOptimizer"),
      method<&take_optimizer>("takeOptimizer"),
      method<&worker::end_carried>("endCarried"),
      method<&checkpoint>("checkpoint"),
      method<&model>("model"),
      method<&worker::end_fit>("endFit"),
      method<&worker::evaluate>("evaluate"),
      method<&worker::figures>("figures"),
      method<&predict>("predict"),
      method<&kinds_json>("kinds"),
      method<&load_plugin_json>("loadPlugin"),
      method<&plugins_json>("plugins"),
      method<&create>("createModel"),
      method<&named>("namedModel"),
      method<&describe_model>("describeModel"),
      method<&shaped>("setInputShape"),
      method<&shards>("loadShards"),
  };
}

// Classes must be found while the library is loaded: later calls may come from any class loader.
struct Thrown {
  jclass type = nullptr;
  jmethodID make = nullptr;

  void find(JNIEnv* env, const char* name) {
    jclass local = env->FindClass(name);
    if (!local) return;
    type = static_cast<jclass>(env->NewGlobalRef(local));
    make = env->GetMethodID(type, "<init>", "(Ljava/lang/String;)V");
  }
  void raise(JNIEnv* env, const char* text) const {
    jstring message = new_string(env, text);
    jobject thrown = env->NewObject(type, make, message);
    if (thrown) env->Throw(static_cast<jthrowable>(thrown));
  }
};
Thrown user_error, other_error;

bool registered(JNIEnv* env) {
  user_error.find(env, "java/lang/IllegalArgumentException");
  other_error.find(env, "io/firesteel/FiresteelException");
  jclass native = env->FindClass("io/firesteel/internal/Native");
  if (env->ExceptionCheck()) return false;
  for (Method& method : methods()) {
    JNINativeMethod entry{method.name.data(), method.signature.data(), method.address};
    if (env->RegisterNatives(native, &entry, 1) != JNI_OK) return false;
  }
  return true;
}

}  // namespace

void raise(JNIEnv* env) noexcept {
  try {
    if (env->ExceptionCheck()) return;
    try {
      throw;
    } catch (const Pending&) {
    } catch (const AttrError& e) {
      user_error.raise(env, e.what());
    } catch (const ShapeError& e) {
      user_error.raise(env, e.what());
    } catch (const std::bad_alloc&) {
      other_error.raise(env, "memory: the native side could not get more");
    } catch (const std::exception& e) {
      other_error.raise(env, e.what());
    } catch (...) {
      other_error.raise(env, "firesteel: unknown native error");
    }
  } catch (...) {  // making the exception failed; then Java has one pending already
  }
}

}  // namespace firesteel::jni

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
  constexpr jint kVersion = JNI_VERSION_1_8;
  JNIEnv* env = nullptr;
  if (vm->GetEnv(reinterpret_cast<void**>(&env), kVersion) != JNI_OK) return JNI_ERR;
  try {
    return firesteel::jni::registered(env) ? kVersion : JNI_ERR;
  } catch (...) {
    return JNI_ERR;
  }
}
