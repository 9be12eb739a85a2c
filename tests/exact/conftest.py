"""The walkers of the exact part are shared by its tests and by `explore.py`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
