"""Why a table as a whole could not be read or written."""

from __future__ import annotations

import errno


class TableError(Exception):
    """Nothing was read or written; ``advice`` says what to do."""

    def __init__(self, message: str, advice: str) -> None:
        self.message = message
        self.advice = advice
        super().__init__(f"{message}。{advice}")


class Unreadable(TableError):
    """The whole file is refused."""


class Unwritable(TableError):
    """The result cannot be written there."""


_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "超过了磁盘配额",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
    errno.EFBIG: "文件太大",
}


def reason(error: OSError) -> str:
    """Why the system refused, in words; its own, which come with a number, are English."""
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    return f"系统报告错误 {error.errno}" if error.errno is not None else str(error)
