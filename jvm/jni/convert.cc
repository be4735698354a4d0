// SPDX-License-Identifier: Apache-2.0
#include "jvm/jni/convert.h"

#include <limits>

#include "core/error.h"
#include "jvm/jni/utf.h"

namespace firesteel::jni {
namespace {

// The methods' signatures see to the class of an argument, but not that it is there.
void not_null(jobject value) {
  require<AttrError>(value != nullptr, "firesteel: an argument must not be null");
}

void check(JNIEnv* env) {
  if (env->ExceptionCheck()) throw Pending{};
}

jsize length_of(size_t n, const char* what) {
  require<SystemError>(n <= static_cast<size_t>(std::numeric_limits<jsize>::max()), what,
                       ": must be below 2 GB to be given to Java, got ", n, " bytes");
  return static_cast<jsize>(n);
}

struct BufferMethods {
  jmethodID position;
  jmethodID remaining;
};

const BufferMethods& buffer_methods(JNIEnv* env) {
  static const BufferMethods methods = [env] {
    jclass buffer = env->FindClass("java/nio/Buffer");
    check(env);
    return BufferMethods{env->GetMethodID(buffer, "position", "()I"),
                         env->GetMethodID(buffer, "remaining", "()I")};
  }();
  return methods;
}

}  // namespace

jstring new_string(JNIEnv* env, std::string_view text) {
  std::u16string wide = utf16_from(text);
  jstring out =
      env->NewString(reinterpret_cast<const jchar*>(wide.data()), length_of(wide.size(), "text"));
  check(env);
  return out;
}

std::string Convert<std::string>::in(JNIEnv* env, jstring value) {
  not_null(value);
  std::u16string wide(static_cast<size_t>(env->GetStringLength(value)), u'\0');
  env->GetStringRegion(value, 0, static_cast<jsize>(wide.size()),
                       reinterpret_cast<jchar*>(wide.data()));
  check(env);
  return utf8_from(wide);
}

std::string_view Convert<std::string_view>::in(JNIEnv* env, jobject value) {
  not_null(value);
  const auto* start = static_cast<const char*>(env->GetDirectBufferAddress(value));
  jint position = env->CallIntMethod(value, buffer_methods(env).position);
  jint bytes = env->CallIntMethod(value, buffer_methods(env).remaining);
  check(env);
  require<AttrError>(start != nullptr || bytes == 0, "firesteel: a buffer must be direct");
  return {start + position, static_cast<size_t>(bytes)};
}

Bytes Convert<Bytes>::in(JNIEnv* env, jbyteArray value) {
  not_null(value);
  Bytes out{std::string(static_cast<size_t>(env->GetArrayLength(value)), '\0')};
  env->GetByteArrayRegion(value, 0, static_cast<jsize>(out.data.size()),
                          reinterpret_cast<jbyte*>(out.data.data()));
  check(env);
  return out;
}

jbyteArray Convert<Bytes>::out(JNIEnv* env, const Bytes& value) {
  jsize bytes = length_of(value.data.size(), "result");
  jbyteArray out = env->NewByteArray(bytes);
  check(env);
  env->SetByteArrayRegion(out, 0, bytes, reinterpret_cast<const jbyte*>(value.data.data()));
  return out;
}

std::vector<Bytes> Convert<std::vector<Bytes>>::in(JNIEnv* env, jobjectArray value) {
  not_null(value);
  std::vector<Bytes> out;
  jsize count = env->GetArrayLength(value);
  for (jsize i = 0; i < count; ++i) {
    auto item = static_cast<jbyteArray>(env->GetObjectArrayElement(value, i));
    check(env);
    out.push_back(Convert<Bytes>::in(env, item));
    env->DeleteLocalRef(item);
  }
  return out;
}

jobjectArray Convert<std::vector<Bytes>>::out(JNIEnv* env, const std::vector<Bytes>& value) {
  jclass bytes = env->FindClass("[B");
  check(env);
  jobjectArray out = env->NewObjectArray(static_cast<jsize>(value.size()), bytes, nullptr);
  check(env);
  for (size_t i = 0; i < value.size(); ++i) {
    jbyteArray item = Convert<Bytes>::out(env, value[i]);
    env->SetObjectArrayElement(out, static_cast<jsize>(i), item);
    env->DeleteLocalRef(item);
  }
  return out;
}

std::vector<int64_t> Convert<std::vector<int64_t>>::in(JNIEnv* env, jlongArray value) {
  static_assert(sizeof(jlong) == sizeof(int64_t));
  not_null(value);
  std::vector<int64_t> out(static_cast<size_t>(env->GetArrayLength(value)));
  env->GetLongArrayRegion(value, 0, static_cast<jsize>(out.size()),
                          reinterpret_cast<jlong*>(out.data()));
  check(env);
  return out;
}

}  // namespace firesteel::jni
