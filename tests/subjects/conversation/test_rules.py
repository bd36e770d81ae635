"""Who may read what: internal text stays inside, whatever it is wrapped in."""

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.conversation.markup import clean, read_lines, write_html
from app.conversation.rules import (
    PublicMessage,
    is_public,
    message_from_customer,
    message_from_technician,
    normalised_text,
    public_rendition,
)

PUBLIC = [
    "@kund",
    "@kund hej",
    "@KUND hej",
    "@Customer hello",
    "@cUsToMeR: hello",
    "@kund, hej",
    "@kund! hej",
    "@kund. Hej",
    "@kund - hej",
    "@kund:hej",
    "@kund\nhej",
    "@kund\u00a0hej",
    "@kund\u200b hej",
    "  \t\n@kund hej",
    "&nbsp;&nbsp;@kund hej",
    "\ufeff\u200b\u2060@kund hej",
    "<p>\ufeff@kund hej</p>",
    "<p></p><p>&nbsp;</p><div><p><span><b>@kund</b> hej</span></p></div>",
    "<span>@ku</span><em>nd</em> hej",
    "<ul><li>@kund hej</li></ul>",
    "<h1>@kund</h1><p>hej</p>",
    "<br><br>@kund hej",
    "<!-- note -->@kund hej",
    "<script>var text = 1</script>@kund hej",
    "<p style='display:none'>internal</p><p>@kund hej</p>",
    "<blockquote>what the customer asked</blockquote><p>@kund the answer</p>",
    "&gt; what the customer asked<br>@kund the answer",
    '<a class="user_mention_editor router" data-mention-id="7">@Kund</a> hej',
]
INTERNAL = [
    "",
    "   ",
    "kund hej",
    "hej @kund",
    "- @kund hej",
    "(@kund hej)",
    "@ kund hej",
    "@@kund hej",
    "@kundtjänst kan ni titta?",
    "@kunden är arg",
    "@kunds tavla",
    "@kund:s tavla",
    "@kund's board",
    "@customers are angry",
    "@customer-success please look",
    "@kund-teamet",
    "@kund.se ligger nere",
    "@kund_1",
    "@kund2",
    "@kund\u0301 hej",
    "@kund\u200btjänst",
    "@kund\u00adtjänst",
    "@kund<b>tjänst</b>",
    "@<b>kund</b><i>tjänst</i>",
    "@kund👋",
    "\uff20kund hej",
    "@\u212aund hej",
    "@cu\u017ftomer hej",
    "<!-- @kund --> hej",
    "<p title='@kund'>hej</p>",
    "<img alt='@kund hej'>",
    "<span hidden>@kund</span> hej",
    "<p style='display: none'>@kund</p><p>hej</p>",
    "<p style='display:/**/none'>@kund</p><p>hej</p>",
    "<p style='visibility:hidden'>@kund</p>hej",
    "<p style='font-size:0px'>@kund</p>hej",
    "<script>@kund</script>hej",
    "<style>@kund {}</style>hej",
    "<template>@kund</template>hej",
    "<textarea>@kund</textarea>hej",
    "<title>@kund</title>hej",
    "<svg><text>@kund</text></svg>hej",
    "&lt;b&gt;@kund hej",
    "<blockquote>@kund hej</blockquote>",
    "<blockquote>@kund hej</blockquote><p>skrev vi, vad tror du?</p>",
    "<div class='gmail_quote'>@kund hej</div>",
    "&gt; @kund hej",
    "&gt; @kund hej<br>skrev vi",
    "<p>&gt; she wrote\n@kund hej</p>",
    "On Mon, 3 Nov 2025 at 10:00 Bo Ek wrote:<br>@kund hej",
    "Den mån 3 nov. 2025 kl 10:00 skrev Bo Ek:<br>@kund hej",
    "Bo Ek &lt;bo@example.com&gt; skrev:<br>@kund hej",
    "-----Original Message-----<br>@kund hej",
    "Från: Bo<br>Skickat: i dag<br>@kund hej",
    "From: Bo<br>Sent: today<br>To: us<br>@kund hej",
    '<a class="user_mention_editor router" data-mention-id="7">@Customer Success</a> please look',
    '<a class="user_mention_editor router" data-mention-id="8">@Kund Kundsson</a> kan du titta?',
    '<a class="user_mention_editor router" data-mention-id="8">@Anna</a> @kund hej',
    '<a href="https://x.example/teams/7">@Customer Success</a> please look',
    "\ud800@kund hej",
]

PUBLIC_WORDS = [
    "vi",
    "har",
    "ändrat",
    "receptet",
    "som",
    "flyttar",
    "kortet",
    "prova",
    "igen",
    "på",
    "tavlan",
]
INTERNAL_WORDS = ["hemligt", "lösenord", "obetald", "faktura", "besvärlig", "advokat", "uppsägning", "läcka"]
WRAPPINGS = [
    "<p>{}</p>",
    "<div>{}</div>",
    "<ul><li>{}</li></ul>",
    "<ol><li>ett<ol><li>{}</li></ol></li></ol>",
    "<p><span style='color: red'><b>{}</b></span></p>",
    "<h2>{}</h2>",
    "<br>{}<br>",
    "<table><tr><td>{}</td></tr></table>",
    "<p><a href='https://example.com'>{}</a></p>",
    "<x-card>{}</x-card><p></p>",
]
QUOTES = ["<blockquote>{}</blockquote>", "<p>&gt; {}</p>", "<div class='gmail_quote'><p>{}</p></div>"]

#: Pieces that HTML goes wrong with.
SCRAPS = st.lists(
    st.sampled_from(
        [
            *"<>&\"'/@ \n\t-=;:",
            *(
                "@kund",
                "@customer",
                "@kund hej",
                "hej",
                "&gt;",
                "&lt;",
                "&nbsp;",
                "&#64;kund",
                "\u200b",
                "\ufeff",
            ),
            *(
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "<div>",
                "</div>",
                "<br>",
                "<br/>",
                "<ul>",
                "<li>",
                "</ul>",
                "</li>",
            ),
            *(
                "<blockquote>",
                "</blockquote>",
                "<h1>",
                "</h1>",
                "<pre>",
                "</pre>",
                "<span hidden>",
                "</span>",
            ),
            *(
                "<script>",
                "</script>",
                "<style>",
                "</style>",
                "<!--",
                "-->",
                "<![CDATA[",
                "]]>",
                "<svg>",
                "</svg>",
            ),
            *(
                "<math>",
                "<textarea>",
                "</textarea>",
                "<title>",
                "<noscript>",
                "<template>",
                "<plaintext>",
                "<table>",
            ),
            *(
                "<tr>",
                "<td>",
                "</table>",
                "<a href='https://example.com'>",
                "<a href='javascript:alert(1)'>",
                "</a>",
            ),
            *(
                "<img src=x onerror=alert(1)>",
                "<p style='display:none'>",
                "<iframe src='//x'>",
                "<o:p>",
                "</o:p>",
            ),
            *("<a class='mention'>", "\x00", "\ud800", "\u202e", "å", "👩\u200d💻", "On 2025 x wrote:", "> "),
        ]
    ),
    max_size=25,
).map("".join)
VECTORS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa\tScRiPt:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='https://example.com' onclick='alert(1)'>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form><input formaction='javascript:alert(1)' type=submit></form>",
    "<template><img src=x onerror=alert(1)></template>",
    "<style>@import 'https://evil.example'</style>",
    "<base href='https://evil.example'><a href='x'>x</a>",
    "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
]


class Elements(HTMLParser):
    """What elements and attributes a piece of HTML holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def assert_safe(html: str) -> None:
    found = Elements(html)
    assert found.tags <= {
        *("h1", "h2", "h3", "p", "strong", "em", "u", "s", "ul", "ol", "li", "a", "br", "blockquote")
    }
    assert found.attributes <= {("a", "href"), ("a", "rel")}
    assert all(re.match(r"(?:https?|mailto):", link) for link in found.links)


@pytest.mark.parametrize("body", PUBLIC)
def test_an_update_that_begins_with_the_mark_is_public(body: str) -> None:
    assert is_public(body)


@pytest.mark.parametrize("body", INTERNAL)
def test_any_other_update_is_internal(body: str) -> None:
    assert not is_public(body)


@pytest.mark.parametrize("body", INTERNAL)
def test_an_internal_update_has_no_public_rendition(body: str) -> None:
    with pytest.raises(ValueError, match="internal"):
        public_rendition(body, internal_texts=[])


@given(st.text(st.characters(exclude_characters="@")))
def test_no_word_before_the_mark_is_overlooked(before: str) -> None:
    seen = any(character.isalnum() for character in before)
    assert not (seen and is_public(f"<p>{escape(before)} @kund hej</p>"))


@given(st.sampled_from(["@kund", "@customer"]), st.text("abcdefåäö0123456789_", min_size=1))
def test_a_longer_word_is_not_the_mark(mark: str, rest: str) -> None:
    assert not is_public(f"{mark}{rest}")


@given(SCRAPS)
def test_the_mark_in_upper_case_says_the_same(body: str) -> None:
    assert is_public(body.replace("@kund", "@KUND").replace("@customer", "@CUSTOMER")) == is_public(body)


@given(SCRAPS, SCRAPS, SCRAPS)
@example("@kund", "hej", "kund")
@example("> x", "@kund hej", "kund")
@example("", "@kund hej", "")
@example("</strong></p><blockquote>", "</blockquote>@kund hej", "@kund")
@example("\u200b>", "@customer hej", "\u3164")
def test_a_customers_message_never_looks_public_on_the_desk(author: str, body: str, word: str) -> None:
    assert not is_public(message_from_customer(author, body, word))


@given(st.text(), st.text(), st.text())
def test_no_author_makes_a_customers_message_look_public(author: str, body: str, word: str) -> None:
    assert not is_public(message_from_customer(author, f"@kund {body}", word))


def test_the_mark_is_not_shown_to_the_customer() -> None:
    body = "<p><b>@Kund</b>: Hej Anna!</p><p>Det är löst.</p>"
    assert public_rendition(body, internal_texts=[]) == PublicMessage(
        "<p>Hej Anna!</p><p>Det är löst.</p>", 0
    )


def test_both_marks_in_a_row_are_taken_away() -> None:
    assert public_rendition("@kund @customer Hej", internal_texts=[]).html == "<p>Hej</p>"


def test_the_look_of_a_public_message_crosses() -> None:
    body = (
        "@kund <h1>Så här</h1><p><b>Fet</b>, <i>kursiv</i>, <ins>under</ins>, <del>bort</del></p>"
        "<ul><li>ett<ol><li>två</li></ol></li></ul><p>rad<br>rad</p>"
        '<p><a href="https://example.com/a?b=1&amp;c=2">här</a> <a href="mailto:a@example.com">mejla</a></p>'
    )
    assert public_rendition(body, internal_texts=[]).html == (
        "<h1>Så här</h1><p><strong>Fet</strong>, <em>kursiv</em>, <u>under</u>, <s>bort</s></p>"
        "<ul><li>ett<ol><li>två</li></ol></li></ul><p>rad<br>rad</p>"
        '<p><a href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer">här</a> '
        '<a href="mailto:a@example.com" rel="noopener noreferrer">mejla</a></p>'
    )


def test_mentions_become_names() -> None:
    mention = '<a class="user_mention_editor" href="https://x.example/users/7" data-mention-id="7">@Bo Ek</a>'
    assert public_rendition(f"@kund {mention} svarar", internal_texts=[]).html == "<p>Bo Ek svarar</p>"


@pytest.mark.parametrize(
    "hidden",
    [
        "<p style='display:none'>hemligt</p>",
        "<p style='DISPLAY : NONE'>hemligt</p>",
        r"<p style='d\69splay:none'>hemligt</p>",
        "<div hidden><p>hemligt</p></div>",
        "<o:p style='mso-hide:all'>hemligt</o:p>",
        "<span style='opacity: 0'>hemligt</span>",
        "<p style='color: red; DISPLAY: none ! important'>hemligt</p>",
        "<span style='color: transparent'>hemligt</span>",
        "<span style='position:absolute; left:-9999px'>hemligt</span>",
        "<span style='position:absolute; left:-99em'>hemligt</span>",
        "<span style='color: rgba(0, 0, 0, 0)'>hemligt</span>",
        "<span style='color: rgb(0 0 0 / 0%)'>hemligt</span>",
        "<span style='color: #ffffff00 !important'>hemligt</span>",
        "<span style='font-size: .0em'>hemligt</span>",
        "<span style='font: 0/0 a'>hemligt</span>",
        "<span style='transform: rotate(3deg) scale(0)'>hemligt</span>",
        "<span style='margin: 0; clip: rect(0, 0, 0, 0)'>hemligt</span>",
        "<div style='max-height: 0; overflow: hidden'>hemligt</div>",
        "<span hidden>hem<br>ligt</span>",
        "<img alt='hemligt' title='hemligt' src='https://example.com/hemligt'>",
        "<p title='hemligt' data-note='hemligt' aria-label='hemligt'></p>",
        "<!-- hemligt -->",
        "<script>hemligt</script><style>hemligt</style><template>hemligt</template>",
        "<noscript>hemligt</noscript><iframe>hemligt</iframe><textarea>hemligt</textarea>",
    ],
)
def test_what_is_not_seen_does_not_cross(hidden: str) -> None:
    assert public_rendition(f"<p>@kund Hej</p>{hidden}", internal_texts=[]) == PublicMessage("<p>Hej</p>", 0)


@pytest.mark.parametrize(
    "style",
    [
        "font-size:11pt; color:#000000; background-color:transparent; font-weight:400",
        "background-image:initial; background-origin:initial; background-clip:initial",
        "border-color: transparent; border-width: 0px; outline-width: 0",
        "font-size: 0.875rem; line-height: 0.9",
        "font: 0.9em Arial",
        "width: auto; height: auto; overflow: hidden; opacity: inherit; zoom: normal; font-size: smaller",
        "min-width: 0; width: 0px",
        "max-height: 0.5em; overflow: hidden",
        "opacity: 0.9; color: rgba(0, 0, 0, 0.87)",
        "color: #ff0000; clip-path: none",
        "color: rgb(255, 0, 0)",
        "color: rgb(255 0 0 / 80%)",
        "font-family: '\\FF2D\\FF33'",
        "text-indent: -18pt; margin-left: -12px",
        "content: '\\ffffff'",
    ],
)
def test_words_with_an_ordinary_look_are_not_taken_for_hidden(style: str) -> None:
    body = f'<p><span style="{style}">Allt har stannat</span></p>'
    assert message_from_customer("Anna", body, "kund").endswith("<p>Allt har stannat</p>")


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_that_runs_crosses(vector: str) -> None:
    assert_safe(public_rendition(f"@kund {vector}", internal_texts=[]).html)
    assert_safe(message_from_customer(vector, vector, vector))


@given(SCRAPS)
def test_what_crosses_is_safe_and_clean_already(body: str) -> None:
    html = public_rendition(f"<p>@kund</p>{body}", internal_texts=[]).html
    assert_safe(html)
    assert clean(html) == html


@given(SCRAPS)
def test_reading_what_was_written_gives_the_same(body: str) -> None:
    written = write_html(read_lines(body))
    assert write_html(read_lines(written)) == written
    assert normalised_text(written).replace("@", "").split() == normalised_text(body).replace("@", "").split()


@given(SCRAPS)
def test_a_copy_can_be_recognised_when_it_comes_back(body: str) -> None:
    sent = message_from_customer("Anna", body, "kund")
    rewritten = (
        sent.replace("<p>", '<p dir="ltr" class="x">\n')
        .replace("<strong>", "<b>\ufeff")
        .replace(" ", "&nbsp;")
    )
    if "href" not in sent:
        assert normalised_text(rewritten.replace("</strong>", "</b>")) == normalised_text(sent)


@given(SCRAPS)
def test_only_what_the_technician_wrote_crosses(body: str) -> None:
    crossed = normalised_text(public_rendition(f"@kund {body}", internal_texts=[]).html).split()
    seen = normalised_text(body).replace("@", "")
    assert all(word.replace("@", "") in seen for word in crossed)


SENTENCES = [
    "Kunden har inte betalat fakturan för oktober.",
    "Lösenordet är Sommar2026",
    "hemligt",
    "Ring advokaten innan vi svarar, de tänker säga upp avtalet i december.",
]


@pytest.mark.parametrize("secret", SENTENCES)
@pytest.mark.parametrize("wrapping", [*WRAPPINGS, *QUOTES])
def test_a_passage_of_an_internal_message_stays_inside(secret: str, wrapping: str) -> None:
    body = f"<p>@kund Hej Anna, det är löst.</p>{wrapping.format(secret)}<p>Hör av dig!</p>"
    rendition = public_rendition(body, internal_texts=[normalised_text(f"<p>Obs!</p><p>{secret}</p>")])
    text = normalised_text(rendition.html)
    assert secret not in text
    assert text.startswith("Hej Anna, det är löst.")
    assert text.endswith("Hör av dig!")
    assert rendition.left_out == 1


@pytest.mark.parametrize(
    "disguised",
    [
        "KUNDEN HAR INTE BETALAT FAKTURAN FÖR OKTOBER!",
        "Kunden har&nbsp;inte <b>beta</b><i>lat</i> faktu&shy;ran för okto\u200bber",
        "Kunden har<br>inte betalat<br>fakturan för oktober",
        "kunden har</p><p>inte betalat</p><p>fakturan för oktober",
        "Som sagt: kunden har inte betalat fakturan för oktober, men …",
        "Kunden har inte betalat fakturan fo\u0308r oktober",
    ],
)
def test_an_internal_passage_stays_inside_in_any_disguise(disguised: str) -> None:
    rendition = public_rendition(f"<p>@kund Hej!</p><p>{disguised}</p>", internal_texts=[SENTENCES[0]])
    assert rendition.html == "<p>Hej!</p>"
    assert rendition.left_out >= 1


@pytest.mark.parametrize("link", ["https://wiki.example/intern", "https://wiki.example/intern/"])
def test_a_link_to_what_an_internal_message_shows_stays_inside(link: str) -> None:
    body = f'<p>@kund Hej!</p><p>Läs <a href="{link}">här</a></p>'
    assert public_rendition(body, internal_texts=["Se https://wiki.example/intern"]).html == "<p>Hej!</p>"


def test_a_short_internal_message_is_found_inside_a_longer_sentence() -> None:
    body = "<p>@kund Hej!</p><p>Vi vet att de betalar aldrig räkningar, tyvärr.</p>"
    assert public_rendition(body, internal_texts=["De betalar aldrig räkningar"]).html == "<p>Hej!</p>"


def test_a_whole_note_of_a_few_long_words_is_found_inside_a_longer_sentence() -> None:
    body = "<p>@kund Hej!</p><p>Tyvärr: lösenordet är Sommar2026, sa hen.</p>"
    assert public_rendition(body, internal_texts=["Lösenordet är Sommar2026"]).html == "<p>Hej!</p>"


def test_a_note_of_a_few_short_words_is_no_reason_to_hold_back_a_sentence() -> None:
    body = "@kund Jag testar igen på tavlan."
    assert public_rendition(body, internal_texts=["Testar igen", "Tavlan"]).left_out == 0


def test_courtesies_inside_a_longer_sentence_cross() -> None:
    body = "@kund Hej Anna, tack så mycket för hjälpen i går."
    assert public_rendition(body, internal_texts=["Tack så mycket för hjälpen!"]).left_out == 0


@pytest.mark.parametrize(
    "courtesy", ["Hej", "Tack så mycket!", "Ja", "Kind regards", "👍", "Det fungerar nu."]
)
def test_a_courtesy_crosses_wherever_else_it_was_said(courtesy: str) -> None:
    internal = ["Hej, tack så mycket! Ja, kind regards", "Nu fungerar det som det ska."]
    assert public_rendition(f"@kund {courtesy}", internal_texts=internal) == PublicMessage(
        f"<p>{courtesy}</p>", 0
    )


def test_a_quote_of_unknown_origin_stays_inside() -> None:
    quotes = "<blockquote><p>Ett.</p><p>Två.</p></blockquote><p>och<br>&gt; tre<br>fyra</p>"
    assert public_rendition(f"<p>@kund Svar nedan.</p>{quotes}", internal_texts=[]) == PublicMessage(
        "<p>Svar nedan.</p><p>och<br>fyra</p>", 2
    )


def test_a_quote_that_begins_amid_a_paragraph_stays_inside() -> None:
    body = "<p>@kund Så här <b>blev</b> det:\n&gt; internt\nmer internt</p><p>Bra?</p>"
    assert public_rendition(body, internal_texts=[]) == PublicMessage(
        "<p>Så här <strong>blev</strong> det:</p><p>Bra?</p>", 1
    )


def test_space_at_the_end_of_a_line_is_not_kept() -> None:
    assert public_rendition("<p>@kund <b>Hej</b>&nbsp;<i> </i></p>", internal_texts=[]).html == (
        "<p><strong>Hej</strong></p>"
    )


def test_a_quote_of_what_the_customer_wrote_crosses() -> None:
    body = "<p>@kund Du skrev:</p><blockquote><p>Kortet flyttas inte</p></blockquote><p>Nu gör det det.</p>"
    assert public_rendition(
        body, internal_texts=[], public_texts=["Hej! Kortet flyttas inte."]
    ) == PublicMessage(
        "<p>Du skrev:</p><blockquote><p>Kortet flyttas inte</p></blockquote><p>Nu gör det det.</p>", 0
    )


def test_a_quote_that_is_only_in_part_the_customers_stays_inside_whole() -> None:
    body = "<p>@kund Hej!</p><blockquote><p>De betalar inte.</p><p>Kortet flyttas inte.</p></blockquote>"
    assert public_rendition(
        body, internal_texts=["De betalar inte. Kortet flyttas inte."], public_texts=["Kortet flyttas inte."]
    ) == PublicMessage("<p>Hej!</p>", 1)


def test_a_few_quoted_words_that_an_internal_message_has_too_stay_inside() -> None:
    assert public_rendition(
        "<p>@kund Hej!</p><blockquote>Ja</blockquote>", internal_texts=["Ja"], public_texts=["Ja, gärna"]
    ) == PublicMessage("<p>Hej!</p>", 1)


def test_what_the_customer_wrote_is_no_secret_because_a_note_repeats_it() -> None:
    said = "Kortet flyttas inte när jag ändrar status"
    rendition = public_rendition(f"@kund {said}", internal_texts=[f"De säger: {said}"], public_texts=[said])
    assert rendition == PublicMessage(f"<p>{said}</p>", 0)


@pytest.mark.parametrize(
    "header",
    [
        "Den mån 3 nov. 2025 kl 10:00 skrev Bo Ek &lt;bo@example.com&gt;:",
        "On Mon, Nov 3, 2025 at 10:00 AM Bo Ek\n&lt;bo@example.com&gt; wrote:",
        "On Mon, Nov 3, 2025 at 10:00 AM Bo Ek<br>wrote:",
        "2025-11-03 10:00 skrev Bo Ek:",
        "-----Ursprungligt meddelande-----",
        "<b>Från:</b> Bo Ek<br><b>Skickat:</b> den 3 november 2025<br><b>Till:</b> Support",
    ],
)
def test_what_stands_below_a_reply_header_stays_inside(header: str) -> None:
    body = f"<p>@kund Det är löst.</p><div>{header}</div><p>Det här är internt.</p><p>Och detta.</p>"
    assert public_rendition(body, internal_texts=[]) == PublicMessage("<p>Det är löst.</p>", 1)


@pytest.mark.parametrize(
    "sentence",
    [
        "Som du skrev 2025:",
        "Från: fredag till: måndag",
        "Du skrev i går att:",
        "On Monday we wrote a new recipe:",
    ],
)
def test_a_sentence_that_resembles_a_reply_header_crosses(sentence: str) -> None:
    body = f"<p>@kund {sentence}</p><p>Prova igen.</p>"
    assert public_rendition(body, internal_texts=[]).html == f"<p>{sentence}</p><p>Prova igen.</p>"


def sentences(words: Sequence[str], fewest: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), min_size=fewest, max_size=12).map(" ".join)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[str, list[str], list[str]]:
    """A public body, the internal messages it was pieced together from in part, and its public passages."""
    internal = draw(st.lists(sentences(INTERNAL_WORDS, 1), min_size=1, max_size=4))
    parts = ["<p>@kund</p>"]
    public: list[str] = []
    for _ in range(draw(st.integers(1, 6))):
        secret = draw(st.sampled_from(internal)).split()
        start = draw(st.integers(0, len(secret) - 1))
        passage = " ".join(secret[start : draw(st.integers(start + 1, len(secret)))])
        kind = draw(st.sampled_from(["public", "internal", "quoted", "shouted", "unseen"]))
        if kind == "public":
            passage = draw(sentences(PUBLIC_WORDS, 1))
            public.append(passage)
        if kind == "shouted":
            passage = passage.upper()
        if kind == "unseen":
            passage = "\u200b".join(passage).replace(" ", "&nbsp;")
        parts.append(draw(st.sampled_from(QUOTES if kind == "quoted" else WRAPPINGS)).format(passage))
    return "".join(parts), internal, public


@given(conversations())
def test_no_word_of_an_internal_message_reaches_the_customer(case: tuple[str, list[str], list[str]]) -> None:
    body, internal, public = case
    rendition = public_rendition(body, internal_texts=internal)
    text = normalised_text(rendition.html).casefold()
    assert not [word for word in INTERNAL_WORDS if word in text]
    assert all(passage in text for passage in public)


@given(SCRAPS, st.lists(SCRAPS, max_size=3))
def test_more_internal_messages_never_let_more_across(body: str, internal: list[str]) -> None:
    texts = [normalised_text(message) for message in internal]
    free = public_rendition(f"@kund {body}", internal_texts=[])
    held = public_rendition(f"@kund {body}", internal_texts=texts)
    assert len(normalised_text(held.html)) <= len(normalised_text(free.html))
    assert held.left_out >= free.left_out


def test_a_customers_message_is_headed_with_their_name() -> None:
    assert message_from_customer("Anna <Ek>", "<p>@kund Hjälp!</p>", "kund") == (
        "<p><strong>Anna &lt;Ek&gt;</strong> (kund):</p><p>@kund Hjälp!</p>"
    )


def test_a_customer_without_a_name_is_called_the_customer() -> None:
    assert message_from_customer(" @ ", "Hej", "kund") == "<p><strong>kund</strong>:</p><p>Hej</p>"


def test_a_technicians_message_is_headed_with_their_name() -> None:
    assert message_from_technician("Bo & Co", PublicMessage("<p>Hej</p>", 0)) == (
        "<p><strong>Bo &amp; Co</strong>:</p><p>Hej</p>"
    )


def test_a_technician_without_a_name_is_called_support() -> None:
    assert (
        message_from_technician("", PublicMessage("<p>Hej</p>", 0))
        == "<p><strong>Support</strong>:</p><p>Hej</p>"
    )


def test_a_plain_text_keeps_its_line_breaks() -> None:
    assert message_from_customer("Anna", "Ett\n\nTvå\r\nTre", "kund").endswith("<p>Ett<br><br>Två<br>Tre</p>")


def test_preformatted_text_keeps_its_line_breaks() -> None:
    assert write_html(read_lines("<pre>ett\n  två</pre>")) == "<p>ett<br>två</p>"


def test_breaks_of_the_source_are_not_shown() -> None:
    assert write_html(read_lines("<p>ett\ntvå</p>")) == "<p>ett två</p>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p></p><p>&nbsp;</p>", ""),
        ("<p>Ett</p><p>Två&nbsp; &amp; tre</p>", "Ett Två & tre"),
        ("Ett<br>Två &lt;b&gt;", "Ett Två <b>"),
        ("<p>E\u0301tt\ufeff</p>", "Étt"),
    ],
)
def test_the_text_of_an_update_is_what_a_reader_reads(html: str, text: str) -> None:
    assert normalised_text(html) == text


def test_lists_keep_their_order_when_their_markup_is_wrong() -> None:
    assert write_html(read_lines("<li>ett</li><ul>två<ul><li>tre</ul></ul><p>fyra")) == (
        "<p>ett</p><ul><li>två</li><li><ul><li>tre</li></ul></li></ul><p>fyra</p>"
    )


def test_an_element_that_has_no_end_does_not_reach_beyond_its_parent() -> None:
    body = "<p>@kund Hej</p><blockquote>ett<bgsound>två</blockquote><p hidden>tre<keygen></p><p>fyra</p>"
    assert public_rendition(body, internal_texts=[]).html == "<p>Hej</p><p>fyra</p>"


def test_deep_nesting_is_bounded() -> None:
    deep = "<ul><li>" * 2_000 + "x"
    assert write_html(read_lines(deep)).count("<ul>") <= 12
