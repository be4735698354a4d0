// SPDX-License-Identifier: Apache-2.0
// A function of the caller, not owned: unlike std::function it never allocates.
#pragma once

#include <memory>
#include <type_traits>

namespace firesteel {

template <class Signature>
class FunctionRef;

template <class... Args>
class FunctionRef<void(Args...)> {
 public:
  // Any callable; it must live as long as this does.
  template <class Callable>
    requires(!std::is_same_v<std::remove_cvref_t<Callable>, FunctionRef>)
  FunctionRef(Callable&& callable)
      : target_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* target, Args... args) {
          (*static_cast<std::remove_reference_t<Callable>*>(target))(args...);
        }) {}

  void operator()(Args... args) const { call_(target_, args...); }

 private:
  void* target_;
  void (*call_)(void*, Args...);
};

}  // namespace firesteel
