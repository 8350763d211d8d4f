"""Who made the text presets, and what was changed."""

from typing import Final

MINILM: Final = """\
all-MiniLM-L6-v2: a sentence encoder of six layers

Trained by the sentence-transformers community (Nils Reimers and others) on 1.17 billion pairs
of English sentences, starting from MiniLM-L6-H384-uncased, which keeps every second layer of
Microsoft's MiniLM-L12-H384-uncased (Wang et al. 2020, arXiv:2002.10957). Its words are those
of Google's BERT (Devlin et al. 2019, arXiv:1810.04805). Apache License 2.0.

Taken from the Python package {package} {version} (its own code, MIT, is not used),
file {member},
sha256 {sha256},
and from vocab.txt beside it.

Changed for tlgui by resources/convert_preset.py: tensors renamed and laid out as KerasHub's
BertBackbone wants them, the table of token embeddings rounded to 8 bits with one 16-bit scale
for every 32 values, everything else rounded to 16-bit floats, the vocabulary written as a
tokenizer that strips accents, an ONNX graph of the network added. No weight was trained
further.
"""

GLOVE: Final = """\
GloVe: 100-dimensional vectors of English words

Jeffrey Pennington, Richard Socher and Christopher D. Manning (Stanford University) 2014,
"GloVe: Global Vectors for Word Representation", trained on Wikipedia 2014 and Gigaword 5.
Open Data Commons Public Domain Dedication and License 1.0.

Taken from the JavaScript package {package} {version} (packaged by
Sanjaya Kumar Saxena and GRAYPE Systems Private Limited, MIT License),
file {member},
sha256 {sha256}.

Changed for tlgui by resources/convert_preset.py: only the 50,000 most frequent words that its
tokenizer can meet, vectors rounded to 8 bits with one 16-bit scale each, rows of zeros added
for padding and for unknown words, a tokenizer added. No vector was trained further.
"""
