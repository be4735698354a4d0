// SPDX-License-Identifier: Apache-2.0
// UTF-16, which Java keeps, and UTF-8. JNI's own functions speak a modified UTF-8, which differs
// for emoji and for zero.
#pragma once

#include <string>
#include <string_view>

namespace firesteel::jni {

std::string utf8_from(std::u16string_view text);   // a lone surrogate becomes U+FFFD
std::u16string utf16_from(std::string_view text);  // so does each byte that is not UTF-8

}  // namespace firesteel::jni
