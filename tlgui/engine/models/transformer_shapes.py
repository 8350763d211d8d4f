"""The variables of KerasHub's ``TransformerEncoder``; imports no Keras."""


def transformer_layer_shapes(
    hidden_dim: int, num_heads: int, intermediate_dim: int
) -> dict[str, tuple[int, ...]]:
    """Return the variables' shapes by their paths within one layer."""
    shapes: dict[str, tuple[int, ...]] = {}
    head = (num_heads, hidden_dim // num_heads)
    for name in ("query", "key", "value"):
        shapes[f"self_attention_layer/{name}/kernel"] = (hidden_dim, *head)
        shapes[f"self_attention_layer/{name}/bias"] = head
    shapes["self_attention_layer/attention_output/kernel"] = (*head, hidden_dim)
    shapes["self_attention_layer/attention_output/bias"] = (hidden_dim,)
    for norm in ("self_attention_layer_norm", "feedforward_layer_norm"):
        shapes |= {f"{norm}/gamma": (hidden_dim,), f"{norm}/beta": (hidden_dim,)}
    shapes["feedforward_intermediate_dense/kernel"] = (hidden_dim, intermediate_dim)
    shapes["feedforward_intermediate_dense/bias"] = (intermediate_dim,)
    shapes["feedforward_output_dense/kernel"] = (intermediate_dim, hidden_dim)
    shapes["feedforward_output_dense/bias"] = (hidden_dim,)
    return shapes
