"""Effects of AlphaTex: what stands in braces after a note or a beat, by name, with its values."""

from collections import Counter
from fractions import Fraction
from typing import Final

from dsp.follow.alphatex_words import Reader
from dsp.follow.bounds import shown

_TUPLETS: Final = {1: 1, 3: 2, 5: 4, 6: 4, 7: 4, 9: 8, 10: 8, 11: 8, 12: 8, 13: 8}
# Effects that are understood, or that change no note; any other is told as unknown.
_IGNORED_WORDS: Final = (
    "acc ac ad au ad2 bank barre barrecount barrefret barreshape balance bd beam bu ch cre d dd dec ds dy "
    "f fade fb fermata fo g glpf glpt hac hide instrument iturn lf lmordent lr lyrics ot p pm rasg "
    "restdisplay rf rhythm s slashed showstring sia sib sod sou spd spe sph spu ss st string sd su sx t "
    "tb tbe ten tempo timer tp tr tt tu turn txt umordent v volume vs vw wah waho wahc psd psu h sl lht "
    "nh ah ph th sh fh x b be gr - legatoorigin slur cc"
)
_IGNORED: Final = frozenset(_IGNORED_WORDS.split())
_TAKE_A_NAME_WORDS: Final = (
    "acc ad au beam barre ch dy fermata instrument lyrics ot rasg txt slur be wah bu bd lf rf string"
)
_TAKE_A_NAME: Final = frozenset(_TAKE_A_NAME_WORDS.split())
_GRACES: Final = frozenset({"ob", "bb", "b", "onbeat", "beforebeat", "bendgrace"})

Effects = list[tuple[str, list[str | float]]]


def tuplet_of(effects: Effects) -> Fraction | None:
    """What {tu 3} or {tu 3 2} makes of a duration; ``None`` where there is none."""
    said = [int(one) for one in dict(effects).get("tu", []) if isinstance(one, float)]
    if not said or not 1 <= said[0] <= 64:
        return None
    times = said[1] if len(said) > 1 and 1 <= said[1] <= 64 else _TUPLETS.get(said[0], 1 << (said[0].bit_length() - 1))
    return Fraction(times, said[0])


def effects_of(reader: Reader) -> Effects:
    """Takes all braces that stand here: effects by name in lower case, each with its values."""
    effects: Effects = []
    while reader.word.is_sign("{"):
        begin = reader.take()
        while not reader.took("}"):
            if reader.word.kind in {"end", "tag"} or (reader.word.said in {"|", "{"} and reader.word.kind == "sign"):
                raise reader.error(begin, "these effects never end; close them with }")
            _effect(reader, effects)
    return effects


def _effect(reader: Reader, effects: Effects) -> None:
    last, values = effects[-1] if effects else ("", [])
    word = reader.word
    if word.is_sign("("):
        reader.take()
        while not reader.took(")"):
            if reader.word.kind == "end":
                raise reader.error(word, "these values never end; close them with )")
            value = reader.value()
            if value is not None:
                values.append(value)
    elif word.kind in {"number", "text"}:
        value = reader.value()
        values.append(value if value is not None else "")
    elif (
        word.kind == "name" and not values and (last in _TAKE_A_NAME or (last == "gr" and word.said.lower() in _GRACES))
    ) or (word.is_sign("-") and last == "acc" and not values):
        values.append(reader.take().said)
    elif word.kind == "name" or word.is_sign("-"):
        effects.append((reader.take().said.lower(), []))
    else:
        reader.take()


def bend_values(named: dict[str, list[str | float]]) -> list[float]:
    """Quarter tones at the points of a bend, in order."""
    numbers = [value for value in named.get("b", []) if isinstance(value, float)]
    exact = [value for value in named.get("be", []) if isinstance(value, float)]
    return numbers or exact[1::2]


def tell_unknown(effects: Effects, counted: Counter[str]) -> None:
    """Counts the effects that are not known here: a player may miss what they mean."""
    for name, _ in effects:
        if name not in _IGNORED:
            counted[f"effects {{{shown(name, 12)}}} not known and left out"] += 1
