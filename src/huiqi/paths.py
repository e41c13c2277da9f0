"""Where the definition files are.

They lie beside the source in the repository and inside the package in a wheel. A region that keeps
its own copy names that folder in the environment.
"""

import os
from pathlib import Path

ENVIRONMENT_VARIABLE = "HUIQI_JURISDICTIONS"

_PACKAGE = Path(__file__).resolve().parent
_PACKAGED = _PACKAGE / "_jurisdictions"
_IN_REPOSITORY = _PACKAGE.parent.parent / "jurisdictions"


def jurisdictions() -> Path:
    """Return the folder whose subfolders are jurisdictions (CN, ...)."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        # A folder that was asked for is never silently replaced by another.
        folder = Path(named).expanduser()
    else:
        folder = _PACKAGED if _PACKAGED.is_dir() else _IN_REPOSITORY
    if not folder.is_dir():
        raise NotADirectoryError(
            f"找不到定义文件的文件夹：{folder}。"
            f"请把环境变量 {ENVIRONMENT_VARIABLE} 设为该文件夹的路径。"
        )
    return folder
