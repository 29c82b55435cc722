"""The shapes of the benches' models, and which format each of their tensors has in which form of a file."""

from dataclasses import dataclass

from gguf import GGML_QUANT_SIZES, LlamaFileType
from gguf import GGMLQuantizationType as Format


@dataclass(frozen=True)
class Shape:
    """A model's sizes in the words of its `config.json`."""

    architecture: str
    layers: int
    hidden: int
    experts: int
    experts_per_token: int
    expert_hidden: int
    heads: int
    key_value_heads: int
    vocabulary: int
    rope_base: float
    head_size: int = 128

    @property
    def norms_all_heads(self) -> bool:
        """OLMoE norms the queries of all heads together, Qwen3 those of each head."""
        return self.architecture == "olmoe"


SHAPES = {
    # OLMoE-1B-7B (arXiv 2409.02060).
    "olmoe": Shape("olmoe", 16, 2048, 64, 8, 1024, 16, 16, 50304, 10000.0),
    # Qwen3-30B-A3B (arXiv 2505.09388) with 24 of its 48 layers.
    "qwen3moe": Shape("qwen3moe", 24, 2048, 128, 8, 768, 32, 4, 151936, 1000000.0),
}

FILE_TYPES = {
    "q4_k_m": LlamaFileType.MOSTLY_Q4_K_M, "q5_k_m": LlamaFileType.MOSTLY_Q5_K_M,
    "q6_k": LlamaFileType.MOSTLY_Q6_K, "q8_0": LlamaFileType.MOSTLY_Q8_0, "q4_0": LlamaFileType.MOSTLY_Q4_0,
    "mxfp4": LlamaFileType.MOSTLY_MXFP4_MOE, "bf16": LlamaFileType.MOSTLY_BF16,
}
# The format of most tensors; the exceptions are those that llama-quantize makes.
MAIN = {"q4_k_m": Format.Q4_K, "q5_k_m": Format.Q5_K, "q6_k": Format.Q6_K, "q8_0": Format.Q8_0,
        "q4_0": Format.Q4_0, "mxfp4": Format.Q8_0, "bf16": Format.BF16}


def _gets_more_bits(layer: int, layers: int) -> bool:
    """The first and the last eighth of the layers, and every third between."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def format_of(form: str, name: str, layer: int, layers: int) -> Format:
    """The format of a matrix: `name` without its layer, `form` a key of `MAIN`."""
    if form == "mxfp4" and name.endswith("_exps"):
        return Format.MXFP4
    if form in ("q4_0", "q4_k_m", "q5_k_m") and name == "output":
        return Format.Q6_K
    if form in ("q4_k_m", "q5_k_m") and name in ("attn_v", "ffn_down_exps"):
        return Format.Q6_K if _gets_more_bits(layer, layers) else MAIN[form]
    return MAIN[form]


@dataclass(frozen=True)
class Tensor:
    """One tensor to draw; `deviation` 0 for a norm, whose weights are all one."""

    name: str
    shape: tuple
    format: Format
    deviation: float

    @property
    def elements(self) -> int:
        """Weights of the tensor."""
        count = 1
        for size in self.shape:
            count *= size
        return count

    @property
    def byte_count(self) -> int:
        """Bytes that it takes in a file."""
        per_block, block_bytes = GGML_QUANT_SIZES[self.format]
        return self.elements // per_block * block_bytes

    @property
    def stored_shape(self) -> tuple:
        """The shape as the writer of `gguf` takes it: in bytes for everything that is no Float32."""
        if self.format == Format.F32:
            return self.shape
        per_block, block_bytes = GGML_QUANT_SIZES[self.format]
        return (*self.shape[:-1], self.shape[-1] // per_block * block_bytes)


def tensors(shape: Shape, layers: int, form: str) -> list:
    """All tensors of a model.

    Deviations keep the numbers of a run in the range of trained models: what writes into the residual stream
    is small in deep models, and the router's logits have about the deviation 1.
    """
    hidden, width = shape.hidden, shape.heads * shape.head_size
    inner, experts, key_width = shape.expert_hidden, shape.experts, shape.key_value_heads * shape.head_size
    into, out = 0.02, 0.02 / (2 * layers) ** 0.5
    found = []

    def matrix(name: str, sizes: tuple, deviation: float, layer: int = 0, prefix: str = "") -> None:
        found.append(Tensor(f"{prefix}{name}.weight", sizes, format_of(form, name, layer, layers), deviation))

    def norm(name: str, size: int) -> None:
        found.append(Tensor(f"{name}.weight", (size,), Format.F32, 0.0))

    matrix("token_embd", (shape.vocabulary, hidden), 1.0)
    matrix("output", (shape.vocabulary, hidden), 2 * into)
    norm("output_norm", hidden)
    for layer in range(layers):
        here = f"blk.{layer}."
        norm(f"{here}attn_norm", hidden)
        matrix("attn_q", (width, hidden), into, layer, here)
        matrix("attn_k", (key_width, hidden), into, layer, here)
        matrix("attn_v", (key_width, hidden), into, layer, here)
        matrix("attn_output", (hidden, width), out, layer, here)
        norm(f"{here}attn_q_norm", width if shape.norms_all_heads else shape.head_size)
        norm(f"{here}attn_k_norm", key_width if shape.norms_all_heads else shape.head_size)
        norm(f"{here}ffn_norm", hidden)
        found.append(Tensor(f"{here}ffn_gate_inp.weight", (experts, hidden), Format.F32, hidden**-0.5))
        matrix("ffn_gate_exps", (experts, inner, hidden), into, layer, here)
        matrix("ffn_up_exps", (experts, inner, hidden), into, layer, here)
        matrix("ffn_down_exps", (experts, hidden, inner), 4 * out, layer, here)
    return found
