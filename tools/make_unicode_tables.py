#!/usr/bin/env python3
"""Writes Sources/Tokenization/Text/UnicodeClassTable.swift: the character classes of pre-tokenizers.

    python3 tools/make_unicode_tables.py > Sources/Tokenization/Text/UnicodeClassTable.swift

The classes are asked of Oniguruma, the engine behind the Split patterns of the `tokenizers` PyPI package
(tested with 0.23.3, whose Oniguruma knows Unicode 16.0), because the published encodings of models come from
there. Needs `tokenizers`.
"""

import sys

import tokenizers
from tokenizers import Regex, pre_tokenizers

UNICODE_VERSION = "16.0"
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


def members(pattern):
    """The code points that match `pattern`."""
    keep_matches = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
    found = set()
    for base in range(0, 0x110000, 0x10000):
        text = "".join(chr(c) for c in range(base, base + 0x10000) if c not in SURROGATES)
        for piece, _ in keep_matches.pre_tokenize_str(text):
            found.update(map(ord, piece))
    return found


classes = [0] * 0x110000
for pattern, bit in BITS:
    for code_point in members(pattern):
        classes[code_point] |= bit
starts = [(c, classes[c]) for c in range(0x110000) if c == 0 or classes[c] != classes[c - 1]]

rows = [f"0x{(c << 8) | k:07X}" for c, k in starts]
print(f"""\
// Made by tools/make_unicode_tables.py with tokenizers {tokenizers.__version__}; do not edit.

/// Where the class of characters changes, Unicode {UNICODE_VERSION}.
enum UnicodeClassTable {{
    static let version = "{UNICODE_VERSION}"

    /// First code point of a run (upper 24 bits) and the `CharacterClass` of the run (lower 8), ascending
    /// from code point 0.
    static let runs: [UInt32] = [""")
for i in range(0, len(rows), 9):
    print("        " + ", ".join(rows[i : i + 9]) + ",")
print("    ]\n}")
print(len(rows), "runs", file=sys.stderr)
