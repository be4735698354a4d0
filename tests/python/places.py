# SPDX-License-Identifier: Apache-2.0
"""Where the sources and the built package are."""

import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
DIST = Path(os.environ.get("FIRESTEEL_DIST", SOURCE / "build" / "dist"))
