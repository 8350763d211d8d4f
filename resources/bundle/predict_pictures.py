"""Tells of which kind pictures are, with the model beside this file. It does not need tlgui.

    pip install -r requirements.txt
    python predict.py photo.jpg another.png

prints one line per picture. Resizing and scaling are inside the model, unless
preprocessing.json says otherwise.
"""

import json
import sys
from pathlib import Path

import numpy as np
from model_runtime import Model
from PIL import Image, ImageOps

HERE = Path(__file__).parent


class Classifier:
    """The model and how pictures reach it."""

    def __init__(self, folder=HERE):
        self.settings = json.loads((folder / "preprocessing.json").read_text("utf-8"))
        self.labels = json.loads((folder / "labels.json").read_text("utf-8"))
        self.model = Model(folder, self.settings)

    def read(self, path):
        """Return a picture as RGB pixels, shape (height, width, 3), upright and on white."""
        side = 2 * self.settings["size_px"]
        image = Image.open(path)
        image.draft(None, (side, side))  # a large photo is read at a reduced size
        if image.mode.startswith("I"):  # 12 or 16 bits
            gray = np.asarray(image)
            image = Image.fromarray((gray // (257 if gray.max() > 4095 else 16)).astype("uint8"))
        image = ImageOps.exif_transpose(image).convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return np.asarray(Image.alpha_composite(white, image).convert("RGB"))

    def probabilities(self, pictures):
        """Return shape (number of pictures, number of labels)."""
        return self.answers(pictures)["probabilities"]

    def answers(self, pictures):
        """Return "probabilities", shape (number of pictures, number of labels).

        Where preprocessing.json says that the model flags_unfamiliar, there is "strangeness" too,
        shape (number of pictures,): above 1 something is unlike all that it was trained on.
        """
        if len({picture.shape for picture in pictures}) > 1:
            said = [self.answers([picture]) for picture in pictures]
            return {name: np.concatenate([one[name] for one in said]) for name in said[0]}
        return self.model({"pixels": np.stack(pictures).astype(np.float32)})


def main(files):
    """Answer the files of the command line."""
    if not files:
        sys.exit(__doc__)
    classifier = Classifier()
    for file in files:
        said = classifier.answers([classifier.read(file)])
        [row] = said["probabilities"]
        best = int(row.argmax())
        is_sure = row[best] >= classifier.settings["not_sure_below"]
        answer = classifier.labels[best] if is_sure else "not sure"
        is_strange = "strangeness" in said and said["strangeness"][0] > 1
        remark = "\tunlike anything it was trained on" if is_strange else ""
        sys.stdout.write(f"{answer}\t{row[best]:.3f}\t{file}{remark}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
