"""The command line: the same jobs as the window's, in this process."""

import argparse
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Final

from tlgui.arguments import dealing_settings, given_settings, parse, train_command
from tlgui.console import JsonOutput, Output, TextOutput
from tlgui.core import durable
from tlgui.core.advice_words import advice_lines
from tlgui.core.catalog import preset_folder
from tlgui.core.comparing import compare_answers, plan_differences
from tlgui.core.comparing_words import comparison_lines
from tlgui.core.dataset import Dataset
from tlgui.core.errors import DONE, EXIT_CODES, RUN_FAILED, STOPPED, TlguiError
from tlgui.core.evaluation_words import best_member_sentence, caution, reference_sentence, verdict
from tlgui.core.events import AdviceReady, Event, JobCancelled, RunFailed, RunStopped
from tlgui.core.job import (
    AdviseJob,
    DocumentId,
    DocumentJob,
    EnsembleJob,
    EvaluateJob,
    ExplainJob,
    ExportJob,
    Job,
    PredictJob,
    RangeTestJob,
    ReviewJob,
    SortJob,
    TrainJob,
    write_job,
)
from tlgui.core.plan import Plan
from tlgui.core.planning import DEFAULT_PRESETS, DEFAULT_STRATEGY, make_plan
from tlgui.core.prediction_table import read_predictions
from tlgui.core.preset_words import import_sentence, preset_record, preset_sentence
from tlgui.core.run_folder import (
    DATASET,
    ENGINE_LOG,
    RunFolder,
    create_run,
    ensemble_path,
    free_name,
    list_runs,
    open_run,
)
from tlgui.core.settings import Home, application_home
from tlgui.core.strategies import STRATEGIES, Strategy
from tlgui.core.strategy_help import STRATEGY_HELP
from tlgui.core.strategy_words import PHASES, STRATEGY_WORDS
from tlgui.core.wording import RUN_STATUSES, error_sentence, size
from tlgui.engine.channel import Channel, JobStopped, noise_into, take_stdout
from tlgui.engine.models.library import PresetLibrary, open_library
from tlgui.engine.worker import prepare_environment, run_job, token_counter, translated

Arguments = argparse.Namespace


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    arguments = parse(argv)
    prepare_environment()
    stream = take_stdout()
    output: Output = JsonOutput(stream) if arguments.json else TextOutput(stream)
    commands = Commands(application_home(os.environ), output)
    with output:
        try:
            return _COMMANDS[arguments.command](commands, arguments)
        except TlguiError as error:
            output.error(error.code, error.detail)
            return error.exit_code
        except OSError as error:
            unusable = translated(error)
            output.error(unusable.code, unusable.detail)
            return unusable.exit_code
        except (JobStopped, KeyboardInterrupt):
            return STOPPED


class Commands:
    """One method per command; each returns the exit code."""

    def __init__(self, home: Home, output: Output) -> None:
        self._home = home
        self._output = output
        self._requested_s = time.time()
        self._end: Event | None = None

    def scan(self, arguments: Arguments) -> int:
        """Show what is in a folder; a folder nobody can train on is an error."""
        dataset = self._scanned(arguments)
        self._output.dataset(dataset, self._tokens_read())
        dataset.require_usable()
        return DONE

    def train(self, arguments: Arguments) -> int:
        """Train a new run; nothing is written before everything is known to be usable."""
        from tlgui.engine.data.split import assign_splits

        settings = given_settings(arguments)
        _check_usage(open_library(self._home), arguments, settings)
        # the lines of --json are those of the run folder, each number once
        dataset = self._scanned(arguments, is_shown=not arguments.json)
        dataset.require_usable()
        plan = self._planned(arguments, settings, dataset)
        assign_splits(dataset, plan.split, plan.seed)  # raises before anything is written
        path = arguments.run or free_name(self._home.runs, Path(dataset.folder).name)
        run = create_run(_absolute(path), dataset, plan)
        return self._train(run.path)

    def advise(self, arguments: Arguments) -> int:
        """Recommend a model and a strategy, with reasons and the command that follows them."""
        any_preset = next(iter(open_library(self._home).catalog.values()))
        dealt = make_plan(any_preset, settings=dealing_settings(arguments))
        dataset = self._scanned(arguments, is_shown=not arguments.json)
        dataset.require_usable()
        folder = Path(self._job_folder("advise"))
        durable.make_folder(folder)
        durable.replace_file(folder / DATASET, dataset.json_parts())
        code = self._do(
            AdviseJob(
                folder=str(folder),
                requested_s=self._requested_s,
                dataset=str(folder / DATASET),
                level=arguments.level,
                split=dealt.split,
                seed=dealt.seed,
            )
        )
        if isinstance(self._end, AdviceReady):
            self._output.note(f"Train it with: {train_command(arguments, self._end.advice)}")
        return code

    def find_rate(self, arguments: Arguments) -> int:
        """Try learning rates for a plan and suggest one; nothing of it is kept."""
        arguments.strategy = arguments.strategy or "head_then_all"  # others may take no steps
        settings = given_settings(arguments)
        _check_usage(open_library(self._home), arguments, settings)
        dataset = self._scanned(arguments, is_shown=not arguments.json)
        dataset.require_usable()
        plan = self._planned(arguments, settings, dataset)
        folder = Path(self._job_folder("find-rate"))
        durable.make_folder(folder)
        durable.replace_file(folder / DATASET, dataset.json_parts())
        return self._do(
            RangeTestJob(
                folder=str(folder),
                requested_s=self._requested_s,
                dataset=str(folder / DATASET),
                plan=plan,
            )
        )

    def resume(self, arguments: Arguments) -> int:
        """Go on with a run from its latest checkpoint."""
        from tlgui.engine.training.train import check_resumable

        run = open_run(_absolute(arguments.run))
        check_resumable(run)
        return self._train(run.path)

    def evaluate(self, arguments: Arguments) -> int:
        """Judge a run on its test split or on another folder."""
        run = str(open_run(_absolute(arguments.run)).path)
        source = str(_absolute(arguments.folder)) if arguments.folder else ""
        folder = self._job_folder("evaluate")
        return self._do(
            EvaluateJob(
                folder=folder,
                requested_s=self._requested_s,
                run=run,
                source=source,
                text_column=arguments.text_column,
                label_column=arguments.label_column,
            )
        )

    def review(self, arguments: Arguments) -> int:
        """Look for wrong labels and for shortcuts in the data of a run."""
        return self._do(
            ReviewJob(
                folder=self._job_folder("review"),
                requested_s=self._requested_s,
                run=str(open_run(_absolute(arguments.run)).path),
            )
        )

    def compare(self, arguments: Arguments) -> int:
        """Lay two runs beside each other: their plans and their answers to the same samples."""
        first, second = (open_run(_absolute(run)) for run in (arguments.first, arguments.second))
        modality = first.read_evaluation().modality
        tables = [run.evaluation / "predictions.csv" for run in (first, second)]
        second.read_evaluation()  # raises where there is none yet
        comparison = compare_answers(*map(read_predictions, tables))
        presets = open_library(self._home).catalog
        differences = plan_differences(first.read_plan(), second.read_plan(), presets)
        record = {
            "first": str(first.path),
            "second": str(second.path),
            "differences": [asdict(found) for found in differences],
            **asdict(comparison),
        }
        lines = comparison_lines(comparison, differences, modality)
        self._output.record(record, "\n".join(lines))
        return DONE

    def ensemble(self, arguments: Arguments) -> int:
        """Let the best models of several runs answer together, and judge them."""
        runs = [open_run(_absolute(run)) for run in arguments.runs]
        path = _absolute(arguments.run or ensemble_path(self._home.runs, runs[0]))
        code = self._do(
            EnsembleJob(
                folder=self._job_folder("ensemble"),
                requested_s=self._requested_s,
                runs=tuple(str(run.path) for run in runs),
                to=str(path),
            )
        )
        if code == DONE:
            evaluation = open_run(path).read_evaluation()
            for line in (caution(evaluation), best_member_sentence(evaluation)):
                self._output.note(line)
        return code

    def predict(self, arguments: Arguments) -> int:
        """Give every file its class, and copy it into a folder of that class if that is wanted."""
        from tlgui.engine.results.sorted_copies import require_copies_folder

        copies = _absolute(arguments.sorted) if arguments.sorted else None
        if copies:
            require_copies_folder(copies)  # known before the work begins
        folder = Path(self._job_folder("predict"))
        csv = _absolute(arguments.csv) if arguments.csv else folder / "predictions.csv"
        code = self._do(
            PredictJob(
                folder=str(folder),
                requested_s=self._requested_s,
                model=str(_absolute(arguments.model)),
                files=tuple(str(_absolute(file)) for file in arguments.files),
                csv=str(csv),
                threshold=arguments.not_sure_below,
            )
        )
        if code == DONE and copies:
            return self._sort(csv, copies)
        if code == STOPPED:
            self._output.note("Stopped before the end: there is no table of the answers so far.")
        return code

    def explain(self, arguments: Arguments) -> int:
        """Say why a model answers as it does to some samples."""
        run = open_run(_absolute(arguments.run))
        own = {sample.path for sample in run.read_dataset().samples}
        return self._do(
            ExplainJob(
                folder=self._job_folder("explain"),
                requested_s=self._requested_s,
                model=str(run.path),
                files=tuple(f if f in own else str(_absolute(f)) for f in arguments.files),
                texts=tuple(arguments.text),
                target=arguments.target,
                to=str(_absolute(arguments.to)) if arguments.to else "",
            )
        )

    def export(self, arguments: Arguments) -> int:
        """Write the model of a run as a bundle."""
        return self._do(
            ExportJob(
                folder=self._job_folder("export"),
                requested_s=self._requested_s,
                run=str(open_run(_absolute(arguments.run)).path),
                format=arguments.format,
                to=str(_absolute(arguments.to)),
                quantize=arguments.quantize,
            )
        )

    def report(self, arguments: Arguments) -> int:
        """Write a run as a page that prints well, or as a model card."""
        wanted: dict[DocumentId, str] = {"report": arguments.to, "card": arguments.card}
        if not any(wanted.values()):
            wanted["report"] = str(_absolute(arguments.run) / "report.html")
        codes = [self._document(arguments, name, to) for name, to in wanted.items() if to]
        return max(codes)

    def script(self, arguments: Arguments) -> int:
        """Write a run as a Python script that needs no tlgui."""
        return self._document(arguments, "script", arguments.to)

    def presets(self, arguments: Arguments) -> int:
        """List, import, pack or remove pretrained models."""
        act = {
            "list": self._list_presets,
            "import": self._import_presets,
            "pack": self._pack_presets,
            "remove": self._remove_presets,
        }
        act[arguments.action](arguments)
        return DONE

    def strategies(self, arguments: Arguments) -> int:
        """List the ways to fine-tune."""
        for strategy in STRATEGIES.values():
            words = STRATEGY_WORDS[strategy.id]
            text = f"{strategy.id}: {words.title} ({words.term}). {words.sentence}"
            self._output.record(_strategy_record(strategy), text)
        return DONE

    def runs(self, arguments: Arguments) -> int:
        """List the runs in the application's folder, the latest first."""
        for run in list_runs(self._home.runs):
            try:
                self._list_run(run)
            except TlguiError as error:  # one damaged run hides no other
                record = {"run": str(run.path), "status": "damaged", "test_accuracy": None}
                self._output.record(record, error_sentence(error.code, error.detail))
        return DONE

    def doctor(self, arguments: Arguments) -> int:
        """Say what works on this computer and what does not."""
        from tlgui.engine.doctor import examine

        with noise_into(self._home.path / "doctor.log"):
            findings = [*examine(open_library(self._home), self._home)]
        for finding in findings:
            mark = "ok" if finding.works else "PROBLEM"
            self._output.record(asdict(finding), f"{mark:8}{finding.name}: {finding.text}")
        return DONE if all(finding.works for finding in findings) else RUN_FAILED

    def _document(self, arguments: Arguments, document: DocumentId, to: str) -> int:
        return self._do(
            DocumentJob(
                folder=self._job_folder("document"),
                requested_s=self._requested_s,
                run=str(open_run(_absolute(arguments.run)).path),
                document=document,
                to=str(_absolute(to)),
            )
        )

    def _planned(self, arguments: Arguments, settings: Mapping[str, str], dataset: Dataset) -> Plan:
        """Return the plan that a person gave, or what the advisor makes of it."""
        from tlgui.engine.advising.advisor import Wish, find_advice, suitable_presets

        library, strategy = open_library(self._home), arguments.strategy
        suitable = suitable_presets(dataset, library, arguments.preset)
        if len(suitable) == 1 and strategy and not _is_open(strategy, settings):
            return make_plan(suitable[0], strategy=strategy, settings=settings)
        wish = Wish(
            level=arguments.level,
            preset=arguments.preset,
            strategy=strategy,
            settings=settings,
        )
        channel = Channel(None, [] if arguments.json else [self._output.event])
        with _requests(channel), noise_into(Path(os.devnull)):
            _, advice = find_advice(dataset, library, wish, channel)
        for line in advice_lines(advice):
            self._output.note(line)
        return advice.plan

    def _list_presets(self, arguments: Arguments) -> None:
        library = open_library(self._home)
        for info in library.catalog.values():
            folder = preset_folder(info, library.search_path)
            self._output.record(preset_record(info, folder), preset_sentence(info, folder))

    def _import_presets(self, arguments: Arguments) -> None:
        from tlgui.engine.models.import_gate import import_models
        from tlgui.engine.models.judged import Shelf

        shelf = Shelf(self._home.models, open_library(self._home).published())
        for what in arguments.what:
            for found in import_models(_absolute(what), shelf, arguments.name):
                folder = shelf.folder / found.info.id
                record = preset_record(found.info, folder) | {"was_there": found.was_there}
                self._output.record(record, import_sentence(found.info, found.was_there))

    def _pack_presets(self, arguments: Arguments) -> None:
        from tlgui.engine.models.packs import write_pack

        to = _absolute(arguments.to)
        num_bytes = write_pack(open_library(self._home), arguments.what, to)
        names = ", ".join(arguments.what)
        record = {"pack": str(to), "presets": arguments.what, "bytes": num_bytes}
        self._output.record(record, f"{to}: {names}, {size(num_bytes)}")

    def _remove_presets(self, arguments: Arguments) -> None:
        from tlgui.engine.models.judged import Shelf

        library = open_library(self._home)
        shelf = Shelf(self._home.models, library.published())
        for name in arguments.what:
            library.folder(name)  # raises where there is none
            shelf.remove(name)
            self._output.record({"id": name, "removed": True}, f"{name} is removed.")

    def _list_run(self, run: RunFolder) -> None:
        status, accuracy = run.status(), None
        text = f"{run.path}: {RUN_STATUSES[status]}"
        if run.has_evaluation():
            evaluation = run.read_evaluation()
            accuracy = asdict(evaluation.accuracy)
            text += f", {verdict(evaluation)[0].lower()}"
        record = {"run": str(run.path), "status": status, "test_accuracy": accuracy}
        self._output.record(record, text)

    def _scanned(self, arguments: Arguments, is_shown: bool = True) -> Dataset:
        from tlgui.engine.data.scan import scan_folder
        from tlgui.engine.data.tables import TableColumns

        source = _absolute(arguments.folder)
        columns = TableColumns(text=arguments.text_column, label=arguments.label_column)
        count_tokens = token_counter(open_library(self._home))
        channel = Channel(None, [self._output.event] if is_shown else [])
        with _requests(channel), noise_into(Path(os.devnull)):  # of libtiff and Pillow
            return scan_folder(source, channel, None, columns, count_tokens, self._home)

    def _tokens_read(self) -> int:
        preset = open_library(self._home).catalog.get(DEFAULT_PRESETS["text"])
        return preset.sequence_length if preset else 0

    def _train(self, path: Path) -> int:
        code = self._do(TrainJob(folder=str(path), requested_s=self._requested_s))
        if code == DONE:
            evaluation = open_run(path).read_evaluation()
            for line in (caution(evaluation), reference_sentence(evaluation)):
                self._output.note(line)
        return code

    def _do(self, job: Job) -> int:
        write_job(job)
        channel = Channel(Path(job.folder), [self._output.event, self._remember])
        with _requests(channel), noise_into(Path(job.folder, ENGINE_LOG)):
            run_job(job, channel)
        match self._end:
            case RunFailed():
                return EXIT_CODES[self._end.code]
            case RunStopped() | JobCancelled():
                return STOPPED
        return DONE

    def _sort(self, csv: Path, copies: Path) -> int:
        folder = self._job_folder("sort")
        job = SortJob(folder=folder, requested_s=self._requested_s, csv=str(csv), to=str(copies))
        code = self._do(job)
        if code == STOPPED:
            self._output.note(f"Stopped before the end: the copies so far stay in {copies}.")
        return code

    def _remember(self, event: Event) -> None:
        if event.ends_job:
            self._end = event

    def _job_folder(self, kind: str) -> str:
        return str(free_name(self._home.jobs, kind))


def _strategy_record(strategy: Strategy) -> dict[str, object]:
    return {
        "id": strategy.id,
        **asdict(STRATEGY_WORDS[strategy.id]),
        **asdict(STRATEGY_HELP[strategy.id]),
        "source": strategy.source,
        "architectures": strategy.architectures,
        "is_pretrained": strategy.is_pretrained,
        "phases": [
            {"words": PHASES[p.id], "id": p.id, "solver": p.solver, "trains": asdict(p.trains)}
            for p in strategy.phases
        ],
    }


def _check_usage(library: PresetLibrary, arguments: Arguments, settings: Mapping[str, str]) -> None:
    """Tell of wrong usage before anything is read."""
    if arguments.strategy and arguments.strategy not in STRATEGIES:
        known = ", ".join(STRATEGIES)
        raise TlguiError("strategy_unknown", name=arguments.strategy, known=known)
    if arguments.preset:
        library.folder(arguments.preset)  # it has to be on this computer
        info = library.catalog[arguments.preset]
        make_plan(info, strategy=arguments.strategy or DEFAULT_STRATEGY, settings=settings)


def _is_open(strategy: str, settings: Mapping[str, str]) -> bool:
    """Return whether the advisor has to say how many epochs a strategy gets."""
    return STRATEGIES[strategy].needs_gradients and "epochs" not in settings


@contextmanager
def _requests(channel: Channel) -> Iterator[None]:
    """Let Ctrl-C and a polite kill save everything and stop; a second one does not wait."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        if channel.request:
            raise KeyboardInterrupt
        channel.request = "pause"

    before = {n: signal.signal(n, on_signal) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _absolute(path: str | Path) -> Path:
    return Path(path).expanduser().absolute()


_COMMANDS: Final[dict[str, Callable[[Commands, Arguments], int]]] = {
    "scan": Commands.scan,
    "advise": Commands.advise,
    "train": Commands.train,
    "find-rate": Commands.find_rate,
    "resume": Commands.resume,
    "evaluate": Commands.evaluate,
    "review": Commands.review,
    "compare": Commands.compare,
    "ensemble": Commands.ensemble,
    "predict": Commands.predict,
    "explain": Commands.explain,
    "export": Commands.export,
    "report": Commands.report,
    "script": Commands.script,
    "presets": Commands.presets,
    "strategies": Commands.strategies,
    "runs": Commands.runs,
    "doctor": Commands.doctor,
}
