"""The words below which nothing is the writer's own, in the languages people write us in.

In: nothing. Out: patterns over one line: what telephones and mail programs add, the phrases that
close a letter, and what a mailing list's footer says. `signature` knows what to do with them.
*Fails:* never.
"""

from __future__ import annotations

import re


# The last lines, put there by a telephone or a program: a phrase, and mostly the thing's name.
def _one(table: str) -> str:
    """The alternatives of a table as one pattern."""
    return table.replace("\n", "")


_MY = r"sent from my (?:(?!to )\S{1,30} ){0,5}\S{1,30}"
_EXCUSE = r"[.,] {1,2}(?:please |pls )?(?:excuse|sorry|forgive|pardon).{0,60}"
_SENT = """
sent from(?! my)|sent via|sent with|sent by|gesendet von|gesendet mit|von meinem|von meiner
|diese nachricht wurde von|envoyé de|envoyé depuis|envoyé à partir de|envoyé avec|enviado desde
|enviado do|enviado de|enviado a partir do|enviado pelo|enviado con|enviado com|inviato da
|inviato dal|wysłane z|wysłano z|verzonden vanaf|verzonden met|verzonden vanuit|verstuurd vanaf
|verstuurd met|verstuurd vanuit|skickat från|sendt fra|lähetetty|odesláno z|odoslané z
|отправлено с|отправлено из|надіслано з|надіслано із|küldve|trimis de pe|στάλθηκε από
|được gửi từ|gửi từ|发自|發自|來自|来自|从我的|從我的
"""
_THINGS = """
phone|iphon|ipad|ipod|android|samsung|galaxy|huawei|xiaomi|redmi|oneplus|pixel|nokia|htc|blackberry
|mobil|móvil|mobiel|telefo|teléfono|handy|smartphone|tablet|outlook|yahoo|gmail|gmx|web\\.de|aol
|icloud|proton|tutanota|thunderbird|fairemail|k-9|bluemail|airmail|sparrow|spark|superhuman
|mailbird|mailbox|windows|mail für|mail for|mail per|mail pour|mail voor|app mail|posta per
|poczta dla|correo para|почт|cell|gerät|apparaat|dispositivo|手机|手機
"""
# Advertising of the program itself: `Get Outlook for iOS`.
_GET = """
get|download|try|holen sie sich|laden sie|télécharger|téléchargez|obtenez|obtenir|obtener|obtenga
|obter o|obtenha o|scarica|ottieni|pobierz|pobierz aplikację|download|hämta|skaffa|hent|få|hanki
|stáhnout|získejte|скачать|скачайте|завантажити|загрузить|获取|取得|下載|下载
"""
_SYSTEM = r"(?:\w{1,12} )?(?:ios|android|mac(?:os| os)?|windows|iphone|ipad|mobile?)\b.{0,60}"
_APP = r"sent (?:from|with|via) (?:\S{1,30} ){0,4}\S{0,30}[<(]?https?://\S{1,200}"
DEVICE = re.compile(
    rf"[\s<(\[]*(?:{_MY}(?:{_EXCUSE})?|{_APP}|from my (?:iphone|ipad|phone) ?\d{{0,2}}"
    rf"|(?:{_one(_SENT)})[^,;!?]{{0,40}}(?:{_one(_THINGS)})[^,;!?]{{0,40}}"
    rf"|(?:{_one(_GET)}) ?(?:outlook|bluemail|k-9 mail|aqua mail|nine) (?:for|für|pour|para|per|dla"
    rf"|til|till|для|pro|voor) {_SYSTEM}|(?:获取|取得|下載|下载) ?outlook.{0, 60}"
    r"|outlook voor (?:ios|android|mac|windows) (?:downloaden|ophalen).{0,60}"
    r"|.{1,30}['’]?(?:dan|den|tan|ten|umdan|imden) gönderildi"
    r"|.{1,20}から送信|.{0,20}outlook for .{0,20}を入手.{0,60}|.{1,20}에서 보냄)[\s>)\].]*",
    re.IGNORECASE,
)

# Of such lines those that name a thing which everybody has, right below somebody's words.
_KNOWN = """
iphone|ipad|ipod|android|samsung|galaxy|blackberry|outlook|yahoo|windows|huawei|xiaomi|mobile|phone
|smartphone|handy|mobil
"""
KNOWN_DEVICE = re.compile(
    rf"(?=(?:\S{{1,40}}\s+){{0,7}}\S{{1,80}}$)(?!.{{0,200}}\bto\b).{{0,60}}(?:{_one(_KNOWN)}).{{0,80}}",
    re.IGNORECASE,
)
# Such a line with the writer's own device in it: nobody writes it himself.
OWN_DEVICE = re.compile(
    r"sent from my (?:\S{1,30} ){0,4}\S{1,30}|von meinem .{1,30} gesendet|envoyé de mon .{1,30}"
    r"|enviado desde mi .{1,30}|enviado do meu .{1,30}|inviato da(?:l mio)? .{1,30}"
    r"|verzonden vanaf mijn .{1,30}|verstuurd vanaf mijn .{1,30}|skickat från min .{1,30}"
    r"|.{5,40}outlook.{1,30}<https://aka\.ms/\w{1,20}>"
    r"|outlook .{1,30}<https://aka\.ms/\w{1,20}> \w{2,20}|sendt fra min .{1,30}|iphoneから送信"
    r"|发自我的.{1,30}|나의 .{1,20}에서 보냄",
    re.IGNORECASE,
)
# How another letter begins.
SALUTATION = re.compile(
    r"\s{0,8}(?:sehr geehrte|liebe[rs]? |hallo |guten (?:tag|morgen)|dear |hi |hello |hey "
    r"|good (?:morning|afternoon|evening)|bonjour|madame|monsieur|cher |chère |estimad[oa]s? |hola "
    r"|buenos días|gentile |egregi[oa] |buongiorno|salve|prezad[oa]s? |olá |caro |cara "
    r"|geachte |beste "
    r"|hej |kära |kære |hei |szanown[iy]|dzień dobry|witam|dobrý den|vážen|уважаем|здравствуйте"
    r"|добрый день|шановн|sayın |merhaba)",
    re.IGNORECASE,
)
POSTSCRIPT = re.compile(r"\s*(?:p\.? ?s\.?|p\.? ?d\.?|nb|edit)\s?[:.\s-]", re.IGNORECASE)

# A phrase that closes a letter; a name stands below it.
_CLOSINGS = """
(?:with |my |very )?(?:best|kind|kindest|warm|warmest|many|friendly) (?:wishes|regards)|regards
(?:thanks|thank you)(?:,? and| &| \\+)? (?:best |kind )?regards
(?:yours )?(?:very )?(?:sincerely|truly|faithfully)(?: yours)?|respectfully(?: yours)?
(?:mit )?(?:den )?(?:freundlichen|besten|vielen|herzlichen|lieben) gr(?:ü|ue)(?:ß|ss)en
(?:freundliche|beste|viele|herzliche|liebe|schöne) gr(?:ü|ue)(?:ß|ss)e(?: .{1,25})?
mit freundlichem gru(?:ß|ss)|mfg|lg|hochachtungsvoll
(?:bien )?cordialement|très cordialement|(?:meilleures|sincères) salutations
saludos(?: cordiales)?|un (?:cordial )?saludo|atentamente|cordialmente|reciba un cordial saludo
(?:cordiali |distinti )?saluti
atenciosamente|com os melhores cumprimentos|(?:melhores )?cumprimentos|att\\.?
(?:met )?(?:vriendelijke |hartelijke )?groet(?:en|jes)?|mvg
(?:med )?(?:vänliga?|venlig|vennlig|bästa|beste|bedste) (?:hälsning(?:ar)?|hilsen|hilsner)
mvh|hilsen|(?:ystävällisin |parhain )?terveisin
z (?:poważaniem|powazaniem)|pozdrawiam(?: serdecznie)?|(?:z |serdeczne )?pozdrowieni(?:a|ami)
s pozdravem|s přátelským pozdravem|s pozdravom|üdvözlettel|tisztelettel|cu (?:stimă|respect)
saygılarımla|iyi çalışmalar|selamlar|με εκτίμηση|trân trọng
с уважением|з повагою|敬具|此致|敬上
"""
CLOSING = re.compile(
    rf"\s*(?:{'|'.join(f'(?:{line})' for line in _CLOSINGS.strip().split(chr(10)))})\s*[,.!]?\s*",
    re.IGNORECASE,
)
# Of these the short ones that mean other things in a list.
SHORT_CLOSING = re.compile(r"\s{0,8}(?:lg|mfg|mvg|mvh|att)\s?[,.!]?\s{0,8}", re.IGNORECASE)
# The word for a list that its footer holds, and where it is to be found.
PLACE = re.compile(r"https?://|www\.|[^\s@]{1,64}@[^\s@]{1,100}", re.IGNORECASE)
LIST_FOOTER = re.compile(
    r"mailing list|mailman|listinfo|list-manage|unsubscribe|googlegroups", re.I
)
