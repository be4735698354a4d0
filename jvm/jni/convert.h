// SPDX-License-Identifier: Apache-2.0
// Values across the boundary. A C++ parameter or result type decides its Java form:
//
//   const std::string&   String (UTF-16 <-> UTF-8)      std::string_view  direct ByteBuffer
//   Bytes                byte[]                         std::vector<Bytes>  byte[][]
//   int, bool            int, boolean             std::vector<int64_t>  long[]
//   int64_t, uint64_t    long
#pragma once

#include <jni.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace firesteel::jni {

// Bytes that are no text.
struct Bytes {
  std::string data;
};

// A Java exception is pending; nothing more may be done but return.
struct Pending {};

jstring new_string(JNIEnv* env, std::string_view text);

template <class T>
struct Convert;

template <>
struct Convert<std::string> {
  using Java = jstring;
  static constexpr std::string_view kType = "Ljava/lang/String;";
  static std::string in(JNIEnv* env, jstring value);
  static jstring out(JNIEnv* env, const std::string& value) { return new_string(env, value); }
};

template <>
struct Convert<std::string_view> {
  using Java = jobject;
  static constexpr std::string_view kType = "Ljava/nio/ByteBuffer;";
  static std::string_view in(JNIEnv* env, jobject value);  // from its position to its limit
};

template <>
struct Convert<Bytes> {
  using Java = jbyteArray;
  static constexpr std::string_view kType = "[B";
  static Bytes in(JNIEnv* env, jbyteArray value);
  static jbyteArray out(JNIEnv* env, const Bytes& value);
};

template <>
struct Convert<std::vector<Bytes>> {
  using Java = jobjectArray;
  static constexpr std::string_view kType = "[[B";
  static std::vector<Bytes> in(JNIEnv* env, jobjectArray value);
  static jobjectArray out(JNIEnv* env, const std::vector<Bytes>& value);
};

template <>
struct Convert<std::vector<int64_t>> {
  using Java = jlongArray;
  static constexpr std::string_view kType = "[J";
  static std::vector<int64_t> in(JNIEnv* env, jlongArray value);
};

template <>
struct Convert<int> {
  using Java = jint;
  static constexpr std::string_view kType = "I";
  static int in(JNIEnv*, jint value) { return value; }
  static jint out(JNIEnv*, int value) { return value; }
};

template <>
struct Convert<uint64_t> {
  using Java = jlong;
  static constexpr std::string_view kType = "J";
  static uint64_t in(JNIEnv*, jlong value) { return static_cast<uint64_t>(value); }
};

template <>
struct Convert<int64_t> {
  using Java = jlong;
  static constexpr std::string_view kType = "J";
  static int64_t in(JNIEnv*, jlong value) { return static_cast<int64_t>(value); }
};

template <>
struct Convert<bool> {
  using Java = jboolean;
  static constexpr std::string_view kType = "Z";
  static bool in(JNIEnv*, jboolean value) { return value != JNI_FALSE; }
  static jboolean out(JNIEnv*, bool value) { return value ? JNI_TRUE : JNI_FALSE; }
};

template <>
struct Convert<void> {
  using Java = void;
  static constexpr std::string_view kType = "V";
};

}  // namespace firesteel::jni
