"""The order of Maven versions, by "Version Order Specification" of Maven's POM reference."""
import functools
import itertools
import re

_QUALIFIERS = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"]
_SAME = {"cr": "rc", "ga": "", "final": "", "release": ""}
_BEFORE_A_NUMBER = {"a": "alpha", "b": "beta", "m": "milestone"}


def _tokens(version):
    """Pairs of a separator and a number or qualifier; digits beside letters are as if a hyphen stood there."""
    tokens = []
    parts = re.split(r"([.-])", version.lower())
    for separator, part in zip(["."] + parts[1::2], parts[0::2]):
        pieces = re.findall(r"\d+|\D+", part) or ["0"]
        for piece, following in itertools.zip_longest(pieces, pieces[1:]):
            if not piece.isdigit():
                piece = _BEFORE_A_NUMBER.get(piece, piece) if following else piece
                piece = _SAME.get(piece, piece)
            tokens.append((separator, int(piece) if piece.isdigit() else piece))
            separator = "-"
    return tokens


def _trimmed(tokens):
    """Without what says nothing, at the end and before each hyphen."""
    kept = []
    for separator, value in reversed(tokens):
        if value in (0, "") and (not kept or kept[-1][0] == "-"):
            continue
        kept.append((separator, value))
    return kept[::-1]


def _key(token):
    separator, value = token
    if isinstance(value, int):
        return (1 if separator == "-" else 2, value, "")
    known = value in _QUALIFIERS
    return (0, _QUALIFIERS.index(value) if known else len(_QUALIFIERS), "" if known else value)


def _padding(token):
    return (".", 0) if token[0] == "." and isinstance(token[1], int) else ("-", "")


def compare(left, right):
    """Below zero if left is older than right, above if it is newer, zero if both are the same."""
    for one, other in itertools.zip_longest(_trimmed(_tokens(left)), _trimmed(_tokens(right))):
        a, b = _key(one or _padding(other)), _key(other or _padding(one))
        if a != b:
            return -1 if a < b else 1
    return 0


key = functools.cmp_to_key(compare)
