#!/usr/bin/env python3
"""Writes Tests/TokenizationTests/Fixtures/huggingface: tiny tokenizers and what the reference makes of
texts.

    python3 tools/make_tokenizer_fixtures.py

Every tokenizer is trained here by the `tokenizers` PyPI package (tested with 0.23.3) on the text
below, which was written for this purpose, in the configuration of a published family:
NAME/tokenizer.json. expected.json holds the ids that the same package gives for every text, without
and with special tokens, and the text that it decodes to.
"""

import json
import os
import random
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers as cut
from tokenizers import processors, trainers

sys.path.insert(0, os.path.dirname(__file__))
from make_pretokenizer_fixtures import ASIAN, CASED, DEEPSEEK3, KANA, PATTERNS, TRICKY

FOLDER = os.path.join(
    os.path.dirname(__file__), "..", "Tests", "TokenizationTests", "Fixtures", "huggingface"
)
CORPUS = """The sluice was old, and the water behind it older still. Every morning the keeper walked along the
dam, counted the boards (there were 32 of them) and opened four: never more, never fewer. "Why four?" said the
child.
"Because the mill below can grind no faster," said the keeper, "and because it's the right four that matter."
HelloWorld helloWorld XMLHttpRequest; for (int i = 0; i < 1024; i++) { total += value[i] * 2; }
Das Wehr öffnet sich früh. L'eau coule vers la vallée. 水は谷へ流れる。水从山上流下来。물이 흐른다. Вода течёт вниз.
We're sure they've seen it; I'd say you'll like 3.14 and 2,718 and 1,000,000.   Spaces   and\ttabs\tand lines.

""" * 3
TEXTS = TRICKY + [
    "<s>hello</s>", "<|begin|>Hello<|end|>", "x <|pad|> y", "a<tool> b <tool>", "  <|end|>  next",
    "<|begin|><|begin|>", "<|beginning|>", "<unk> <0x41>",
    "cafe\u0301 \u212b \ufb01 \u1100\u1161\u11a8", "▁x ▁▁y", CORPUS[:700],
    "".join(random.Random(5).choice("abcdefgh ") for _ in range(300)),
]
SPECIALS = ["<|begin|>", "<|end|>", "<|pad|>"]


def split(pattern):
    return cut.Split(Regex(pattern), "isolated")


def bytes_of_words(use_regex=False):
    return cut.ByteLevel(add_prefix_space=False, use_regex=use_regex)


def byte_level(steps, size=420, **settings):
    """A byte-level tokenizer whose text is cut by `steps`."""
    tokenizer = Tokenizer(models.BPE(**settings))
    tokenizer.pre_tokenizer = cut.Sequence(steps) if len(steps) > 1 else steps[0]
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=cut.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([CORPUS], trainer)
    tokenizer.add_special_tokens(SPECIALS)
    tokenizer.add_tokens([AddedToken("<tool>", normalized=False)])
    return tokenizer


def with_bos(tokenizer, token="<|begin|>"):
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[token, "$A"], pair=[token, "$A", "$B"], special_tokens=[(token, tokenizer.token_to_id(token))]
    )
    return tokenizer


def characters(normalizer, pre_tokenizer, decoder, strips=False, fallback=True):
    """A SentencePiece-style tokenizer with the tokens of all bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=fallback, fuse_unk=True))
    if normalizer:
        tokenizer.normalizer = normalizer
    # Trained on words, as SentencePiece does, then used without cutting.
    tokenizer.pre_tokenizer = cut.Metaspace(prepend_scheme="always", split=True)
    names = ["<unk>", "<s>", "</s>"] + ([f"<0x{byte:02X}>" for byte in range(256)] if fallback else [])
    trainer = trainers.BpeTrainer(
        vocab_size=len(names) + 300, special_tokens=names, show_progress=False
    )
    tokenizer.train_from_iterator([CORPUS], trainer)
    description = json.loads(tokenizer.to_str())
    added = [token for token in description["added_tokens"] if not token["content"].startswith("<0x")]
    description["added_tokens"] = added
    tokenizer = Tokenizer.from_str(json.dumps(description))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoder
    if strips:
        tokenizer.add_special_tokens([AddedToken(t, rstrip=True, normalized=False) for t in SPECIALS])
        tokenizer.add_tokens([AddedToken("<tool>", lstrip=True, normalized=False)])
    return with_bos(tokenizer, "<s>")


def sentencepiece_decoder():
    return decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )


def families():
    qwen = byte_level([split(PATTERNS["qwen2"][0]), bytes_of_words()])
    qwen.normalizer = normalizers.NFC()
    yield "qwen", qwen
    yield "llama3", with_bos(
        byte_level([split(PATTERNS["llama-bpe"][0]), bytes_of_words()], ignore_merges=True)
    )
    yield "gpt-oss", byte_level([split(PATTERNS["gpt-4o"][0]), bytes_of_words()])
    olmoe = byte_level([bytes_of_words(use_regex=True)])
    olmoe.normalizer = normalizers.NFC()
    yield "olmoe", olmoe
    yield "granite", byte_level([cut.Digits(individual_digits=True), bytes_of_words(use_regex=True)])
    yield "falcon", byte_level(
        [cut.Punctuation("contiguous"), bytes_of_words(use_regex=True), cut.Digits(False)]
        + [split("[0-9][0-9][0-9]")]
    )
    steps = [r"[\r\n]", rf"\s?[{CASED}]+", r"\s?[!-/:-~！-／：-～‘-‟　-。]+", r"\s+$", ASIAN]
    yield "deepseek2", with_bos(
        byte_level([split(s) for s in steps] + [cut.Digits(True), bytes_of_words()])
    )
    # This family's file has line breaks in its patterns where others have escapes.
    breaks = DEEPSEEK3.replace(r"\r", "\r").replace(r"\n", "\n")
    yield "deepseek3", byte_level([split(s) for s in [r"\p{N}{1,3}", KANA, breaks]] + [bytes_of_words()])
    yield "prefixed", byte_level([cut.ByteLevel(add_prefix_space=True, use_regex=True)])
    spaces = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    yield "mixtral", characters(spaces, None, sentencepiece_decoder())
    yield "phi", characters(spaces, None, sentencepiece_decoder(), strips=True)
    for scheme, cuts in [("first", False), ("always", True), ("never", False)]:
        yield f"metaspace-{scheme}", characters(
            None, cut.Metaspace(prepend_scheme=scheme, split=cuts), sentencepiece_decoder()
        )
    yield "no-fallback", characters(spaces, None, sentencepiece_decoder(), fallback=False)


def compositions():
    """Texts with what Normalization Form C makes of them."""
    generator = random.Random(7)
    blocks = [(0x41, 0x5A), (0xC0, 0x17F), (0x300, 0x345), (0x1100, 0x11FF), (0xAC00, 0xAD00)]
    blocks += [(0x1E00, 0x1FFF), (0x900, 0x9FF), (0x2000, 0x2200), (0xF900, 0xFA60)]
    blocks += [(0x1D15E, 0x1D164), (0x5B0, 0x5C7)]
    texts = ["", "abc", "e\u0301", "\u212b", "\u1e0b\u0323", "q\u0307\u0323", "\u1100\u1161\u11a8"]
    texts += ["\uac00\u11a8", "\ufb01", "\u0958", "a\u05ae\u0300", "\u0301e", "\U0002f800"]
    texts += ["e\u0302\u0301", "a\u0315\u0300", "e\u0310\u0301", "\u1100\u0301\u1161"]
    letters = [(0x41, 0x7A), (0xC0, 0xFF), (0x300, 0x345), (0x300, 0x345)]
    for number in range(600):
        source = letters if number % 3 == 0 else blocks
        chosen = [generator.choice(source) for _ in range(generator.randint(1, 8))]
        texts.append("".join(chr(generator.randint(*block)) for block in chosen))
    form = normalizers.NFC()
    return [[text, form.normalize_str(text)] for text in texts]


def main():
    with open(os.path.join(FOLDER, "..", "compositions.json"), "w", encoding="utf-8") as file:
        json.dump(compositions(), file, ensure_ascii=True, indent=0)
    expected = {"texts": TEXTS, "families": {}}
    for index, (name, tokenizer) in enumerate(families()):
        folder = os.path.join(FOLDER, name)
        os.makedirs(folder, exist_ok=True)
        description = json.loads(tokenizer.to_str())
        # Both spellings of merges are in use.
        if index % 2 == 0:
            description["model"]["merges"] = [" ".join(pair) for pair in description["model"]["merges"]]
        with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as file:
            json.dump(description, file, ensure_ascii=False, separators=(",", ":"))
        reference = Tokenizer.from_str(json.dumps(description))
        plain = [reference.encode(text, add_special_tokens=False).ids for text in TEXTS]
        full = [reference.encode(text).ids for text in TEXTS]
        decoded = [reference.decode(ids) for ids in plain]
        expected["families"][name] = {
            "plain": [" ".join(map(str, ids)) for ids in plain],
            "full": [" ".join(map(str, ids)) for ids in full],
            "decoded": [None if text == made else made for text, made in zip(TEXTS, decoded)],
        }
    with open(os.path.join(FOLDER, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file, ensure_ascii=True, indent=0)


if __name__ == "__main__":
    main()
