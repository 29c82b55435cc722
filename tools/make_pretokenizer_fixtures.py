#!/usr/bin/env python3
"""Writes Tests/TokenizationTests/Fixtures/pretokenizers.json: where pre-tokenizers cut tricky and
random texts.

    python3 tools/make_pretokenizer_fixtures.py

The patterns are those of the models' tokenizer.json files, under the names that llama.cpp's
vocabulary loader gives them; where that program approximates a pattern for its own engine, the
original is taken. The engine here is the `regex` PyPI package (tested with 2026.5.9). A list of
patterns is applied one after the other, each to the pieces of the one before; what a pattern does
not match stays a piece. Splits are given as the UTF-8 length of each piece.
"""
import json
import os
import random
import unicodedata

import regex

SEED = 20260101
FOLDER = os.path.join(os.path.dirname(__file__), "..", "Tests", "TokenizationTests", "Fixtures")
PATH = os.path.join(FOLDER, "pretokenizers.json")

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
HEAD = r"[^\r\n\p{L}\p{N}]?"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
ASIAN, KANA = "[一-龥\u0800-一가-\ud7ff]+", "[一-龥\u3040-ゟ゠-ヿ]+"
SENTENCE = " ?[^(\\s|.,!?…。，、।۔،)]+"
CASED = (
    "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅ"
    "ὐ-ὗὙὛὝ\u1f5f-\u1f7dᾀ-ᾴᾶ-ᾼ\u1fbeῂ-ῄῆ-ῌῐ-\u1fd3ῖ-\u1fdbῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212a-ℭℯ-ℴ"
    "ℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"
)


def word(letters=r"\p{L}", digits=r"\p{N}{1,3}", contractions=CONTRACTIONS + "|", tail=r"[\r\n]*"):
    others = "".join(c for c in [r"\p{L}", r"\p{M}" if "M" in letters else "", r"\p{N}"])
    return rf"{contractions}{HEAD}{letters}+|{digits}| ?[^\s{others}]+{tail}|{SPACES}"


def cased(digits, contractions):
    return (rf"{HEAD}{UPPER}*{LOWER}+{contractions}|{HEAD}{UPPER}+{LOWER}*{contractions}"
            rf"|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{SPACES}")


DEEPSEEK3 = (r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
             rf"| ?[\p{{P}}\p{{S}}]+[\r\n]*|{SPACES}")
PATTERNS = {
    "default": [r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"],
    "gpt-2": [GPT2],
    "llama-bpe": [word()],
    "qwen2": [word(digits=r"\p{N}")],
    "bailingmoe": [r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*"
                   r"|\s*[\r\n]|\s+(?!\S)|\s+"],
    "qwen35": [word(letters=r"[\p{L}\p{M}]", digits=r"\p{N}")],
    "seed-coder": [rf"{CONTRACTIONS}|{HEAD}\p{{L}}+|\p{{N}}{{1}}| ?[^\s\p{{L}}\p{{N}}\r\n]+|{SPACES}"],
    "ufakzeka": [word(digits=r"\p{N}", contractions="")],
    "laguna": [r"[^\n]+|[\n]+", word(digits=r"\p{N}")],
    "minicpm5": [r"\p{N}{1,3}", word(digits=r"\p{N}+")],
    "gpt-4o": [cased(r"\p{N}{1,3}", CONTRACTIONS + "?")],
    "tekken": [cased(r"\p{N}", "")],
    "deepseek-llm": [r"[\r\n]", rf"\s?[{CASED}]+", r"\s?[!-/:-~！-／：-～‘-‟　-。]+", r"\s+$", ASIAN, r"\p{N}+"],
    "deepseek-coder": [r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", ASIAN, r"\p{N}"],
    "deepseek-v3": [r"\p{N}{1,3}", KANA, DEEPSEEK3],
    "falcon": [r"[\p{P}\$\+<=>\^~\|`]+", GPT2, "[0-9][0-9][0-9]"],
    "starcoder": [r"\p{N}", GPT2],
    "bloom": [SENTENCE],
    "viking": [SENTENCE, r"\p{N}"],
}

TRICKY = [
    "", " ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", " \n", "\n ", "a\n", "a\n ", "a \n b", "\n\n\nx",
    "  \n  x", " \u00a0 x", "\u3000\u3000あ",
    "Hello world", " Hello  world ", "Hello, world!", "I'm you're we've he'll she'd it's don't",
    "I'M YOU'RE IT'S 'ſo 'ſ x'Sx 'LLama",
    "''s '' 's's", "1", "12", "123", "1234", "1234567", "a1b22c333", " 3 33 333 3333", "3.14, 1,000",
    "½ ²³ ٣٤٥ ⅷ", "x½y",
    "foo(bar)[baz]{qux}", "a/b//c\n/d", "if (x == 3) {\r\n\treturn;\r\n}", "--==++",
    "$100 + 5% = 2^10 ~ `x` |y|", "___init___", "#include <x>",
    "HelloWorld helloWorld HELLOworld ABCdef XMLHttp", "ǅungla ʰaʰ Aʰb ªº",
    "éÉ e\u0301 E\u0301A \u0301x A\u0301\u0302B", "Straße ΑΒΓ абв ႠႡ",
    "你好，世界！我在2024年。", "こんにちはカタカナ漢字", "안녕하세요 세계", "ไทยภาษา", "नमस्ते दुनिया।", "السلام عليكم، ۔", "שָׁלוֹם",
    "🚀🦙 (😶‍🌫️) ✅", "a\u200db\u200c", "\u0000\u0001x\u007f", "x\u0085y\u2028z", "！？：；（）",
    "“quotes” ‘single’ …", "a…b。c、d",
    "      deep", "x      \n      y", "word   ", "\ta\t\tb", "a" * 40, " " * 40, "1" * 40, "!" * 40,
    "\n" * 40,
]


def random_strings(count):
    generator = random.Random(SEED)
    assigned = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs") and c != 0x295]
    chunks = ["'s", "'T", "'Re", "'ll", "'", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "a", "B",
    "word", "Xy", "7", "42", "٣", "½", "!", "...",
              "$", "`", "/", "(", "。", "，", "你", "好", "か", "カ", "한", "ก", "ا", "ǅ", "ʰ", "\u0301",
              "\u200d", "\u0000", "🚀", "é", "ſ", "ß", "_"]
    strings = []
    for _ in range(count):
        parts = []
        for _ in range(generator.randint(1, 14)):
            is_chunk = generator.random() < 0.85
            parts.append(generator.choice(chunks) if is_chunk else chr(generator.choice(assigned)))
        strings.append("".join(parts))
    return strings


def split(text, patterns):
    pieces = [text] if text else []
    for pattern in patterns:
        finer = []
        for piece in pieces:
            end = 0
            for match in pattern.finditer(piece):
                if match.start() > end:
                    finer.append(piece[end:match.start()])
                finer.append(match.group())
                end = match.end()
            if end < len(piece):
                finer.append(piece[end:])
        pieces = finer
    return [len(piece.encode()) for piece in pieces]


def main():
    texts = TRICKY + random_strings(330)
    splits = {}
    for name, patterns in PATTERNS.items():
        compiled = [regex.compile(pattern) for pattern in patterns]
        splits[name] = [" ".join(map(str, split(text, compiled))) for text in texts]
    with open(PATH, "w", encoding="utf-8") as file:
        json.dump({"texts": texts, "splits": splits}, file, ensure_ascii=True, indent=0)
    print(len(texts), "texts,", os.path.getsize(PATH), "bytes")


if __name__ == "__main__":
    main()
