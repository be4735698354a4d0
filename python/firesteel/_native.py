# SPDX-License-Identifier: Apache-2.0
"""The C++ module, with a sentence for the user where it cannot be loaded."""

import ctypes
from pathlib import Path

# oneDNN first and by itself: it uses the system's C++ library while the module carries its own, and
# a library that is loaded with the module would take the module's symbols for those of the system.
_onednn = Path(__file__).with_name("libdnnl.so.3")

try:
    if _onednn.exists():
        ctypes.CDLL(str(_onednn))
    from firesteel import _core as core
except (ImportError, OSError) as error:
    if "nanobind_backend" in str(error):
        raise ImportError("firesteel needs the package nanobind-backend: "
                          "pip install nanobind-backend") from error
    raise ImportError("firesteel: the native module cannot be loaded; it is built for Linux on "
                      f"x86-64 and Python 3.10 or newer ({error})") from error

FormatError = core.FormatError
SystemError = core.SystemError  # noqa: A001
version = core.version

__all__ = ["FormatError", "SystemError", "core", "version"]
