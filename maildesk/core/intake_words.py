"""How customers label urgency, impact and type, and how they name the types.

In: a label or a value as somebody wrote it, in English, German, French, Polish, Spanish, Swedish,
Italian, Japanese or Korean, in any case. Out: what it means.
*Fails:* never; a strange word means nothing, "".
"""

from __future__ import annotations

import unicodedata

URGENCY, IMPACT, TYPE = "urgency", "impact", "type"

_LABELS = {
    URGENCY: """urgency dringlichkeit urgence pilność urgencia brådska angelägenhet urgenza
        緊急度 긴급도""",
    IMPACT: "impact auswirkung wpływ impacto påverkan impatto 影響 影響度 영향 영향도",
    TYPE: "type typ art rodzaj tipo 種類 種別 유형",
}
_TYPES = {
    "incident": "incident störung vorfall ausfall panne awaria incydent incidente incidencia "
    "guasto 障害 インシデント 장애",
    "bug": "bug fehler bogue erreur błąd error fel errore 不具合 バグ 버그 오류",
    "request": "request anfrage demande prośba zgłoszenie solicitud petición förfrågan begäran "
    "richiesta 依頼 リクエスト 요청",
    "change": "change änderung changement modification zmiana cambio ändring modifica 変更 변경",
    "problem": "problem problème problema 問題 問題管理 문제",
    "question": "question frage pytanie pregunta fråga domanda 質問 질문 문의",
}


def plain(word: str) -> str:
    """The word as it compares: compatibility form, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())


def _turned(table: dict[str, str]) -> dict[str, str]:
    return {plain(word): meaning for meaning, words in table.items() for word in words.split()}


_LABEL_OF, _TYPE_OF = _turned(_LABELS), _turned(_TYPES)


def label(name: str) -> str:
    """`urgency`, `impact` or `type`."""
    return _LABEL_OF.get(plain(name), "")


def ticket_type(value: str) -> str:
    """One of the types of tickets."""
    return _TYPE_OF.get(plain(value), "")
