// SPDX-License-Identifier: Apache-2.0
// OpenSSL in a process that is somebody else's.
#pragma once

#include <openssl/evp.h>

#include <memory>

namespace firesteel {

struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext>;

// The cipher of this name, never freed: no configuration file of the machine is read, and nothing is freed at exit
// while threads may still use it. Throws SystemError.
const EVP_CIPHER* fetch_cipher(const char* name);

}  // namespace firesteel
