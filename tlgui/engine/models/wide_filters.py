"""Depthwise convolution whose wide filters learn fast without a GPU.

TensorFlow's kernel for the gradient of a depthwise filter is quick up to ``WIDEST`` columns. That
of a wider one is computed in strips side by side: a column's gradient is a sum over the picture
that has nothing to do with other columns.
"""

from typing import Any, Final

import tensorflow as tf

WIDEST: Final = 3

Strides = tuple[int, int]


def convolve_wide(x: Any, kernel: Any, strides: Strides, padding: str) -> Any:
    """Return a depthwise convolution, shape (batch, out height, out width, channels · multiplier).

    Args:
        x: shape (batch, height, width, channels); all but the first are known.
        kernel: shape (rows, columns, channels, multiplier).
        strides: Of rows and columns, which TensorFlow wants to be the same.
        padding: "same" or "valid".
    """
    four, name = (1, *strides, 1), padding.upper()

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def convolve(x: Any, kernel: Any) -> Any:
        def gradients(upstream: Any) -> Any:
            of_x = tf.nn.depthwise_conv2d_backprop_input(tf.shape(x), kernel, upstream, four, name)
            return of_x, _kernel_gradient(x, kernel.shape, upstream, strides, padding)

        return tf.nn.depthwise_conv2d(x, kernel, four, name), gradients

    return convolve(x, kernel)


def _kernel_gradient(
    x: Any, shape: tuple[int, ...], upstream: Any, strides: Strides, padding: str
) -> Any:
    """Return the gradient of a kernel of a shape from that of what it gave."""
    rows, columns, *channels = shape
    (height, width), (out_height, out_width) = x.shape[1:3], upstream.shape[1:3]
    border = _border if padding == "same" else _no_border
    above, below = border(height, out_height, rows, strides[0])
    left, _ = border(width, out_width, columns, strides[1])
    strips = []
    for first in range(0, columns, WIDEST):
        size = min(WIDEST, columns - first)
        before = left - first
        after = (out_width - 1) * strides[1] + size - before - width
        strip = tf.nn.depthwise_conv2d_backprop_filter(
            x[:, :, max(0, -before) : width + min(0, after)],
            (rows, size, *channels),
            upstream,
            (1, *strides, 1),
            ((0, 0), (above, below), (max(0, before), max(0, after)), (0, 0)),
        )
        strips.append(strip)
    return tf.concat(strips, axis=1)


def _border(size: int, out: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the zeros that TensorFlow adds before and after a side."""
    missing = max(0, (out - 1) * stride + kernel - size)
    return missing // 2, missing - missing // 2


def _no_border(size: int, out: int, kernel: int, stride: int) -> tuple[int, int]:
    return 0, 0
