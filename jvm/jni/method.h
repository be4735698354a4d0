// SPDX-License-Identifier: Apache-2.0
// Java methods from C++ functions: the signature and the call come from the function's own type,
// so no export is written by hand, and none can forget to catch.
#pragma once

#include <jni.h>

#include <string>
#include <type_traits>

#include "jvm/jni/convert.h"

namespace firesteel::jni {

// Makes the C++ exception in flight a Java one. AttrError and ShapeError, the user's, become
// IllegalArgumentException; all others FiresteelException.
void raise(JNIEnv* env) noexcept;

struct Method {
  std::string name;
  std::string signature;
  void* address;
};

template <class R, class... Args>
struct Signature {
  template <R (*Function)(Args...)>
  static auto call(JNIEnv* env, jclass, typename Convert<std::decay_t<Args>>::Java... args) noexcept
      -> typename Convert<R>::Java {
    try {
      if constexpr (std::is_void_v<R>) {
        Function(Convert<std::decay_t<Args>>::in(env, args)...);
        return;
      } else {
        return Convert<R>::out(env, Function(Convert<std::decay_t<Args>>::in(env, args)...));
      }
    } catch (...) {
      raise(env);
    }
    return typename Convert<R>::Java();
  }

  static std::string text() {
    std::string out = "(";
    (out.append(Convert<std::decay_t<Args>>::kType), ...);
    return out.append(")").append(Convert<R>::kType);
  }
};

template <class R, class... Args>
Signature<R, Args...> signature_of(R (*)(Args...));

// method<&worker::hello>("hello")
template <auto Function>
Method method(const char* name) {
  using Type = decltype(signature_of(Function));
  return {name, Type::text(), reinterpret_cast<void*>(&Type::template call<Function>)};
}

}  // namespace firesteel::jni
