"""The help page of every strategy, in English."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyHelp:
    """What a person may want to know before choosing a strategy.

    Attributes:
        happens: What is done with the model.
        helps: When it is right, and when not.
        costs: Time, memory and what else it takes.
        knobs: Names of the ``SETTINGS`` that matter most.
    """

    happens: str
    helps: str
    costs: str
    knobs: tuple[str, ...] = ()


STRATEGY_HELP: Final[dict[str, StrategyHelp]] = {
    "feature_extraction": StrategyHelp(
        happens="The model looks at every sample once and turns it into a list of numbers, its "
        "features. A single layer on top of them is then solved to its best: logistic regression, "
        "with a strength against over-fitting that is chosen on the validation samples.",
        helps="It is the honest first answer for any data. With few samples, and with samples "
        "like those the model was pretrained on, more training often brings little. Where your "
        "samples look very different, the features miss what matters and the other ways gain.",
        costs="One pass over the samples and some seconds of solving. No gradients through the "
        "model, so it needs little memory and no GPU.",
        knobs=("augmentation", "pooling", "class_balance"),
    ),
    "nearest_neighbors": StrategyHelp(
        happens="The features of all training samples of a kind are averaged. A new sample gets "
        "the kind whose average is nearest, as in prototypical networks; where two are about as "
        "near, the more frequent kind.",
        helps="With one to ten samples per kind there is not enough to train even one layer, and "
        "averages hold up well. It also shows how clearly the model separates your kinds as it "
        "is. With more samples the trained last layer is better.",
        costs="One pass over the samples; nothing else.",
        knobs=("pooling", "class_balance", "split"),
    ),
    "top_blocks": StrategyHelp(
        happens="First the last layer is found. Then the upper third of the layer groups thaws "
        "and learns in small steps, while everything below stays frozen.",
        helps="Early layers hold what all pictures or texts share, later ones what was special to "
        "the pretraining. Adapting the later ones brings much of the gain for samples that "
        "differ somewhat, and forgets less than training everything.",
        costs="Less time and memory than training everything, since no gradient reaches the lower "
        "layers.",
        knobs=("top_groups", "epochs", "learning_rate"),
    ),
    "head_then_all": StrategyHelp(
        happens="First the last layer is found on the frozen model. Then all weights learn in "
        "small steps from there.",
        helps="A random last layer sends large, misleading corrections through the model in the "
        "first steps and distorts features that were good. Starting from the found layer avoids "
        "that, which helps most on data that differs from the training samples later.",
        costs="Every step computes gradients for the whole model: minutes to hours, and several "
        "times the memory of the model.",
        knobs=("epochs", "learning_rate", "augmentation", "patience"),
    ),
    "full_fine_tuning": StrategyHelp(
        happens="A new last layer and the whole model learn together from the first step. The "
        "steps grow during a short warm-up and then shrink in a straight line.",
        helps="It is the recipe that BERT made common, and a fair comparison with the literature. "
        "It needs enough samples: with few, early steps from the random last layer disturb what "
        "the model knows.",
        costs="As much time and memory per round as any way that trains everything.",
        knobs=("epochs", "learning_rate", "warmup", "batch_size"),
    ),
    "gradual_unfreezing": StrategyHelp(
        happens="After the last layer is found, the topmost group thaws for one round, then the "
        "one below joins, and so on until everything learns. Each earlier group takes steps that "
        "are 2.6 times smaller, and the rate rises quickly and falls slowly.",
        helps="The recipe of ULMFiT for few samples: layers closest to the answer adapt first, "
        "and general knowledge is touched last and least. It works for pictures as well.",
        costs="One round per layer group before the long phase begins. The first rounds are "
        "quick, since little of the model learns yet.",
        knobs=("thaw_steps", "rate_decay", "epochs", "learning_rate"),
    ),
    "discriminative": StrategyHelp(
        happens="After the last layer is found, all groups learn at once, but each earlier one in "
        "steps that are three times smaller than those of the group above it.",
        helps="It keeps the general early layers almost as they were and lets the late ones move. "
        "Also known as layer-wise learning rate decay, it is common when fine-tuning "
        "transformers, where it makes results steadier.",
        costs="As much as training everything, since all gradients are computed.",
        knobs=("rate_decay", "learning_rate", "epochs"),
    ),
    "lora": StrategyHelp(
        happens="After the last layer is found, a pair of thin matrices is laid beside frozen "
        "ones. Their product is added to the frozen matrix and starts at zero, so training begins "
        "at the pretrained model. At the end the product is added into the matrix for good: the "
        "finished model has its old size and speed.",
        helps="Few weights can learn, usually 0.3 to 3 % of them, which guards against "
        "over-fitting and saves the memory that the optimizer would need. The larger the model, "
        "the more it pays. In small networks of convolutions it brings less.",
        costs="Gradients still pass through the model, so a round takes almost as long as when "
        "everything learns; memory and checkpoints shrink.",
        knobs=("lora_rank", "lora_targets", "learning_rate", "epochs"),
    ),
    "adapters": StrategyHelp(
        happens="After the last layer is found, a small module follows each frozen block: it "
        "narrows its input, bends it, widens it again and adds the result. It starts close to "
        "doing nothing.",
        helps="In the original experiments with BERT it came within half a percent of full "
        "fine-tuning while training under 4 % of the weights. For pictures the modules are "
        "1 × 1 convolutions.",
        costs="The modules stay in the finished model, which becomes a little larger and slower.",
        knobs=("adapter_size", "learning_rate", "epochs"),
    ),
    "prompt_tuning": StrategyHelp(
        happens="After the last layer is found, learned vectors that look like tokens to the "
        "model are put before the real ones at every block. Nothing else in the model changes.",
        helps="It trains the fewest weights. In language models it draws level with full "
        "fine-tuning only at billions of weights; in small ones expect less than from the other "
        "ways.",
        costs="Inputs become longer by the learned tokens, also when the finished model is used. "
        "It often needs larger steps and more rounds.",
        knobs=("prompt_tokens", "learning_rate", "epochs"),
    ),
    "bias_and_norm": StrategyHelp(
        happens="After the last layer is found, only the offsets of all layers and the offsets "
        "and scales of their normalizations learn. The large matrices stay frozen.",
        helps="With small and medium data sets it competes with training everything, and there "
        "is little that can over-fit. With many samples the other ways pull ahead.",
        costs="Gradients still pass through the model, but the optimizer holds next to nothing.",
        knobs=("learning_rate", "epochs"),
    ),
    "from_scratch": StrategyHelp(
        happens="The same network starts with random weights and learns all of them from your "
        "samples alone, twice as many rounds as the other ways.",
        helps="It is the baseline: the difference to the other ways is what the transfer from the "
        "pretraining brought. It can catch up only with tens of thousands of samples and much "
        "longer training.",
        costs="The most time of all, since every weight has to be learned.",
        knobs=("epochs", "learning_rate", "augmentation"),
    ),
}
