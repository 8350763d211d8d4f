"""What other programs rely on: exit codes, lines of JSON, files; every command is a process."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tlgui.core.events import from_json
from tlgui.core.run_folder import RunFolder
from tlgui.core.strategies import STRATEGIES

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.engine


def tlgui(*arguments, home=None):
    """Run a command; return (exit code, lines of standard output, standard error)."""
    environment = dict(os.environ)
    if home:
        environment["TLGUI_HOME"] = str(home)
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """A folder with three classes of the example, twelve pictures each."""
    folder = tmp_path_factory.mktemp("data") / "my pictures ü"
    for name in ("birds", "fruit", "vehicles"):
        (folder / name).mkdir(parents=True)
        for file in sorted((ROOT / "resources/examples/pictures" / name).iterdir())[:12]:
            shutil.copy(file, folder / name)
    return folder


@pytest.fixture(scope="module")
def trained(example, tmp_path_factory):
    """A run of the command line and what it printed with --json."""
    run = tmp_path_factory.mktemp("runs") / "a run"
    code, lines, error = tlgui(
        "train", example, "--run", run, "--json", home=tmp_path_factory.mktemp("home")
    )
    assert code == 0, error
    return run, [json.loads(line) for line in lines]


def test_train_ends_with_the_run_its_best_epoch_and_its_accuracy(trained):
    run, events = trained

    assert events[-1]["kind"] == "run_finished"
    assert events[-1]["run"] == str(run)
    assert events[-1]["best_epoch"] == 1
    assert 0 <= events[-1]["val_accuracy"] <= 1


def test_first_result_comes_with_its_interval_and_time(trained):
    first = next(e for e in trained[1] if e["kind"] == "first_result")

    assert set(first["val_accuracy"]) == {"value", "low", "high"}
    assert first["elapsed_s"] > 0


def test_lines_are_the_events_of_the_run_folder(trained):
    run, events = trained
    on_disk = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]

    assert events == on_disk
    assert [event["seq"] for event in on_disk] == list(range(1, len(on_disk) + 1))
    assert all(from_json(json.dumps(event)) for event in events)


def test_evaluation_of_another_folder_ends_with_the_same_object(trained, example):
    code, lines, _ = tlgui("evaluate", trained[0], "--folder", example, "--json")
    end = json.loads(lines[-1])

    assert code == 0
    assert end["kind"] == "evaluation_finished"
    written = json.loads((Path(end["folder"]) / "evaluation.json").read_text())
    assert end["evaluation"] == written
    assert end["evaluation"]["num_samples"] == 36


def test_review_says_what_it_found_and_keeps_it_in_the_run(trained):
    code, lines, _ = tlgui("review", trained[0])

    review = json.loads((trained[0] / "review" / "review.json").read_text())
    assert code == 0
    assert any(f"of {review['num_samples']} pictures" in line for line in lines)
    assert str(trained[0] / "review") in lines[-1]


def test_report_and_model_card_are_written_where_they_are_wanted(trained, tmp_path):
    to, card = tmp_path / "odd näme %20 'q.html", tmp_path / "README.md"
    code, lines, error = tlgui("report", trained[0], "--to", to, "--card", card, "--json")

    assert code == 0, error
    written = [json.loads(line) for line in lines]
    assert [(e["kind"], e["file"]) for e in written] == [
        ("document_written", str(to)),
        ("document_written", str(card)),
    ]
    assert "it never saw" in to.read_text(encoding="utf-8")
    assert card.read_text(encoding="utf-8").startswith("---\n")


def test_run_compared_with_itself_is_no_better(trained):
    code, lines, _ = tlgui("compare", trained[0], trained[0], "--json")
    record = json.loads(lines[-1])

    assert code == 0
    assert record["differences"] == record["flips"] == []
    assert record["p_value"] == 1
    assert (
        record["num_samples"]
        == json.loads((trained[0] / "evaluation" / "evaluation.json").read_text())["num_samples"]
    )


def test_run_without_a_result_cannot_be_compared(trained, tmp_path):
    code, _, error = tlgui("compare", trained[0], tmp_path)

    assert code == 3
    assert str(tmp_path) in error


def test_explanation_is_a_picture_and_a_sentence(trained, tmp_path):
    sample = RunFolder(trained[0]).read_dataset().of_split("test")[0]
    to = tmp_path / "why ü %20"

    code, lines, error = tlgui("explain", trained[0], sample.path, "--class=fruit", "--to", to)

    assert code == 0, error
    assert lines[0].startswith(f"{sample.path}: ")
    assert "  Bright places speak for fruit. (Grad-CAM)" in lines
    assert any("Most like it, of what it learned from: " in line for line in lines)
    assert [*to.glob("*-fruit.png")]
    assert lines[-1].endswith(f" explained, 0 not: {to}")
    assert tlgui("explain", trained[0])[0] == 2, "nothing to explain is wrong usage"


def test_predictions_are_a_table_for_everybody(trained, example, tmp_path):
    copies = tmp_path / "sorted copies ü"
    code, lines, _ = tlgui(
        *("predict", trained[0], example / "birds"),
        *("--csv", tmp_path / "p.csv", "--sorted", copies),
    )

    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert code == 0
    assert len(rows) == 12
    assert list(rows[0]) == [
        "file",
        "true",
        "predicted",
        "probability",
        "not_sure",
        "unfamiliar",
        "strangeness",
        "p:birds",
        "p:fruit",
        "p:vehicles",
    ]
    assert "12 answers" in lines[-2]
    assert lines[-1] == f"Copied into {copies}: 12"
    for row in rows:
        file = Path(row["file"])
        kind = "not sure" if row["unfamiliar"] else row["predicted"]
        assert (copies / kind / file.name).read_bytes() == file.read_bytes()


def test_folder_of_other_files_gets_no_copies_and_nothing_is_answered(trained, example, tmp_path):
    command = ("predict", trained[0], example / "birds", "--csv", tmp_path / "p.csv")
    code, lines, error = tlgui(*command, "--sorted", example)

    assert (code, lines) == (3, [])
    assert str(example) in error
    assert not (tmp_path / "p.csv").exists()


def test_answers_below_a_threshold_are_not_sure(trained, example, tmp_path):
    command = ("predict", trained[0], example / "birds", "--csv", tmp_path / "p.csv")

    code, lines, _ = tlgui(*command, "--not-sure-below", "0.9999")

    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    unsure = [row for row in rows if float(row["probability"]) < 0.9999]
    assert code == 0
    assert 0 < len(unsure) == sum(row["not_sure"] == "yes" for row in rows)
    assert sum("not sure, perhaps" in line for line in lines) == len(unsure)


@pytest.mark.parametrize("threshold", ["1", "-0.1", "much", "nan"])
def test_threshold_that_is_no_probability_is_wrong_usage(trained, example, threshold):
    code, _, error = tlgui("predict", trained[0], example, f"--not-sure-below={threshold}")

    assert code == 2
    assert threshold in error


def test_export_is_a_bundle_with_a_certificate(trained, tmp_path):
    code, lines, error = tlgui(
        "export", trained[0], "--format", "onnx", "--to", tmp_path / "bundle", "--json"
    )

    assert code == 0, error
    assert json.loads(lines[-1])["label_agreement"] == 1.0
    assert (tmp_path / "bundle" / "model.onnx").exists()


def test_lists_are_one_record_per_line(tmp_path):
    presets = [json.loads(line) for line in tlgui("presets", "list", "--json")[1]]
    strategies = [json.loads(line) for line in tlgui("strategies", "--json")[1]]

    assert presets[0]["id"] == "efficientnet_lite0_imagenet"
    assert presets[0]["installed"] is True
    known = {"id", "task", "parameters", "bytes", "license", "installed", "title", "embedded"}
    assert known <= set(presets[0])
    assert [s["id"] for s in strategies] == list(STRATEGIES)
    assert all(s["title"] and s["term"] and s["sentence"] and s["source"] for s in strategies)
    assert all(phase["words"] for s in strategies for phase in s["phases"])


def test_runs_of_the_application_are_listed_with_how_they_stand(trained, tmp_path):
    shutil.copytree(trained[0], tmp_path / "runs" / "mine")

    _, lines, _ = tlgui("runs", "--json", home=tmp_path)

    assert [json.loads(line)["status"] for line in lines] == ["finished"]


def test_scan_says_what_the_data_page_would(example):
    code, lines, _ = tlgui("scan", example)

    assert code == 0
    assert "36 pictures in 3 kinds" in "\n".join(lines)


def test_scan_of_a_table_says_which_columns_it_took_and_takes_others(tmp_path):
    kinds = ["good", "bad"] * 3
    rows = [f"{kind},text number {n},{'xy'[n // 3]}" for n, kind in enumerate(kinds)]
    (tmp_path / "t.csv").write_text("\n".join(["label,text,other", *rows]))

    code, lines, _ = tlgui("scan", tmp_path / "t.csv")
    assert code == 0
    assert "6 texts in 2 kinds" in lines
    assert "Texts from the column “text”, labels from “label”" in lines

    code, lines, _ = tlgui("scan", tmp_path / "t.csv", "--label-column", "other", "--json")
    assert code == 0
    assert json.loads(lines[-1])["classes"] == ["x", "y"]

    code, _, error = tlgui("scan", tmp_path / "t.csv", "--text-column", "body")
    assert code == 3
    assert "It has: label, text, other" in error


def test_training_on_texts_tells_of_leaks_and_of_the_bar_to_beat(tmp_path):
    words = {"tea": "leaf kettle pot cup sugar milk", "rain": "cloud wet storm drop umbrella sky"}
    for part, numbers in {"train": range(9), "test": range(4, 12)}.items():  # 5 of them twice
        for kind, own in words.items():
            (tmp_path / "data" / part / kind).mkdir(parents=True)
            for number in numbers:
                text = f"{number} {own} {' '.join(own.split()[number % 6 :])} {number * 7}"
                (tmp_path / "data" / part / kind / f"{number}.txt").write_text(text)

    code, lines, error = tlgui(
        *("train", tmp_path / "data", "--preset", "glove_50k_100d_en"),
        *("--run", tmp_path / "run"),
        home=tmp_path / "home",
    )

    assert code == 0, error
    assert any("Exact copies in the" in line for line in lines), lines
    assert "bar to beat" in lines[-1]
    events = (tmp_path / "run" / "events.jsonl").read_text(encoding="utf-8")
    assert "duplicates_across_splits" in events


def test_doctor_names_the_device_that_computed():
    code, lines, _ = tlgui("doctor", "--json")
    findings = {record["name"]: record for record in map(json.loads, lines)}

    assert code == 0
    assert "pictures/s" in findings.get("cpu", findings.get("gpu"))["text"]
    assert findings["efficientnet_lite0_imagenet"]["works"]


def test_terminal_shows_no_noise_of_libraries(example, tmp_path):
    code, lines, error = tlgui("train", example, "--run", tmp_path / "run")

    assert code == 0
    assert any("of pictures it never saw" in line for line in lines)
    assert error == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["train"],
        ["train", "FOLDER", "--set", "nonsense"],
        ["train", "FOLDER", "--set", "batch_size=0"],
        ["train", "FOLDER", "--set", "split=0/50/50"],
        ["train", "FOLDER", "--set", "volume=11"],
        ["train", "FOLDER", "--strategy", "hope"],
        ["train", "FOLDER", "--preset", "hope"],
        ["train", "FOLDER", "--epochs", "many"],
        ["fly"],
        ["--fly"],
    ],
)
def test_wrong_usage_is_exit_code_2(example, tmp_path, arguments):
    arguments = [example if a == "FOLDER" else a for a in arguments]
    arguments += ["--run", tmp_path / "run"] if arguments[0] == "train" else []

    code, _, error = tlgui(*arguments)

    assert code == 2
    assert error
    assert not (tmp_path / "run").exists()


def no_folder(folder):
    shutil.rmtree(folder)
    return folder.name


def no_classes(folder):
    shutil.rmtree(folder)
    folder.mkdir()
    return "subfolders"


def one_class(folder):
    shutil.rmtree(folder / "birds")
    shutil.rmtree(folder / "fruit")
    return "vehicles"


def empty_class(folder):
    (folder / "clouds").mkdir()
    return "clouds"


def class_with_one_picture(folder):
    (folder / "clouds").mkdir()
    shutil.copy(next((folder / "birds").iterdir()), folder / "clouds" / "only.png")
    (folder / "clouds" / "only.png").write_bytes(changed_png())
    return "clouds"


def only_unreadable_files(folder):
    for file in folder.glob("*/*"):
        file.write_bytes(b"these are not pictures")
    return "read"


def changed_png():
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (9, 9), "red").save(buffer, "png")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        no_folder,
        no_classes,
        one_class,
        empty_class,
        class_with_one_picture,
        only_unreadable_files,
    ],
)
def test_unusable_data_is_exit_code_3_with_a_name_and_a_way_out(example, tmp_path, spoil):
    folder = tmp_path / "data"
    shutil.copytree(example, folder)
    named = spoil(folder)

    code, _, error = tlgui("train", folder, "--run", tmp_path / "run")

    assert code == 3
    assert named in error
    assert error.count(".") >= 2  # what happened, and what to do
    assert "Traceback" not in error
    assert not (tmp_path / "run").exists()


def test_evaluation_with_other_kinds_names_them(trained, example, tmp_path):
    shutil.copytree(example, tmp_path / "data")
    (tmp_path / "data" / "birds").rename(tmp_path / "data" / "planes")

    code, _, error = tlgui("evaluate", trained[0], "--folder", tmp_path / "data")

    assert code == 3
    assert "planes" in error
    assert "birds" in error


@pytest.mark.parametrize("place", ["file/run", "full"])
def test_run_folder_that_cannot_be_used_is_exit_code_3(example, tmp_path, place):
    (tmp_path / "file").write_text("a file, no folder")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("precious")

    code, _, error = tlgui("train", example, "--run", tmp_path / place)

    assert code == 3
    assert str(tmp_path) in error
    assert (tmp_path / "full" / "thesis.txt").read_text() == "precious"


@pytest.mark.parametrize("command", ["resume", "evaluate", "review", "report"])
def test_folder_without_a_run_is_exit_code_3(tmp_path, command):
    code, _, error = tlgui(command, tmp_path)

    assert code == 3
    assert str(tmp_path) in error


def test_finished_run_cannot_be_resumed(trained):
    code, _, error = tlgui("resume", trained[0])

    assert code == 3
    assert "finished" in error


def test_ctrl_c_saves_everything_and_resume_goes_on(example, tmp_path):
    run = tmp_path / "run"
    process = subprocess.Popen(
        [
            *(sys.executable, ROOT / "main.py", "train", example, "--run", run, "--json"),
            *("--strategy", "top_blocks", "--epochs", "1", "--set", "batch_size=2"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    for line in process.stdout:
        if json.loads(line)["kind"] == "step_ended":
            process.send_signal(signal.SIGINT)
            break
    rest = process.communicate()[0].splitlines()

    assert process.returncode == 130
    assert json.loads(rest[-1])["kind"] == "run_stopped"
    assert RunFolder(run).status() == "paused"
    code, lines, _ = tlgui("resume", run, "--json")
    assert code == 0
    assert json.loads(lines[-1])["kind"] == "run_finished"


def test_a_model_travels_on_a_stick_from_one_computer_to_another(tmp_path):
    stick = tmp_path / "stick ä.tlpack"
    name = "glove_50k_100d_en"
    packed = tlgui("presets", "pack", name, "--to", stick, home=tmp_path / "one")
    assert packed[0] == 0, packed[2]

    code, lines, error = tlgui("presets", "import", stick, "--json", home=tmp_path / "two")

    assert code == 0, error
    assert json.loads(lines[0])["folder"] == str(tmp_path / "two/models" / name)
    assert tlgui("presets", "remove", name, home=tmp_path / "two")[0] == 0
    assert not (tmp_path / "two/models" / name).exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["import", "not there"], 3),
        (["import", ROOT / "README.md"], 3),
        (["import", ROOT / "tests"], 3),
        (["remove", "glove_50k_100d_en"], 3),
        (["remove", "nothing"], 2),
        (["pack", "mobilenet_v2_imagenet", "--to", "a.tlpack"], 3),
        (["pack", "glove_50k_100d_en"], 2),
        (["import"], 2),
        (["import", "a", "b", "--name", "c"], 2),
        (["list", "a"], 2),
    ],
)
def test_what_cannot_be_done_with_models_has_its_exit_code(tmp_path, arguments, expected):
    code, lines, error = tlgui("presets", *arguments, home=tmp_path)

    assert (code, lines) == (expected, [])
    assert error.strip()
    assert "Traceback" not in error
