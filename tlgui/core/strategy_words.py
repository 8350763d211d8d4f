"""The English words for every strategy and phase, of the command line and the window."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyWords:
    """A strategy for people.

    Attributes:
        title: What is done, in plain words.
        term: The field's word for it.
        sentence: One or two sentences: what it does and when it is right.
    """

    title: str
    term: str
    sentence: str


STRATEGY_WORDS: Final[dict[str, StrategyWords]] = {
    "feature_extraction": StrategyWords(
        title="Train only the last layer",
        term="feature extraction",
        sentence="The pretrained model stays as it is, and only its last layer learns your "
        "kinds. Ready in seconds: the first thing to try.",
    ),
    "nearest_neighbors": StrategyWords(
        title="Compare with the average of each kind",
        term="nearest class mean",
        sentence="Nothing is trained: a sample gets the kind whose average it resembles most. "
        "Right for a handful of samples per kind.",
    ),
    "top_blocks": StrategyWords(
        title="Train the upper layers",
        term="partial fine-tuning",
        sentence="The early layers, which know what all pictures or texts share, stay; the last "
        "third adapts. A middle way in time and in risk.",
    ),
    "head_then_all": StrategyWords(
        title="First the last layer, then everything, slowly",
        term="linear probing, then fine-tuning",
        sentence="With the last layer found first, small steps adapt the whole model without "
        "spoiling what it knows. Right where minutes to hours are worth it.",
    ),
    "full_fine_tuning": StrategyWords(
        title="Train everything at once",
        term="full fine-tuning",
        sentence="Last layer and model learn together from the first step. The classic way for "
        "many samples; with few, the model forgets more than it has to.",
    ),
    "gradual_unfreezing": StrategyWords(
        title="Thaw one layer group after another",
        term="gradual unfreezing",
        sentence="Each round reaches one group further down, in smaller steps, so that what the "
        "model knows in general changes last. Right for few samples that look new to it.",
    ),
    "discriminative": StrategyWords(
        title="Train everything, earlier layers more slowly",
        term="discriminative fine-tuning",
        sentence="All layers learn, each earlier group in smaller steps than the one above. "
        "Keeps what is general and adapts what is special.",
    ),
    "lora": StrategyWords(
        title="Train small additions beside the layers",
        term="LoRA, low-rank adaptation",
        sentence="The model stays frozen; pairs of small matrices beside its layers learn "
        "instead, and become part of it at the end. Saves memory, most in large models.",
    ),
    "adapters": StrategyWords(
        title="Insert small layers and train those",
        term="bottleneck adapters",
        sentence="Small new layers between the frozen ones learn to correct what passes through. "
        "Often close to training everything, with a few percent of the weights.",
    ),
    "prompt_tuning": StrategyWords(
        title="Learn extra words that steer the model",
        term="prompt tuning",
        sentence="Nothing in the model changes: a few learned tokens stand before every input and "
        "steer it. Very few weights, and weaker than other ways in small models.",
    ),
    "bias_and_norm": StrategyWords(
        title="Train only offsets and scales",
        term="bias tuning, BitFit",
        sentence="Only the numbers that shift and scale what each layer says learn, about one "
        "weight in a hundred or fewer. Surprisingly good with few samples.",
    ),
    "from_scratch": StrategyWords(
        title="Start from nothing, for comparison",
        term="training from scratch",
        sentence="The same network with random weights: shows what the pretraining brought. Needs "
        "far more samples and time to get as good.",
    ),
}

# short: they stand in the plot
PHASES: Final[dict[str, str]] = {
    "adapt": "from files without labels",
    "adapters": "inserted layers",
    "all": "everything, slowly",
    "bias_and_norm": "offsets and scales",
    "head": "last layer only",
    "low_rank": "small additions",
    "means": "averages of the kinds",
    "prompts": "learned tokens",
    "scratch": "everything, from nothing",
    "thaw": "one group after another",
    "top": "upper layers",
}
