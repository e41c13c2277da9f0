"""The ``huiqi`` command: reads the command line, runs one command, turns faults into messages.

Exit codes: 0 done, refused rows are reported; 1 done, but the content has problems (wrong
definitions, a replay that differs); 2 not done (wrong usage, unreadable input).
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from huiqi import __version__
from huiqi.commands import (
    audit,
    check,
    classify,
    explain,
    gaps,
    match,
    replay,
    sample,
    serve,
    simulate,
    sql,
    tick,
    worker,
)
from huiqi.commands.outcome import NOT_DONE, Failed
from huiqi.rules.errors import DefinitionError, NotInForce
from huiqi.tables.errors import Unreadable, Unwritable, reason

COMMANDS = (
    classify,
    match,
    explain,
    check,
    simulate,
    gaps,
    replay,
    sql,
    sample,
    serve,
    worker,
    tick,
    audit,
)


class _Parser(argparse.ArgumentParser):
    """argparse in Chinese."""

    def __init__(self, **options: object) -> None:
        super().__init__(add_help=False, **options)  # type: ignore[arg-type]  # passed through
        self._positionals.title = "要给出的内容"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", "用法：", 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}：{_in_chinese(message)}；详见 {self.prog} --help\n")


_PHRASES = {
    "the following arguments are required": "缺少",
    "unrecognized arguments": "不认识的参数",
    "invalid choice": "没有这个选择",
    "choose from": "可选",
    "expected one argument": "后面要写一个值",
    "expected at least one argument": "后面至少要写一个值",
    "invalid int value": "应是整数，却是",
    "argument ": "参数 ",
    "invalid ": "无效的 ",
    "ignored explicit argument": "后面不写值，却写了",
    "not allowed with argument": "不能同时写",
    "ambiguous option": "选项写得不全",
    "could match": "可能是",
}


def _in_chinese(message: str) -> str:
    for english, chinese in _PHRASES.items():
        message = message.replace(english, chinese)
    return message


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(
        prog="huiqi",
        description="惠企：按政策文件和划型标准，算出每家企业符合什么、能得多少、为什么、还差什么。",
        epilog="退出码：0 完成（填报问题另有报告）；1 定义文件有错或重算不一致；2 没有完成。",
    )
    parser.add_argument(
        "--version", action="version", version=f"huiqi {__version__}", help="显示版本"
    )
    commands = parser.add_subparsers(
        title="命令", metavar="命令", dest="command", required=True, parser_class=_Parser
    )
    for command in COMMANDS:
        sub = commands.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run ``huiqi`` with these arguments; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        options = build_parser().parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader (head, less) has closed the pipe: nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except DefinitionError as error:
        print(*error.problems, sep="\n", file=sys.stderr)
        return NOT_DONE
    except (Failed, NotInForce, Unreadable, Unwritable) as error:
        print(f"huiqi {options.command}：{error}", file=sys.stderr)
        return NOT_DONE
    except NotADirectoryError as error:
        print(f"huiqi：{error}", file=sys.stderr)
        return NOT_DONE
    except OSError as error:  # a full disk, a drive that is gone
        fault = f"{error.filename}：{reason(error)}" if error.filename else reason(error)
        print(f"huiqi {options.command}：文件读写失败，没有写出结果：{fault}", file=sys.stderr)
        return NOT_DONE
    except KeyboardInterrupt:
        print("\n已中断，没有写出结果。", file=sys.stderr)
        return NOT_DONE


if __name__ == "__main__":
    sys.exit(main())
