// SPDX-License-Identifier: Apache-2.0
#include "sync/libcrypto.h"

#include <openssl/crypto.h>

#include "core/error.h"

namespace firesteel {

const EVP_CIPHER* fetch_cipher(const char* name) {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  require<SystemError>(cipher != nullptr, "no ", name, " in this build");
  return cipher;
}

}  // namespace firesteel
