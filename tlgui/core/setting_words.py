"""The English words for every setting and for the values to choose from."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingWords:
    """A setting for people.

    Attributes:
        label: A few words, short enough for a narrow column.
        term: The field's word for it.
        sentence: What it does.
        choices: Values to choose from with their words; () is free text.
    """

    label: str
    term: str
    sentence: str
    choices: tuple[tuple[str, str], ...] = ()


SETTING_WORDS: Final[dict[str, SettingWords]] = {
    "adapt": SettingWords(
        label="Rounds without labels",
        term="domain-adaptive pretraining",
        sentence="First the model gets used to your files as such. 0 skips this.",
    ),
    "adapt_folder": SettingWords(
        label="Folder of more files",
        term="unlabeled data",
        sentence="Looked at in those rounds too; labels are not needed.",
    ),
    "adapter_size": SettingWords(
        label="Width of the layers",
        term="adapter bottleneck",
        sentence="Wider can learn more, and over-fit more.",
    ),
    "augmentation": SettingWords(
        label="Vary the pictures",
        term="augmentation",
        sentence="Each is seen in several ways, mirrored too: wrong for letters, digits and "
        "arrows.",
        choices=(
            ("none", "Not at all"),
            ("gentle", "A little"),
            ("strong", "Strongly"),
            ("scans", "Quarter turns"),
        ),
    ),
    "batch_size": SettingWords(
        label="Samples per step", term="batch size", sentence="Fewer need less memory."
    ),
    "class_balance": SettingWords(
        label="Rare kinds",
        term="class balance",
        sentence="What makes up for kinds with few samples.",
        choices=(
            ("none", "As they are"),
            ("weights", "Count more"),
            ("sampling", "Shown more often"),
        ),
    ),
    "dropout": SettingWords(
        label="Hide features",
        term="dropout",
        sentence="Share of what the last layer does without in a step.",
    ),
    "ema": SettingWords(
        label="Average the weights",
        term="moving average",
        sentence="Keeps a running mean of the model. 0 is off, 0.99 is usual.",
    ),
    "epochs": SettingWords(
        label="Rounds at most", term="epochs", sentence="How often everything is looked at."
    ),
    "ewc": SettingWords(
        label="Guard what matters",
        term="elastic weight consolidation",
        sentence="Holds weights near their start, the important ones most. 0 is off.",
    ),
    "group_by": SettingWords(
        label="Keep together",
        term="group split",
        sentence="Samples of one group are never torn apart.",
    ),
    "l2_sp": SettingWords(
        label="Stay near the start",
        term="L2-SP",
        sentence="Pulls weights toward the pretrained ones. 0 is off.",
    ),
    "label_smoothing": SettingWords(
        label="Doubt the labels",
        term="label smoothing",
        sentence="Share of certainty that labels give up. 0.1 is usual.",
    ),
    "learning_rate": SettingWords(
        label="Size of the steps", term="learning rate", sentence="Smaller is slower and gentler."
    ),
    "lora_rank": SettingWords(
        label="Width of additions",
        term="LoRA rank",
        sentence="Wider can learn more, and over-fit more.",
    ),
    "lora_targets": SettingWords(
        label="Where they are added",
        term="LoRA targets",
        sentence="Everywhere learns more and is slower.",
        choices=(("attention", "Where it attends"), ("all", "Everywhere")),
    ),
    "mixup": SettingWords(
        label="Blend pictures",
        term="MixUp, alpha",
        sentence="Pairs of pictures and their labels are mixed. 0 is off, 0.2 is usual.",
    ),
    "patience": SettingWords(
        label="Patience",
        term="early stopping",
        sentence="Rounds without progress before it ends.",
    ),
    "pooling": SettingWords(
        label="From words to one",
        term="pooling",
        sentence="How what is known of every word becomes one answer.",
        choices=(
            ("mean", "Mean of words"),
            ("first_token", "First token"),
            ("layer_mixture", "Mix of layers"),
        ),
    ),
    "prompt_tokens": SettingWords(
        label="Learned tokens", term="prompt length", sentence="How many stand before every input."
    ),
    "rate_decay": SettingWords(
        label="Slower further down",
        term="layer-wise rate decay",
        sentence="Each earlier group takes steps this many times smaller.",
    ),
    "replay_folder": SettingWords(
        label="Folder to remember",
        term="replay",
        sentence="Samples of the same kinds that later steps keep reminding of.",
    ),
    "replay_fraction": SettingWords(
        label="How much of a step",
        term="replay fraction",
        sentence="Share of the samples that come from that folder.",
    ),
    "schedule": SettingWords(
        label="Course of the steps",
        term="learning rate schedule",
        sentence="How their size changes on the way.",
        choices=(
            ("constant", "Always the same"),
            ("linear", "Falls steadily"),
            ("warmup_cosine", "Falls in a curve"),
            ("slanted_triangular", "Up, then down"),
            ("plateau", "Falls when stuck"),
        ),
    ),
    "seed": SettingWords(
        label="Shuffle number",
        term="random seed",
        sentence="The same number repeats the same run.",
    ),
    "sequence_length": SettingWords(
        label="Tokens that are read",
        term="sequence length",
        sentence="The rest of a longer text is not looked at. More is slower.",
    ),
    "split": SettingWords(
        label="Learn / choose / test",
        term="train, validation, test split",
        sentence="Shares of the samples.",
    ),
    "thaw_steps": SettingWords(
        label="Steps of thawing",
        term="gradual unfreezing",
        sentence="Rounds in which one more group joins; fewer thaw several at once.",
    ),
    "top_groups": SettingWords(
        label="Groups that learn",
        term="unfrozen layer groups",
        sentence="Counted from the last layer down.",
    ),
    "warmup": SettingWords(
        label="Gentle start",
        term="warm-up",
        sentence="Share of the steps that grow from nothing first.",
    ),
    "weight_decay": SettingWords(
        label="Keep weights small",
        term="weight decay",
        sentence="Pulls every weight toward 0. 0 is off.",
    ),
    "word_dropout": SettingWords(
        label="Hide words",
        term="word dropout",
        sentence="Share of the words of a text that are hidden in a step.",
    ),
}
