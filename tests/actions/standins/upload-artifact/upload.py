"""Zips a folder into the store of this run."""

import os
import sys
import zipfile
from pathlib import Path

store = Path(os.environ["STANDIN_ARTIFACTS"], os.environ["GITHUB_RUN_ID"])
source, target = Path(os.environ["SOURCE"]), store / f"{os.environ['NAME']}.zip"
if not source.is_absolute():
    sys.exit("this stand-in takes absolute paths")
names = [path.relative_to(source) for path in sorted(source.rglob("*"))]
plain = [name for name in names if not any(part.startswith(".") for part in name.parts)]
files = [name for name in plain if (source / name).is_file()]
if not files:
    sys.exit("no files were found" if os.environ["NOTHING"] == "error" else 0)
if target.exists():
    sys.exit(f"an artifact with the name {target.stem} exists in this run already")
store.mkdir(parents=True, exist_ok=True)
draft = target.with_suffix(".draft")
with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
    for name in files:
        archive.write(source / name, name)
draft.rename(target)
