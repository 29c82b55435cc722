"""Writes the tokenizer: from tokenizer.json where there is one, else a vocabulary of single bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from gguf import GGUFWriter, SpecialVocab, TokenType

from .errors import ConversionError

BYTES = 256


def write_vocabulary(writer: GGUFWriter, folder: Path, vocabulary_size: int, pretokenizer: str) -> str:
    """Returns one line that says what was written."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        write_bytes(writer, vocabulary_size)
        return (
            f"no tokenizer.json: a vocabulary of {BYTES} bytes and {vocabulary_size - BYTES} special tokens"
        )
    with open(path, encoding="utf-8") as file:
        tokenizer = json.load(file)
    model = tokenizer.get("model", {})
    if model.get("type", "BPE") != "BPE":
        raise ConversionError(f"{path}: a tokenizer of type {model['type']!r} cannot be converted, only BPE")
    tokens, types = listed(tokenizer, vocabulary_size)
    sentencepiece = bool(model.get("byte_fallback"))
    writer.add_tokenizer_model("llama" if sentencepiece else "gpt2")
    writer.add_tokenizer_pre("default" if sentencepiece else pretokenizer)
    writer.add_token_list(tokens)
    if sentencepiece:
        writer.add_token_scores(scores(tokens, model["merges"]))
        writer.add_add_space_prefix(adds_space(tokenizer))
    writer.add_token_types(types)
    special = SpecialVocab(folder, load_merges=not sentencepiece, n_vocab=len(tokens))
    special.add_to_gguf(writer, quiet=True)
    kind = "SentencePiece-like BPE" if sentencepiece else f"byte-level BPE, pre-tokenizer {pretokenizer}"
    return f"tokenizer.json: {kind}, {len(tokens)} tokens"


def byte_characters() -> list[str]:
    """The printable character that stands for each byte in byte-level BPE vocabularies (the rule of GPT-2).

    Printable bytes of Latin-1 stand for themselves, the others are counted up from U+0100.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(BYTES) if byte not in printable]
    characters = {byte: chr(byte) for byte in printable} | {
        byte: chr(BYTES + i) for i, byte in enumerate(others)
    }
    return [characters[byte] for byte in range(BYTES)]


def write_bytes(writer: GGUFWriter, size: int) -> None:
    """For checkpoints of tests: bytes first, then control tokens, of which the last two are BOS and EOS."""
    if size < BYTES + 2:
        raise ConversionError(f"there is no tokenizer.json, and {size} tokens are too few for one per byte")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(byte_characters() + [f"<|x{token}|>" for token in range(BYTES, size)])
    writer.add_token_types([TokenType.NORMAL] * BYTES + [TokenType.CONTROL] * (size - BYTES))
    # Readers refuse a file of this tokenizer without merges; this one never applies, its result is no token.
    writer.add_token_merges(["h e"])
    writer.add_eos_token_id(size - 1)
    writer.add_bos_token_id(size - 2)
    writer.add_add_bos_token(False)


def listed(tokenizer: dict[str, Any], size: int) -> tuple[list[str], list[TokenType]]:
    """Tokens by id, and their types; ids that the embedding has but the tokenizer lacks are filled up."""
    entries = {id: (text, TokenType.NORMAL) for text, id in tokenizer["model"]["vocab"].items()}
    if tokenizer["model"].get("byte_fallback"):
        unknown = tokenizer["model"].get("unk_token")
        for id, (text, _) in entries.items():
            if re.fullmatch("<0x[0-9A-F]{2}>", text):
                entries[id] = (text, TokenType.BYTE)
            elif text == unknown:
                entries[id] = (text, TokenType.UNKNOWN)
    for added in tokenizer.get("added_tokens", []):
        if entries.get(added["id"], ("", None))[1] != TokenType.UNKNOWN:
            entries[added["id"]] = (
                added["content"],
                TokenType.CONTROL if added["special"] else TokenType.USER_DEFINED,
            )
    if max(entries) >= size:
        raise ConversionError(
            f"tokenizer.json has a token {max(entries)}, config.json a vocabulary of {size}"
        )
    filled = [entries.get(id, (f"[PAD{id}]", TokenType.UNUSED)) for id in range(size)]
    return [text for text, _ in filled], [kind for _, kind in filled]


def scores(tokens: list[str], merges: list[Any]) -> list[float]:
    """SentencePiece merges the best score first: minus the rank of the first merge that makes the token."""
    ranks: dict[str, int] = {}
    for rank, merge in enumerate(merges):
        pair = merge.split(" ") if isinstance(merge, str) else merge
        ranks.setdefault("".join(pair), rank)
    return [-float(ranks[token]) if token in ranks else -1e9 if len(token) == 1 else 0.0 for token in tokens]


def adds_space(tokenizer: dict[str, Any]) -> bool:
    """Whether text is preceded by a space, which tokenizers state in one of two places."""
    described = json.dumps([tokenizer.get("normalizer"), tokenizer.get("pre_tokenizer")])
    return '"Prepend"' in described or bool(re.search(r'"prepend_scheme": "(first|always)"', described))
