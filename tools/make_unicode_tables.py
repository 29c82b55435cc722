#!/usr/bin/env python3
"""Writes the Unicode tables of Sources/Tokenization/Text: character classes and compositions.

    python3 tools/make_unicode_tables.py

Character classes are asked of Oniguruma, the engine behind the Split patterns of the `tokenizers`
PyPI package (tested with 0.23.3, whose Oniguruma knows Unicode 16.0), because the published
encodings of models come from there. Compositions come from Python's `unicodedata`, whose version is
written into the file; they never change for a character once it exists.
"""
import os
import sys
import unicodedata

import tokenizers
from tokenizers import Regex, pre_tokenizers

CLASSES_VERSION = "16.0"
# Bit of each class; `CharacterClass` in Swift has the same.
BITS = [
    (r"\p{L}", 1),
    (r"\p{N}", 2),
    (r"\p{P}", 4),
    (r"\p{S}", 8),
    (r"\p{M}", 16),
    (r"\s", 32),
    (r"[\p{Lu}\p{Lt}]", 64),
    (r"\p{Ll}", 128),
]
SURROGATES = range(0xD800, 0xE000)
HANGUL = range(0xAC00, 0xD7A4)
FOLDER = os.path.join(os.path.dirname(__file__), "..", "Sources", "Tokenization", "Text")


def members(pattern):
    """The code points that match `pattern`."""
    keep_matches = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
    found = set()
    for base in range(0, 0x110000, 0x10000):
        text = "".join(chr(c) for c in range(base, base + 0x10000) if c not in SURROGATES)
        for piece, _ in keep_matches.pre_tokenize_str(text):
            found.update(map(ord, piece))
    return found


def literal(value, digits):
    """A hexadecimal literal; longer ones in groups of four, as the formatter writes them."""
    text = f"{value:0{digits}X}"
    first = len(text) % 4 if len(text) > 8 else len(text)
    groups = [text[:first]] + [text[i : i + 4] for i in range(first, len(text), 4)]
    return "0x" + "_".join(group for group in groups if group) + ","


def rows(values, digits):
    """Swift literals in lines of at most 110 columns."""
    literals = [literal(value, digits) for value in values]
    per_line = (110 - 8 + 1) // (len(literals[0]) + 1)
    lines = [literals[i : i + per_line] for i in range(0, len(literals), per_line)]
    return "\n".join("        " + " ".join(line) for line in lines)


def runs(values):
    """(first code point << 8 | value) wherever the value changes."""
    return [c << 8 | values[c] for c in range(0x110000) if c == 0 or values[c] != values[c - 1]]


def class_table():
    classes = [0] * 0x110000
    for pattern, bit in BITS:
        for code_point in members(pattern):
            classes[code_point] |= bit
    return f"""\
// Made by tools/make_unicode_tables.py with tokenizers {tokenizers.__version__}; do not edit.

/// Where the class of characters changes, Unicode {CLASSES_VERSION}.
enum UnicodeClassTable {{
    /// First code point of a run (upper 24 bits) and the `CharacterClass` of the run (lower 8), ascending.
    static let runs: [UInt32] = [
{rows(runs(classes), 7)}
    ]
}}
"""


def composition_table():
    singles, pairs = [], []
    for c in range(0x110000):
        fields = unicodedata.decomposition(chr(c)).split()
        if not fields or fields[0].startswith("<") or c in HANGUL:
            continue
        targets = [int(field, 16) for field in fields]
        if len(targets) == 1:
            singles.append(c << 21 | targets[0])
        else:
            composes = unicodedata.normalize("NFC", chr(c)) == chr(c)
            pairs.append(composes << 63 | c << 42 | targets[0] << 21 | targets[1])
    return f"""\
// Made by tools/make_unicode_tables.py with Python's unicodedata; do not edit.

/// Canonical decompositions, Unicode {unicodedata.unidata_version}; Hangul syllables are computed.
enum CompositionTable {{
    /// Characters that stand for one other: code point << 21 | the other.
    static let singles: [UInt64] = [
{rows(singles, 11)}
    ]

    /// Characters that stand for two: code point << 42 | first << 21 | second; the highest bit where the two
    /// compose again.
    static let pairs: [UInt64] = [
{rows(pairs, 16)}
    ]
}}
"""


def combining_class_table():
    combining = [unicodedata.combining(chr(c)) for c in range(0x110000)]
    return f"""\
// Made by tools/make_unicode_tables.py with Python's unicodedata; do not edit.

/// Where the canonical combining class of characters changes, Unicode {unicodedata.unidata_version}.
enum CombiningClassTable {{
    /// First code point of a run (upper 24 bits) and the class of the run (lower 8), ascending.
    static let runs: [UInt32] = [
{rows(runs(combining), 7)}
    ]
}}
"""


for name, text in {
    "UnicodeClassTable": class_table(),
    "CompositionTable": composition_table(),
    "CombiningClassTable": combining_class_table(),
}.items():
    with open(os.path.join(FOLDER, name + ".swift"), "w", encoding="utf-8") as file:
        file.write(text)
    print(name, text.count("\n"), "lines", file=sys.stderr)
