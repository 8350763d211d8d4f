"""What can go wrong, by code; the sentences live in ``wording.py``."""

from typing import Final

Detail = str | int | float

DONE: Final = 0
WRONG_USAGE: Final = 2
NOT_USABLE: Final = 3
RUN_FAILED: Final = 4
STOPPED: Final = 130

EXIT_CODES: Final[dict[str, int]] = {
    "bundle_damaged": NOT_USABLE,
    "catalog_damaged": NOT_USABLE,
    "class_empty": NOT_USABLE,
    "class_too_small": NOT_USABLE,
    "classes_do_not_match": NOT_USABLE,
    "column_missing": NOT_USABLE,
    "dataset_changed": NOT_USABLE,
    "disk_full": RUN_FAILED,
    "ensemble_has_no_model": NOT_USABLE,
    "ensemble_mismatch": NOT_USABLE,
    "ensemble_not_exportable": NOT_USABLE,
    "ensemble_size": WRONG_USAGE,
    "ensemble_twice": WRONG_USAGE,
    "ensemble_untested": NOT_USABLE,
    "engine_died": RUN_FAILED,
    "export_disagrees": RUN_FAILED,
    "export_format_unknown": WRONG_USAGE,
    "export_not_possible": WRONG_USAGE,
    "file_damaged": NOT_USABLE,
    "files_unreadable": NOT_USABLE,
    "folder_missing": NOT_USABLE,
    "folder_not_empty": NOT_USABLE,
    "folder_not_writable": NOT_USABLE,
    "folder_unreadable": NOT_USABLE,
    "group_meaningless": NOT_USABLE,
    "group_too_coarse": NOT_USABLE,
    "import_architecture_unknown": NOT_USABLE,
    "import_archive_refused": NOT_USABLE,
    "import_damaged": NOT_USABLE,
    "import_differs": NOT_USABLE,
    "import_format_unknown": NOT_USABLE,
    "import_incomplete": NOT_USABLE,
    "import_missing": NOT_USABLE,
    "import_name_for_many": WRONG_USAGE,
    "import_not_safe": NOT_USABLE,
    "import_too_large": NOT_USABLE,
    "internal_error": RUN_FAILED,
    "loss_not_finite": RUN_FAILED,
    "model_missing": NOT_USABLE,
    "no_classes": NOT_USABLE,
    "no_result_yet": NOT_USABLE,
    "nothing_to_resume": NOT_USABLE,
    "one_class": NOT_USABLE,
    "out_of_memory": RUN_FAILED,
    "package_missing": NOT_USABLE,
    "path_not_usable": NOT_USABLE,
    "preset_damaged": NOT_USABLE,
    "preset_missing": NOT_USABLE,
    "preset_not_yours": NOT_USABLE,
    "preset_taken": NOT_USABLE,
    "preset_unknown": WRONG_USAGE,
    "run_busy": NOT_USABLE,
    "run_damaged": NOT_USABLE,
    "run_missing": NOT_USABLE,
    "preset_for_other_task": WRONG_USAGE,
    "script_not_possible": NOT_USABLE,
    "setting_invalid": WRONG_USAGE,
    "setting_unknown": WRONG_USAGE,
    "split_missing": NOT_USABLE,
    "strategy_not_possible": WRONG_USAGE,
    "strategy_unknown": WRONG_USAGE,
    "table_damaged": NOT_USABLE,
}


class TlguiError(Exception):
    """An error that a person can act on.

    Attributes:
        code: A key of ``EXIT_CODES``; ``wording.py`` has a sentence for each.
        detail: What the sentence names: files, classes, reasons, numbers.
    """

    def __init__(self, code: str, **detail: Detail) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    @property
    def exit_code(self) -> int:
        """The exit code of a command that ends with this error."""
        return EXIT_CODES[self.code]
