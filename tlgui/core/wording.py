"""The English sentences that the command line and the window share, by code."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from tlgui.core.dataset import Modality, Problem
from tlgui.core.errors import Detail

# of what a sample is; where nobody knows, sentences say "files"
SAMPLES: Final[dict[Modality, str]] = {"image": "pictures", "text": "texts"}

ERRORS: Final[dict[str, str]] = {
    "bundle_damaged": "The exported model in {path} cannot be used: {reason}. "
    "Export it again, or ask whoever gave it to you for another copy.",
    "catalog_damaged": "The list of models {path} is damaged: {reason}. Install tlgui again.",
    "class_empty": "The folder of the kind “{name}” holds nothing that can be used. "
    "Put files into it, or remove the folder.",
    "class_too_small": "The kind “{name}” has too few samples: {count}. At least 3 are needed: "
    "one to learn from, one to choose by, one to test with.",
    "classes_do_not_match": "The kinds in {path} do not match what the model knows. "
    "Unknown: {unknown}. The model knows: {known}. Rename them to match.",
    "column_missing": "The table {path} has no column “{name}”. It has: {known}. "
    "Rename a column, or name another.",
    "dataset_changed": "{path} is no longer as it was when the data was looked through: {reason}. "
    "Put it back, or open the data again.",
    "disk_full": "The disk is full: {path} could not be written. "
    "Free some space; nothing that was saved before is lost.",
    "engine_died": "The computing process ended unexpectedly: {reason}. "
    "Everything that was saved is kept: try again, or continue the run.",
    "ensemble_has_no_model": "{path} answers with several models together, and this needs a "
    "single one. Take one of the runs it was made from: {known}.",
    "ensemble_mismatch": "{first} and {second} cannot answer together: {reason}. "
    "Choose runs on the same data with the same kinds.",
    "ensemble_not_exportable": "The models of this ensemble read texts in different ways "
    "({known}), and an exported model has one. Use it here, export one of the runs it was made "
    "from, or join runs of the same pretrained model.",
    "ensemble_size": "An ensemble needs 2 to {most} runs, and these would be {count}. "
    "Name more, or fewer.",
    "ensemble_twice": "{first} and {second} are the same model, which would count twice. "
    "Name it once.",
    "ensemble_untested": "The runs have dealt their samples so differently that no {name} sample "
    "is left that none of them has learned from{reason}. Train them with the same seed and the "
    "same split, and they can be judged together.",
    "export_disagrees": "The exported model does not give the same answers as the run: "
    "{reason}. The export was not kept. Please copy the details into a report.",
    "export_format_unknown": "There is no export format “{name}”. There is: {known}.",
    "export_not_possible": "This model cannot be exported as {name}: {reason}. "
    "Choose one of these: {known}.",
    "file_damaged": "{path} cannot be read: {reason}. Choose another file.",
    "files_unreadable": "None of the {count} files in {path} can be read. "
    "The first, {name}: {reason}. Choose another folder.",
    "folder_missing": "There is no folder {path}. Check the name, or plug the drive in.",
    "folder_not_empty": "{path} holds other files already. Choose an empty or a new folder.",
    "folder_not_writable": "{path} cannot be written: {reason}. Choose another folder.",
    "folder_unreadable": "{path} cannot be read: {reason}. Check who may open it.",
    "group_meaningless": "Nothing in {path} belongs together by {name}: no two samples share a "
    "group, or none has one. Group by something else, or by nothing.",
    "group_too_coarse": "The kind “{name}” comes from too few groups: {count}. When groups are "
    "kept together, at least 3 are needed for every kind. Group by something finer.",
    "import_architecture_unknown": "No network that tlgui knows is like the one in {path}: "
    "{reason}. It knows: {known}. Choose the folder of one of those.",
    "import_archive_refused": "{path} was not unpacked: {reason}. Ordinary programs write no such "
    "archives. Get it again from somebody you trust.",
    "import_damaged": "{path} is damaged, or not what it seems to be: {reason}. "
    "Copy or download it again, or choose another.",
    "import_differs": "{path} does not hold the published model “{name}”: its content differs. "
    "Get it again from somebody you trust.",
    "import_format_unknown": "{path} holds no model that tlgui can read: {reason}. "
    "Choose a pack (.tlpack), or the folder of a model with config.json and model.safetensors "
    "or model.weights.h5.",
    "import_incomplete": "{path} is not complete: {name} is missing. "
    "Copy the whole folder of the model, and import the folder.",
    "import_missing": "There is no file or folder {path}. Check the name, or plug the drive in.",
    "import_name_for_many": "{path} holds {count} models, and they cannot all have one name. "
    "Import it without --name.",
    "import_not_safe": "{path} is {kind}. Opening such a file can start a program that hides in "
    "it, so tlgui never does. Ask for the model as safetensors, "
    "which holds nothing but numbers.",
    "import_too_large": "{path} is too large: {reason}. Free some space or memory, "
    "or choose a smaller model.",
    "internal_error": "Something went wrong inside tlgui: {reason}. "
    "What was saved is kept. Please copy the details into a report.",
    "loss_not_finite": "Training lost its footing in epoch {epoch}: the loss is no longer a "
    "number. The best model so far is kept. Try a smaller learning rate.",
    "model_missing": "There is neither a run nor an exported model in {path}. "
    "Choose a folder that tlgui trained or exported.",
    "no_classes": "{path} has no subfolders with pictures or texts. Make one folder per kind, "
    "such as cats and dogs, and put the files into them.",
    "no_result_yet": "The run {path} has no result yet. Train it to the end, or stop and keep it.",
    "nothing_to_resume": "The run {path} is finished: there is nothing to continue. "
    "Start a new run, or look at its result.",
    "one_class": "{path} has only one kind: “{name}”. To tell kinds apart, "
    "at least two are needed.",
    "out_of_memory": "There was not enough memory. Close other programs, "
    "or choose a smaller batch size than {batch_size}.",
    "package_missing": "An export as {name} needs Python packages that are not installed: "
    "{packages}. Install them beside tlgui with “pip install {packages}”, "
    "or choose one of these formats: {known}.",
    "path_not_usable": "{path} cannot be used: {reason}. Choose another.",
    "preset_damaged": "The model {path} is damaged: {reason}. Install it again.",
    "preset_for_other_task": "The model “{name}” is for {task}, and {path} holds {samples}. "
    "Choose one of: {known}.",
    "preset_missing": "The model “{name}” is not on this computer. Import it from a "
    "folder or a pack that somebody gave you (tlgui presets import PATH), or choose one of: "
    "{known}.",
    "preset_not_yours": "The model “{name}” cannot be removed: {reason}. "
    "Only models that you have imported can be.",
    "preset_taken": "Another model on this computer is already called “{name}”. Remove that one "
    "first (tlgui presets remove {name}), or give this one a name (--name).",
    "preset_unknown": "There is no model “{name}”. Choose one of: {known}.",
    "run_busy": "Another tlgui works on {path}. Wait until it is done, or stop it there.",
    "run_damaged": "{path} is damaged: {reason}. Start a new run.",
    "run_missing": "There is no run in {path}. Choose a folder that tlgui trained.",
    "script_not_possible": "A script without tlgui cannot repeat this run: {reason}. "
    "Repeat it with tlgui itself, by the command {command}.",
    "setting_invalid": "“{value}” is no value for {name}: {rule}.",
    "setting_unknown": "There is no setting “{name}”. There is: {known}.",
    "split_missing": "The folder {path} has no “{name}” part. A folder that is already split "
    "needs train and test parts; a validation part is made from train if it is missing.",
    "strategy_not_possible": "The model “{preset}” cannot be trained by “{name}”. "
    "It can be by: {known}.",
    "strategy_unknown": "There is no strategy “{name}”. There is: {known}.",
    "table_damaged": "The table {path} cannot be used: {reason}. "
    "It needs a column of file names or of texts, and to learn from it one of labels.",
}

PROBLEM_SENTENCES: Final[dict[str, str]] = {
    "class_empty": "The folder “{name}” holds nothing that can be used.",
    "class_not_tested": "“{name}” has nothing in the test part, "
    "so nothing can be said about how well it is recognized.",
    "class_too_small": "“{name}” has only {count} usable samples; at least 3 are needed.",
    "deals_differ": "The runs have dealt their samples differently. Together they are judged by "
    "the {count} test samples that none of them has learned from or was chosen by.",
    "duplicates": "Exact copies within “{name}”: {count}, such as of {path}. "
    "Copies are kept on one side when testing.",
    "duplicates_across_splits": "Exact copies in the {name} part of samples in a later part: "
    "{count}, such as of {path}. They are left out of the {name} part.",
    "duplicates_in_two_classes": "The same content lies in more than one kind ({name}): "
    "{reason}. Nobody knows which is right, so all {count} copies are left out.",
    "file_unreadable": "{path} cannot be read: {reason}.",
    "first_frame_only": "{path} has {count} frames or pages; the first one is used.",
    "first_frames_only": "And more files with several frames or pages: {count}, such as {path}. "
    "The first one is used.",
    "label_missing": "Without a label: {count}, such as {path}. They are left out.",
    "mask_missing": "The vocabulary of {name} has no token for hidden words, so the one for "
    "unknown words stands in for it: expect less of learning without labels.",
    "language_differs": "The texts look like {name} (ISO 639), and the model learned from "
    "{reason}: expect less.",
    "classes_alike": "The kinds {name} differ only in upper and lower case. If they are one, give "
    "them one name.",
    "near_duplicates": "Almost the same as another: {count}, such as {path}. "
    "What is almost the same is kept on one side when testing.",
    "near_duplicates_across_splits": "Almost the same as one of a later part: {count} of the "
    "{name} part, such as {path}. The result may look better than it is.",
    "not_copied": "{path} was not copied: {reason}.",
    "not_decoded": "Whole as far as their files tell, and not decoded yet: {count}. Training "
    "decodes each one first; one that is damaged inside is named then, and left out.",
    "relabeled": "Of another kind than their folder or table says, as you decided: {count}, such "
    "as {path}.",
    "replay_left_out": "Left out of the older samples in {path}: {count}. Answers are judged by "
    "them, or they belong to a validation or test part of that folder.",
    "seen_in_training": "The model has learned from {count} of the samples in {path}: "
    "on new ones it is less often right than this result says.",
    "set_aside": "Left out, as you decided: {count}, such as {path}.",
    "sheets_ignored": "Only the first sheet of the workbook is read. Left out: {name}.",
    "split_ignored": "Most say whether they are for train, validation or test, but these do not: "
    "{count}, such as {path}. So the parts of the table are not used.",
    "split_missing": "The part “{name}” of the folder is missing or empty.",
    "texts_cut": "Longer than the {name} tokens that are read: {count} texts, such as {path}. "
    "Their ends are not looked at.",
}

# where one problem stands for several samples
PROBLEM_SENTENCES_OF_MANY: Final[dict[str, str]] = {
    "file_unreadable": "And more that cannot be read: {count}, such as {path}: {reason}.",
}

ACTIVITIES: Final[dict[str, str]] = {
    "listing": "Looking through the folder",
    "reading": "Reading everything once",
    "decoding": "Decoding every picture once",
    "features": "Looking at everything once",
    "variants": "Looking at variants of the pictures",
    "solving": "Finding the best last layer",
    "probing": "Looking at a few samples",
    "loading": "Loading the model",
    "compiling": "Getting ready for the first step",
    "validating": "Trying unseen samples",
    "recalling": "Looking again at what it learned from",
    "testing": "Testing on what it never saw",
    "showing": "Making small pictures of what can be looked at",
    "suspecting": "Looking for wrong labels",
    "hints": "Looking at everything but the content",
    "shortcuts": "Looking for shortcuts",
    "predicting": "Sorting",
    "copying": "Copying into the folders of the kinds",
    "explaining": "Looking for what counts",
    "neighbors": "Looking for what is most like it",
    "reference": "Counting words, for comparison",
    "exporting": "Writing the model",
    "comparing": "Checking the exported model in a fresh process",
}


RUN_STATUSES: Final[dict[str, str]] = {
    "waiting": "not started",
    "running": "running",
    "finished": "finished",
    "stopped": "stopped and kept",
    "paused": "paused",
    "failed": "failed",
    "interrupted": "interrupted, can be continued",
}


class _Lenient(dict[str, Detail]):
    def __missing__(self, key: str) -> str:
        return "unknown"


def error_sentence(code: str, detail: Mapping[str, Detail]) -> str:
    """Return what happened and what to do now; an unknown code still gives a sentence."""
    template = ERRORS.get(code, f"Something went wrong ({code}).")
    return template.format_map(_Lenient(detail))


def problem_sentence(problem: Problem) -> str:
    """Return what a person should know about a problem of the data."""
    template = PROBLEM_SENTENCES.get(problem.code, f"Something is unusual ({problem.code}).")
    if problem.count > 1:
        template = PROBLEM_SENTENCES_OF_MANY.get(problem.code, template)
    return template.format_map(asdict(problem))


def percent(fraction: float) -> str:
    """Return a fraction as a whole percentage, never rounded up to 100 or down to 0."""
    whole = round(fraction * 100)
    if whole == 100 and fraction < 1:
        return "over 99 %"
    if whole == 0 and fraction > 0:
        return "under 1 %"
    return f"{whole} %"


def duration(seconds: float) -> str:
    """Return a rough duration in words, as people say it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.1f} hours"


def size(num_bytes: float) -> str:
    """Return a number of bytes in decimal units, as systems show them."""
    for unit in ("B", "kB", "MB"):
        if num_bytes < 1000:
            return f"{num_bytes:.0f} {unit}"
        num_bytes /= 1000
    return f"{num_bytes:.1f} GB"
