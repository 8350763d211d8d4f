"""What can be said on the command line."""

import argparse
from collections.abc import Sequence

from tlgui import __version__
from tlgui.core import commands
from tlgui.core.advice import Advice
from tlgui.core.export_formats import EXPORT_FORMATS, QUANTIZATIONS
from tlgui.core.ladder import LEVELS, QUICK, RECOMMENDED, THOROUGH
from tlgui.core.plan_settings import SETTINGS


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return the command and its arguments; wrong usage ends the process with exit code 2."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.command == "presets":
        _check_presets(parser, arguments)
    if arguments.command == "explain" and not arguments.files and not arguments.text:
        parser.error("explain needs a file or --text")
    return arguments


def train_command(arguments: argparse.Namespace, advice: Advice) -> str:
    """Return the command that trains what is advised, dealt as a person said."""
    columns = {"text-column": arguments.text_column, "label-column": arguments.label_column}
    chosen = {"preset": advice.preset, "strategy": advice.strategy, **columns}
    settings = {**advice.settings, **dealing_settings(arguments)}
    return commands.train_command(arguments.folder, chosen, settings)


def given_settings(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the settings that a person gave, by name."""
    settings = dict(arguments.set)
    if arguments.epochs is not None:
        settings["epochs"] = arguments.epochs
    return {**settings, **dealing_settings(arguments)}


def dealing_settings(arguments: argparse.Namespace) -> dict[str, str]:
    """Return those that say which samples are learned from."""
    named = {"seed": arguments.seed, "group_by": arguments.group, "split": arguments.split}
    return {name: text for name, text in named.items() if text is not None}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tlgui", description="Fine-tune pretrained models.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str, *positional: tuple[str, str]) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        for argument, meaning in positional:
            sub.add_argument(argument, help=meaning)
        sub.add_argument("--json", action="store_true", help="one JSON object per line")
        return sub

    folder = ("folder", "one subfolder per class, or a table of files or texts and their labels")
    run = ("run", "the folder of a run")
    _add_columns(command("scan", "show what is in a folder", folder))
    _add_wish(command("advise", "recommend a model and a strategy, with reasons", folder))
    train = command("train", "fine-tune a model on a folder", folder)
    _add_plan_arguments(train)
    train.add_argument("--run", help="the folder of the new run")
    _add_plan_arguments(command("find-rate", "try learning rates and suggest one", folder))
    command("resume", "go on with a run that was paused or interrupted", run)
    evaluate = command("evaluate", "judge a run on what it never saw", run)
    evaluate.add_argument("--folder", help="another folder or table with the same classes")
    _add_columns(evaluate)
    command("review", "look for wrong labels and for shortcuts in the data of a run", run)
    pair = (("first", "the folder of a run"), ("second", "the folder of another run"))
    command("compare", "lay two runs on the same data beside each other", *pair)
    _add_members(command("ensemble", "let runs on the same data answer together"))
    model = ("model", "the folder of a run, or one that tlgui export wrote")
    _add_using(
        command("predict", "give pictures or texts their class", model),
        command("explain", "say why the model answers as it does", run),
        command("export", "write the model so that it works without tlgui", run),
    )
    _add_documents(
        command("report", "write a run as a page that prints well, or as a model card", run),
        command("script", "write a run as a Python script that needs no tlgui", run),
    )
    _add_presets(command("presets", "the pretrained models"))
    command("strategies", "the ways to fine-tune")
    command("runs", "the runs so far")
    command("doctor", "check this computer")
    return parser


def _add_members(ensemble: argparse.ArgumentParser) -> None:
    ensemble.add_argument("runs", nargs="+", metavar="member", help="the folder of a run")
    ensemble.add_argument("--run", help="the folder of the new run")


def _add_presets(presets: argparse.ArgumentParser) -> None:
    actions = "list them, import a file or folder, pack some for another computer, remove some"
    presets.add_argument(
        "action",
        nargs="?",
        choices=["list", "import", "pack", "remove"],
        default="list",
        help=actions,
    )
    presets.add_argument("what", nargs="*", help="paths to import, or names of presets")
    presets.add_argument("--to", help="the file of the pack, such as stick.tlpack")
    presets.add_argument("--name", default="", help="what to call an imported model")


def _check_presets(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    if arguments.action == "list" and arguments.what:
        parser.error("presets list lists them all")
    if arguments.action != "list" and not arguments.what:
        parser.error(f"presets {arguments.action} needs to be told what")
    if (arguments.action == "pack") != bool(arguments.to):
        parser.error("--to names the file of presets pack")
    if arguments.name and not (arguments.action == "import" and len(arguments.what) == 1):
        parser.error("--name is for the import of one model")


def _add_using(
    predict: argparse.ArgumentParser,
    explain: argparse.ArgumentParser,
    export: argparse.ArgumentParser,
) -> None:
    predict.add_argument("files", nargs="+", help="files or folders, for texts also tables")
    predict.add_argument("--csv", help="where the table goes")
    predict.add_argument(
        "--sorted", metavar="DIR", help="copy every file into a folder of its class in DIR"
    )
    predict.add_argument(
        "--not-sure-below",
        type=_probability,
        metavar="P",
        help="mark answers that are less probable, such as 0.8; else as chosen on the result page",
    )
    explain.add_argument("files", nargs="*", help="samples of the run, or any files")
    explain.add_argument("--text", action="append", default=[], help="a text instead of a file")
    explain.add_argument("--class", dest="target", default="", metavar="B", help="why not B")
    explain.add_argument("--to", default="", help="a new folder for heat maps and numbers")
    export.add_argument("--format", default="keras", help=", ".join(EXPORT_FORMATS))
    export.add_argument(
        "--quantize",
        default="",
        choices=[stored for stored in QUANTIZATIONS if stored],
        help="store weights in fewer bytes; what that costs is measured on the validation part",
    )
    export.add_argument("--to", required=True, help="the folder of the bundle")


def _add_documents(report: argparse.ArgumentParser, script: argparse.ArgumentParser) -> None:
    report.add_argument("--to", default="", metavar="FILE.html", help="else inside the run")
    report.add_argument("--card", default="", metavar="FILE.md", help="a model card")
    script.add_argument("--to", required=True, metavar="FILE.py", help="the script")


def _add_columns(command: argparse.ArgumentParser) -> None:
    command.add_argument("--text-column", default="", help="of a table; guessed if not given")
    command.add_argument("--label-column", default="", help="of a table; guessed if not given")


def _add_wish(command: argparse.ArgumentParser) -> None:
    _add_columns(command)
    _add_level(command)
    _add_dealing(command)


def _add_dealing(command: argparse.ArgumentParser) -> None:
    """Add what says which samples are learned from and which ones judge."""
    command.add_argument("--seed", help="decides the split and every random number")
    command.add_argument("--group", help="keep together: prefix, prefix:X, folder, column:NAME")
    command.add_argument("--split", help="shares to learn from, choose by and test: 60/20/20")


def _add_level(command: argparse.ArgumentParser) -> None:
    """Add how long training may take: decides epochs, and whatever else is left open."""
    group = command.add_mutually_exclusive_group()
    quick, thorough = "a result soon", "as good as it gets"
    group.add_argument(
        "--quick", dest="level", action="store_const", const=QUICK, default=RECOMMENDED, help=quick
    )
    group.add_argument(
        "--thorough", dest="level", action="store_const", const=THOROUGH, help=thorough
    )
    group.add_argument(
        "--level", type=int, choices=range(len(LEVELS)), help=f"from quick, 0, to {THOROUGH}"
    )


def _add_plan_arguments(train: argparse.ArgumentParser) -> None:
    _add_wish(train)
    train.add_argument("--preset", default="", help="see tlgui presets; else see tlgui advise")
    train.add_argument("--strategy", default="", help="see tlgui strategies; else tlgui advise")
    train.add_argument("--epochs", help="at most, per phase of gradient steps")
    train.add_argument(
        "--set",
        metavar="KEY=VALUE",
        type=_setting,
        action="append",
        default=[],
        help=", ".join(sorted(SETTINGS)),
    )


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text} is no probability from 0 to below 1")
    return value


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not of the form key=value")
    return name, value
