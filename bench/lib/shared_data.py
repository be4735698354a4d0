# SPDX-License-Identifier: Apache-2.0
"""Real data and weights that no package has: folders beside the repository."""

import os
import sys
from pathlib import Path

from lib.results import ROOT


def shared_file(folder, pattern, given=None):
    """The file of this pattern in `given`, or in the folder of FIRESTEEL_SHARED_DATA, by default ../shared/data.

    Ends the program with a sentence where there is none.
    """
    shared = Path(os.environ.get("FIRESTEEL_SHARED_DATA") or ROOT.parent / "shared" / "data")
    place = Path(given) if given else shared / folder
    files = sorted(place.glob(pattern))
    if not files:
        hint = "" if given else f". FIRESTEEL_SHARED_DATA says where the folder {folder} is"
        sys.exit(f"bench: no {pattern} in {place}{hint}")
    return files[0]
