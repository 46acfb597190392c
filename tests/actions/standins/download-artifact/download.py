"""Unpacks artifacts of this run."""

import os
import sys
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path

store = Path(os.environ["STANDIN_ARTIFACTS"], os.environ["GITHUB_RUN_ID"])
name, target = os.environ["NAME"], Path(os.environ["TARGET"])
held = sorted(store.glob("*.zip"))
pattern = os.environ["PATTERN"]
found = [file for file in held if (file.stem == name if name else fnmatchcase(file.stem, pattern))]
if name and not found:
    sys.exit(f"Artifact '{name}' not found")
target.mkdir(parents=True, exist_ok=True)
for file in found:
    with zipfile.ZipFile(file) as archive:
        archive.extractall(target if len(found) == 1 else target / file.stem)
