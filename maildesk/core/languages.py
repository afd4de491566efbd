"""Codes of languages: those of ISO 639-1, and the longer ones that CLDR has a locale for.

In: words. Out: the tag that they are.
*Fails:* never.
"""

from __future__ import annotations

_ALL = """
aa ab ae af agq ak am an ann apc ar arn as asa ast av ay az ba bal bas be bem bew bez bg bgc bgn
bho bi blo blt bm bn bo br brx bs bss byn ca cad cch ccp ce ceb cgg ch cho chr cic ckb co cop cr
cs csw cu cv cy da dav de dje doi dsb dua dv dyo dz ebu ee el en eo es et eu ewo fa ff fi fil fj
fo fr frr fur fy ga gaa gd gez gl gn gsw gu guz gv ha haw he hi hnj ho hr hsb ht hu hy hz ia id
ie ig ii ik io is it iu ja jbo jgo jmc jv ka kaa kab kaj kam kcg kde kea ken kg kgp khq ki kj kk
kkj kl kln km kn ko kok kpe kr ks ksb ksf ksh ku kv kw kxv ky la lag lb lg li lij lkt lld lmo ln
lo lrc lt ltg lu luo luy lv mai mas mdf mer mfe mg mgh mgo mh mhn mi mic mk ml mn mni moh mr ms
mt mua mus my myv mzn na naq nb nd nds ne ng nl nmg nn nnh no nqo nr nso nus nv ny nyn oc oj om
or os osa pa pap pcm pi pis pl prg ps pt qu quc raj rhg rif rm rn ro rof ru rw rwk sa sah saq
sat sbp sc scn sd sdh se seh ses sg shi shn si sid sk skr sl sm sma smj smn sms sn so sq sr ss
ssy st su sv sw syr szl ta te teo tg th ti tig tk tl tn to tok tpi tr trv trw ts tt tw twq ty
tyv tzm ug uk ur uz vai ve vec vi vmw vo vun wa wae wal wbp wo xh xnr xog yav yi yo yrl yue za
zgh zh zu
"""
_CODES = frozenset(_ALL.split())


def tag_of(words: str) -> str:
    """`de`, `pt-BR`; "" for what no language is called."""
    first, *more = words.strip().replace("_", "-").split("-")
    language = first.lower()
    if language not in _CODES or len(more) > 2 or not all(map(_is_subtag, more)):
        return ""
    return "-".join((language, *more))


def _is_subtag(part: str) -> bool:
    """A script, a region or a variant (RFC 5646 section 2.2)."""
    return part.isascii() and part.isalnum() and len(part) <= 8
