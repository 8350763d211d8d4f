"""A paragraph for the methods section of a paper, with the sources that it rests on."""

import re
from collections.abc import Iterator
from typing import Final

from tlgui.core.catalog import PresetInfo
from tlgui.core.energy_words import energy_value
from tlgui.core.evaluation import Estimate, Evaluation
from tlgui.core.phase import Phase
from tlgui.core.strategies import STRATEGIES
from tlgui.core.strategy_words import STRATEGY_WORDS
from tlgui.core.wording import SAMPLES, duration
from tlgui.engine.reporting.run_facts import RunFacts

# by family, or by preset where another paper describes it
ARCHITECTURES: Final[dict[str, str]] = {
    "albert": "Lan et al. 2019, ALBERT: a lite BERT, arXiv:1909.11942",
    "all_minilm_l6_v2_en": "Reimers and Gurevych 2019, Sentence-BERT, arXiv:1908.10084; "
    "Wang et al. 2020, MiniLM, arXiv:2002.10957",
    "bert": "Devlin et al. 2018, BERT, arXiv:1810.04805",
    "clip_vision": "Radford et al. 2021, Learning transferable visual models from natural "
    "language supervision, arXiv:2103.00020",
    "convnext": "Liu et al. 2022, A ConvNet for the 2020s, arXiv:2201.03545",
    "cspnet": "Wang et al. 2019, CSPNet, arXiv:1911.11929",
    "deberta_v3": "He et al. 2021, DeBERTaV3, arXiv:2111.09543",
    "deit": "Touvron et al. 2020, Training data-efficient image transformers, arXiv:2012.12877",
    "densenet": "Huang et al. 2016, Densely connected convolutional networks, arXiv:1608.06993",
    "dinov2": "Oquab et al. 2023, DINOv2, arXiv:2304.07193",
    "distil_bert": "Sanh et al. 2019, DistilBERT, arXiv:1910.01108",
    "efficientnet": "Tan and Le 2019, EfficientNet: rethinking model scaling for convolutional "
    "neural networks, arXiv:1905.11946",
    "efficientnet_lite": "Tan and Le 2019, EfficientNet: rethinking model scaling for "
    "convolutional neural networks, arXiv:1905.11946",
    "efficientnet_tf": "Tan and Le 2019, EfficientNet: rethinking model scaling for "
    "convolutional neural networks, arXiv:1905.11946",
    "electra": "Clark et al. 2020, ELECTRA, arXiv:2003.10555",
    "gpt2": "Radford et al. 2019, Language models are unsupervised multitask learners",
    "hgnet_v2": "PaddleClas authors 2023, PP-HGNetV2, github.com/PaddlePaddle/PaddleClas",
    "mobilenet_v2": "Sandler et al. 2018, MobileNetV2: inverted residuals and linear "
    "bottlenecks, arXiv:1801.04381",
    "mobilenet_v3": "Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244",
    "resnet": "He et al. 2015, Deep residual learning for image recognition, arXiv:1512.03385",
    "roberta": "Liu et al. 2019, RoBERTa, arXiv:1907.11692",
    "siglip_vision": "Zhai et al. 2023, Sigmoid loss for language image pre-training, "
    "arXiv:2303.15343",
    "swin": "Liu et al. 2021, Swin transformer, arXiv:2103.14030",
    "vgg": "Simonyan and Zisserman 2014, Very deep convolutional networks for large-scale image "
    "recognition, arXiv:1409.1556",
    "vit": "Dosovitskiy et al. 2020, An image is worth 16x16 words, arXiv:2010.11929",
    "word_vectors": "Pennington et al. 2014, GloVe: global vectors for word representation, "
    "doi:10.3115/v1/D14-1162",
    "tfidf": "Salton and Buckley 1988, Term-weighting approaches in automatic text retrieval, "
    "doi:10.1016/0306-4573(88)90021-0",
    "xception": "Chollet 2016, Xception: deep learning with depthwise separable convolutions, "
    "arXiv:1610.02357",
    "xlm_roberta": "Conneau et al. 2019, Unsupervised cross-lingual representation learning at "
    "scale, arXiv:1911.02116",
}
ADAMW: Final = "Loshchilov and Hutter 2017, Decoupled weight decay, arXiv:1711.05101"
HEAD: Final = "Kornblith et al. 2019, Do better ImageNet models transfer better?, arXiv:1805.08974"
MEANS: Final = "Snell et al. 2017, Prototypical networks for few-shot learning, arXiv:1703.05175"
MEAN: Final = "Lakshminarayanan et al. 2017, Deep ensembles, arXiv:1612.01474"
WITHOUT_LABELS: Final = "Gururangan et al. 2020, Don't stop pretraining, arXiv:2004.10964"
CALIBRATION: Final = "Guo et al. 2017, On calibration of modern neural networks, arXiv:1706.04599"
WILSON: Final = "Wilson 1927, Probable inference, the law of succession, and statistical inference"
BOOTSTRAP: Final = "Efron 1979, Bootstrap methods: another look at the jackknife"
ENERGY: Final = "Courty et al., CodeCarbon, doi:10.5281/zenodo.4658424"
KERAS: Final = "Chollet et al. 2015, Keras, keras.io"
SCIKIT_LEARN: Final = "Pedregosa et al. 2011, Scikit-learn: machine learning in Python, JMLR 12"

_MARK: Final = re.compile(r"\[\[(.+?)\]\]")
_ARXIV: Final = re.compile(r"arXiv:[0-9.]+[0-9]")


def methods(facts: RunFacts) -> tuple[str, tuple[str, ...]]:
    """Return the paragraph, whose numbers in brackets are those of the sources, and these."""
    text = " ".join(filter(None, _sentences(facts)))
    sources: dict[str, str] = {}
    for source in _MARK.findall(text):
        longest = max(sources.get(_key(source), ""), source, key=len)
        sources[_key(source)] = longest  # a paper that is known with and without its title
    numbers = {key: number for number, key in enumerate(sources, start=1)}
    return _MARK.sub(lambda m: f"[{numbers[_key(m[1])]}]", text), tuple(sources.values())


def _key(source: str) -> str:
    found = _ARXIV.findall(source)
    return found[0] if len(found) == 1 else source


def _sentences(facts: RunFacts) -> Iterator[str]:
    yield _model(facts)
    yield _data(facts)
    if not facts.plan.members:
        yield from _training(facts)
    if facts.evaluation is not None:
        yield from _results(facts.evaluation)
    yield _effort(facts)


def _model(facts: RunFacts) -> str:
    samples, count = SAMPLES[facts.dataset.modality], len(facts.dataset.classes)
    task = f"to tell {count} classes of {samples} apart, with tlgui{_version(facts, 'tlgui')}."
    preset, members = facts.preset, facts.plan.members
    if members:
        listed = "; ".join(f"{m.preset}, strategy {m.strategy}" for m in members)
        return (
            f"We averaged the probabilities of {len(members)} models ({listed}) [[{MEAN}]] {task}"
        )
    if preset is None:
        return f"We trained {facts.plan.preset} {task}"
    paper = ARCHITECTURES.get(preset.id) or ARCHITECTURES.get(preset.family)
    source = f" [[{paper}]]" if paper else ""
    return f"We trained {preset.title}{source}{_pretraining(facts, preset)} {task}"


def _pretraining(facts: RunFacts, preset: PresetInfo) -> str:
    if not preset.num_parameters:
        return ""
    size = f"{preset.num_parameters / 1e6:.1f} million parameters"
    if not facts.plan.is_pretrained:
        return f" ({size}, from random weights)"
    return f" ({size}, pretrained on {preset.trained_on})"


def _data(facts: RunFacts) -> str:
    dataset, split = facts.dataset, facts.plan.split
    counts = [len(dataset.of_split(name)) for name in ("train", "validation", "test")]
    if not sum(counts):
        return f"The data had {len(dataset.samples):,} samples."
    how = "as the data came" if dataset.presplit else "stratified by class"
    if split.group_by and not dataset.presplit:
        how += f", with groups ({split.group_by}) kept together"
    return (
        f"The {sum(counts):,} samples were divided into {counts[0]:,} for training, {counts[1]:,} "
        f"for validation and {counts[2]:,} for testing, {how}; exact copies never stood on two "
        f"sides (seed {facts.plan.seed})."
    )


def _training(facts: RunFacts) -> Iterator[str]:
    strategy = STRATEGY_WORDS.get(facts.plan.strategy)
    term = strategy.term if strategy else facts.plan.strategy
    known = STRATEGIES.get(facts.plan.strategy)
    sources = "".join(f" [[{source}]]" for source in known.source.split("; ")) if known else ""
    yield f"The method was {term}{sources}."
    done: list[str] = []
    for phase in facts.plan.phases:
        sentence = _phase(phase, facts)
        if sentence not in done:  # thawing has many that differ only in how deep they reach
            done.append(sentence)
    yield from done
    if any(phase.solver == "gradient" for phase in facts.plan.phases):
        yield "The epoch with the lowest calibrated validation loss was kept."


def _phase(phase: Phase, facts: RunFacts) -> str:
    match phase.solver:
        case "convex":
            strengths = ", ".join(f"{s:g}" for s in sorted(phase.l2_strengths))
            return (
                "The last layer was solved as multinomial logistic regression on "
                f"{_inputs(facts)}, "
                f"with the L2 strength that had the lowest validation loss among "
                f"{strengths} [[{HEAD}]] (scikit-learn{_version(facts, 'scikit-learn')} "
                f"[[{SCIKIT_LEARN}]])."
            )
        case "neighbors":
            return f"The last layer was made of the mean features of each class [[{MEANS}]]."
        case "gradient":
            return (
                f"In Keras{_version(facts, 'keras')} [[{KERAS}]], AdamW [[{ADAMW}]] took steps of "
                f"{facts.plan.batch_size} samples with a peak learning rate of "
                f"{phase.learning_rate:g} ({phase.schedule.replace('_', ' ')} schedule, warm-up "
                f"{phase.warmup_fraction:.0%}, weight decay {phase.weight_decay:g}) for at most "
                f"{phase.epochs} epochs, with a patience of {phase.patience}"
                f"{_regularization(phase)}."
            )
    kind = phase.solver.replace("_", " ")
    return (
        f"Before that, {phase.epochs} epochs were spent without labels ({kind}) "
        f"[[{WITHOUT_LABELS}]]."
    )


def _inputs(facts: RunFacts) -> str:
    is_counted = facts.preset is not None and facts.preset.architecture == "counts"
    return "weighted counts of words (TF-IDF)" if is_counted else "standardized features"


def _regularization(phase: Phase) -> str:
    ours = phase.regularization
    named = {
        "dropout": ours.dropout,
        "label smoothing": ours.label_smoothing,
        "MixUp": ours.mixup,
        "word dropout": ours.word_dropout,
        "L2-SP": ours.l2_sp,
        "elastic weight consolidation": ours.ewc,
        "moving average of the weights": ours.ema,
        "replay": ours.replay_fraction,
    }
    parts = [f"{name} {value:g}" for name, value in named.items() if value]
    if ours.augmentation != "none":
        parts.append(f"{ours.augmentation} augmentation")
    return f"; {', '.join(parts)}" if parts else ""


def _results(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.certainty is not None:
        yield (
            f"Probabilities were calibrated by temperature scaling (T = "
            f"{evaluation.certainty.temperature:.2f}) on the validation samples [[{CALIBRATION}]]."
        )
    yield (
        f"On {evaluation.num_samples:,} test samples, accuracy was "
        f"{_estimate(evaluation.accuracy)} (95 % interval after Wilson [[{WILSON}]]), balanced "
        f"accuracy {_estimate(evaluation.balanced_accuracy)} and macro-F1 "
        f"{_estimate(evaluation.macro_f1)} (bootstrap intervals [[{BOOTSTRAP}]]); always guessing "
        f"the most frequent class would give {evaluation.majority_baseline:.3f}."
    )


def _effort(facts: RunFacts) -> str:
    energy, device = facts.energy, facts.state.device
    where = f" on {device.name}" if device is not None and device.name else ""
    if energy is None:
        return f"It was computed{where}." if where else ""
    return (
        f"The run took {duration(energy.duration_s)}{where} and {energy_value(energy)} "
        f"[[{ENERGY}]]."
    )


def _estimate(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _version(facts: RunFacts, package: str) -> str:
    packages = facts.environment.get("packages")
    found = packages.get(package) if isinstance(packages, dict) else None
    return f" {found}" if found else ""
