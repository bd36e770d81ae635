"""Words that thank and ask for nothing. Pure.

A ticket must not come to life again, nor a clock start, because somebody is polite. So as to miss no
question, a message passes for thanks only when every word of it belongs to them.
"""

import re

#: Longer messages are never only thanks.
MOST_WORDS = 12
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d")
_THANKS = frozenset(
    {*("tack", "tackar", "toppen", "kanon", "perfekt"), *("thanks", "thank", "thx", "perfect", "great")}
)
_WITH_THANKS = frozenset(
    {
        *("så", "mycket", "för", "hjälpen", "hjälp", "svaret", "svar", "den", "snabba", "er", "dig", "alla"),
        *("tusen", "stort", "varmt", "bra", "jättebra", "superbra", "jobbat", "hej", "mvh", "hälsningar"),
        *("nu", "fungerar", "funkar", "det", "allt", "igen", "super", "underbart", "härligt", "ok", "okej"),
        *("you", "so", "much", "very", "for", "the", "your", "help", "answer", "reply", "quick", "all"),
        *("a", "lot", "many", "it", "works", "now", "again", "everything", "awesome", "excellent", "good"),
        *("job", "hi", "best", "regards", "kind", "team", "support", "appreciated"),
    }
)


def is_only_thanks(text: str) -> bool:
    """Whether a message thanks, and does nothing else."""
    if "?" in text or _DIGITS.search(text):
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    if not 0 < len(words) <= MOST_WORDS:
        return False
    return any(word in _THANKS for word in words) and all(
        word in _THANKS or word in _WITH_THANKS for word in words
    )
