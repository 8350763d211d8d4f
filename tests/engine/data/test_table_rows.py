import os

import pytest

from tests.engine.data.tables_of_texts import scan
from tlgui.core.errors import TlguiError

pytestmark = pytest.mark.usefixtures("no_language")


def test_a_pipe_is_no_table(tmp_path):
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(TlguiError):
        scan(tmp_path)
