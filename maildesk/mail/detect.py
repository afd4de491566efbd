"""Which charset text is in, where nobody says: the one whose letters a language really uses.

In: bytes that are neither ASCII nor UTF-8. Out: the name of a codec, "" when none is convincing.
*Fails:* never.

Each candidate reads a sample; what counts is the share of its non-ASCII characters that are
frequent letters of a language written in it. Read in the wrong charset, `привет` becomes capital
letters, accents or signs, which no text has many of. Of near equals the first in the table wins.
"""

from __future__ import annotations

from collections import Counter

_SAMPLE = 8 * 1024
_LEAST = 6  # non-ASCII characters; fewer prove nothing, and windows-1252 is likelier then
_CONVINCING = 0.7
_MARGIN = 0.05  # by which a later candidate must be better
_CAPITAL = 0.4  # what a capital counts: text that is mostly capitals is the wrong charset

_ASCII = bytes(range(128))
_WESTERN = (
    "éèàêçùîôâûëïœ", "äöüßé", "áéíóúñü¿¡", "ãçáéíóúâêôõà", "àèéìòù", "åäöéø", "æøåé", "ëéïóüè",
    "áðéíóúýþæö",
)  # fmt: skip
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áéíóöőúüű", "áäčďéíĺľňóôŕšťúýž", "čćđšž", "ăâîşţșț")
_CYRILLIC = ("оеаинтсрвлкмдпуяыьгзбчйхжшюіїє",)
_GREEK = ("αεηιοστνρκλμπυάέήίόύώςωδγθχφ",)
_TURKISH = ("çğışöüâî",)
_HEBREW = ("אבגדהוזחטיכלמנסעפצקרשתםןךףץ",)
_ARABIC = ("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآئءؤ،",)
_THAI = ("กขคงจชซญดตถทธนบปผพฟภมยรลวศษสหอะาำิีึืุูเแโใไ่้็์ัๆ",)
_KANA = "".join(map(chr, (*range(0x3041, 0x3094), *range(0x30A1, 0x30FB)))) + "。、ー・「」"
_HANGUL = "".join(map(chr, range(0xAC00, 0xD7A4)))
_HAN = (
    "的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子"
    "那得于於着下自之年过過发發后後作里用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動"
    "面起看定天分还還进進好小部其些主样樣理心本前开開但因只从從想实實您请請谢謝问問电電邮郵件公司"
    "，。、：；！？「」《》（）"
)
_IDEOGRAPHS = ("\u4e00", "\u9fff")
_IDEOGRAPH = 0.5  # what any other ideograph counts in a charset that has them
_NEUTRAL = frozenset("„“”‘’‚–—…€£§©®™°«»·•×½¼²³\u00a0\u3000№")
_TABLE = (
    ("cp1252", _WESTERN),
    ("cp1250", _CENTRAL),
    ("iso8859_2", _CENTRAL),
    ("cp1254", _TURKISH),
    ("cp1251", _CYRILLIC),
    ("koi8_u", _CYRILLIC),
    ("cp1253", _GREEK),
    ("iso8859_7", _GREEK),
    ("cp1255", _HEBREW),
    ("iso8859_8", _HEBREW),
    ("cp1256", _ARABIC),
    ("iso8859_6", _ARABIC),
    ("cp932", (_KANA,)),
    ("euc_jp", (_KANA,)),
    ("gb18030", (_HAN,)),
    ("cp950", (_HAN,)),
    ("cp949", (_HANGUL,)),
    ("cp874", _THAI),
    ("iso8859_5", _CYRILLIC),
    ("cp866", _CYRILLIC),
    ("mac_cyrillic", _CYRILLIC),
    ("cp850", _WESTERN),
    ("cp852", _CENTRAL),
    ("mac_roman", _WESTERN),
)
_CANDIDATES = tuple(
    (codec, tuple(frozenset(letters) for letters in languages)) for codec, languages in _TABLE
)
_EAST_ASIAN = ("cp932", "euc_jp", "gb18030", "cp950")


def detect(data: bytes) -> str:
    """The likeliest codec."""
    sample = data[:_SAMPLE]
    if shift := detect_shift(sample):
        return shift
    if len(sample.translate(None, _ASCII)) < _LEAST:
        return ""
    best, best_score = "", _CONVINCING - _MARGIN
    for codec, languages in _CANDIDATES:
        counts = _count(sample, codec)
        score = max((_score(counts, letters, codec) for letters in languages), default=0.0)
        if score > best_score + _MARGIN:
            best, best_score = codec, score
    return best


def detect_shift(data: bytes) -> str:
    """What needs no letters looked at: escapes of ISO-2022, and UTF-16 without a mark."""
    sample = data[:_SAMPLE]
    if b"\x1b$" in sample:
        return "iso2022_kr" if b"\x1b$)C" in sample else "iso2022_jp"
    return "iso2022_jp" if b"\x1b(I" in sample else _detect_wide(sample)


def _detect_wide(sample: bytes) -> str:
    """UTF-16 without a byte order mark: every other byte of Western text is zero."""
    least = len(sample) // 2 * 0.8
    if sample[1::2].count(0) > least:
        return "utf_16_le"
    return "utf_16_be" if sample[::2].count(0) > least else ""


def _count(sample: bytes, codec: str) -> Counter[str]:
    """The non-ASCII characters of the sample; none where it is no text of the codec."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError as error:
        if error.start < _SAMPLE - 4:
            return Counter()
        text = sample[: error.start].decode(codec)  # the sample ended amid a character
    return Counter({sign: n for sign, n in Counter(text).items() if sign > "\x7f"})


def _score(counts: Counter[str], letters: frozenset[str], codec: str) -> float:
    total = good = 0.0
    for sign, count in counts.items():
        if sign in _NEUTRAL:
            continue
        total += count
        if sign in letters:
            good += count
        elif sign.lower() in letters:
            good += count * _CAPITAL
        elif codec in _EAST_ASIAN and _IDEOGRAPHS[0] <= sign <= _IDEOGRAPHS[1]:
            good += count * _IDEOGRAPH
    return good / total if total >= _LEAST else 0.0
