"""One translation in a separate process, so that the process's peak memory is that of the translation.

python -m streamssm.bench.translation_worker ALGORITHM WORDS RESULT.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from streamssm.bench.translation import measure_one

if __name__ == "__main__":
    algorithm, words, result = sys.argv[1:]
    Path(result).write_text(json.dumps(measure_one(algorithm, int(words))), encoding="utf-8")
