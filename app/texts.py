"""The sentences people read, in Swedish and English, by key.

A subject asks for ``text(language, key, **values)``. Values are escaped where the result
is HTML: every sentence here becomes part of an update on a board.
"""

from html import escape

from app.errors import SupportError

LANGUAGES = ("sv", "en")
DEFAULT_LANGUAGE = "sv"
#: What technicians and the support manager read on the partner's boards.
DESK_LANGUAGE = "en"

_CATALOGUE: dict[str, dict[str, str]] = {
    "set_back.customer": {
        "sv": "{columns} sköts av Synerity och har fått tillbaka sitt värde. Skriv till oss här i "
        "ärendet om något behöver ändras.",
        "en": "{columns} is kept by Synerity and has been given its value back. Write to us here on "
        "the ticket if something needs to change.",
    },
    "set_back.desk": {
        "sv": "{columns} sköts av kunden eller av appen och har fått tillbaka sitt värde.",
        "en": "{columns} is kept by the customer or by the app and has been given its value back.",
    },
    "conflict": {
        "sv": "{column} ändrades på båda sidor samtidigt. Den senare ändringen gäller: {won}. Den andra "
        "var: {lost}.",
        "en": "{column} was changed on both sides at the same time. The later change stands: {won}. "
        "The other one was: {lost}.",
    },
    "left_out": {
        "sv": "Ditt svar har skickats till kunden, men {count} stycke(n) utelämnades: de återger "
        "interna anteckningar.",
        "en": "Your answer has been sent to the customer, but {count} passage(s) were left out: they "
        "repeat internal notes.",
    },
    "nothing_left": {
        "sv": "Ditt svar har inte skickats till kunden: allt i det återger interna anteckningar. Skriv "
        "om det med egna ord och börja med @kund.",
        "en": "Your answer has not been sent to the customer: all of it repeats internal notes. Write "
        "it in new words, beginning with @customer.",
    },
    "nothing_said": {
        "sv": "Ditt svar har inte skickats till kunden: efter @kund står ingenting.",
        "en": "Your answer has not been sent to the customer: nothing follows @customer.",
    },
    "clock_recomputed": {
        "sv": "Svarstiden har räknats om eftersom avtalet ändrades från {old} till {new}. Svar senast: "
        "{due}.",
        "en": "The response time was worked out anew because the agreement changed from {old} to "
        "{new}. Response due: {due}.",
    },
    "clock_recomputed.custom": {
        "sv": "Svarstiden har räknats om eftersom kundens särskilda villkor har ändrats. Svar senast: {due}.",
        "en": "The response time was worked out anew because the customer's custom terms have changed. "
        "Response due: {due}.",
    },
    "sla.soon": {
        "sv": "{number}: {percent} % av tiden har gått ({clock}). Senast {due}.",
        "en": "{number}: {percent} % of the time is used ({clock}). Due {due}.",
    },
    "sla.breached": {
        "sv": "{number}: tiden är ute sedan {due} ({clock}).",
        "en": "{number}: the time was up at {due} ({clock}).",
    },
    "sla.metric.acute_response": {"sv": "akut svar", "en": "acute response"},
    "merged.not": {
        "sv": "{written} är inget annat ärende hos samma kund. Skriv ett nummer som SYN-1012.",
        "en": "{written} is no other ticket of the same customer. Write a number like SYN-1012.",
    },
    "merged.here": {
        "sv": "Ärendet har slagits ihop med {number}, där vi svarar. Skriv gärna där.",
        "en": "This ticket was merged with {number}, where we answer. Please write there.",
    },
    "merged.there": {
        "sv": "{number} har slagits ihop med det här ärendet.",
        "en": "{number} was merged with this ticket.",
    },
    "explain.title": {"sv": "Så räknas svarstiden för {number}", "en": "How the time of {number} is counted"},
    "explain.nothing": {
        "sv": "Avtalet garanterar ingen svarstid för {number}.",
        "en": "The agreement guarantees no response time for {number}.",
    },
    "explain.promised": {"sv": "Avtalad tid: {time} arbetstid.", "en": "Agreed: {time} of business time."},
    "explain.counted": {"sv": "Räknad tid: {time}.", "en": "Counted: {time}."},
    "explain.status.met": {"sv": "i tid", "en": "in time"},
    "explain.status.breached": {"sv": "överskriden", "en": "not in time"},
    "explain.status.runs": {"sv": "pågår", "en": "under way"},
    "explain.open": {"sv": "räknas", "en": "counts"},
    "explain.outside_hours": {"sv": "utanför kontorstid", "en": "outside business hours"},
    "explain.closed_day": {"sv": "ledig dag", "en": "not a business day"},
    "explain.holiday": {"sv": "helgdag", "en": "holiday"},
    "explain.paused.waiting_customer": {"sv": "väntar på ert svar", "en": "waiting for your answer"},
    "explain.paused.waiting_vendor": {"sv": "väntar på monday.com", "en": "waiting for monday.com"},
    "explain.paused.solved": {"sv": "ärendet var löst", "en": "the ticket was solved"},
    "explain.excused": {"sv": "räknas inte", "en": "not counted"},
    "acute.claimed": {
        "sv": "{number}: kunden säger att läget är akut. Bekräfta eller avslå i kolumnen Akut läge. Senast "
        "{due}.",
        "en": "{number}: the customer says that it is acute. Confirm or refuse in the column Acute. Due "
        "{due}.",
    },
    "acute.confirmed": {
        "sv": "Vi behandlar ärendet som akut.",
        "en": "We treat this ticket as acute.",
    },
    "acute.refused": {
        "sv": "Vi har tittat på ärendet och bedömer att det inte är akut. Det besvaras inom avtalets "
        "vanliga tid. Skriv gärna här om något har ändrats.",
        "en": "We have looked at this ticket and do not find it acute. It is answered within the "
        "agreement's usual time. Please write here if something has changed.",
    },
    "refused": {
        "sv": "{what} ingår i {agreements}. Vi har noterat att ni frågade. Hör gärna av er till er kontakt "
        "hos Synerity om ni vill veta mer.",
        "en": "{what} is part of {agreements}. We have noted that you asked. Your contact at Synerity is "
        "glad to tell you more.",
    },
    "refused.ticket": {
        "sv": "{what} ingår i {agreements}. Ert ärende hanteras som vanligt, och vi har noterat att ni "
        "frågade. Hör gärna av er till er kontakt hos Synerity om ni vill veta mer.",
        "en": "{what} is part of {agreements}. Your ticket is handled as usual, and we have noted that you "
        "asked. Your contact at Synerity is glad to tell you more.",
    },
    "refused.custom": {
        "sv": "{what} ingår inte i ert avtal så som vi har kommit överens om det. Vi har noterat att "
        "ni frågade. Hör gärna av er till er kontakt hos Synerity om ni vill ändra det.",
        "en": "{what} is not part of your agreement as we have made it with you. We have noted that you "
        "asked. Your contact at Synerity is glad to help if you want to change that.",
    },
    "refused.agreement": {"sv": "avtalet {tier}", "en": "the agreement {tier}"},
    "refused.agreements": {"sv": "avtalen {tiers} och {tier}", "en": "the agreements {tiers} and {tier}"},
    "refused.desk": {
        "sv": "Kunden bad om något som inte ingår i {agreement}: {what}. Kunden har fått ett svar som säger "
        "vad det ingår i.",
        "en": "The customer asked for what {agreement} does not include: {what}. The customer was told which "
        "agreement has it.",
    },
    "refused.manager": {
        "sv": "Kunden bad om något som inte ingår i {agreement}: {what}. Ärende: {ticket}.",
        "en": "The customer asked for what {agreement} does not include: {what}. Ticket: {ticket}.",
    },
    "refused.no_ticket": {"sv": "inget", "en": "none"},
    "capability.guaranteed_response": {"sv": "Garanterad svarstid", "en": "A guaranteed response time"},
    "capability.vendor_reporting": {
        "sv": "Rapportering av fel till monday.com",
        "en": "Reporting of faults to monday.com",
    },
    "capability.intake": {
        "sv": "Ärenden via e-post, portal, telefon och tavla",
        "en": "Taking in tickets by mail, portal, phone and board",
    },
    "capability.self_help": {"sv": "Rådgivning", "en": "Advice"},
    "capability.webinars": {"sv": "VIP-webbinarium varje kvartal", "en": "A VIP webinar each quarter"},
    "capability.video": {"sv": "Skärminspelning i ärendet", "en": "Screen recording in a ticket"},
    "capability.feature_requests": {
        "sv": "Önskemål om funktioner till monday.com",
        "en": "Filing of feature requests with monday.com",
    },
    "capability.troubleshooting": {
        "sv": "Felsökning i er miljö",
        "en": "Troubleshooting in your environment",
    },
    "capability.basic_fix": {
        "sv": "Enkel åtgärd i er konfiguration",
        "en": "A simple fix of your configuration",
    },
    "capability.escalation": {"sv": "Eskalering", "en": "Escalation"},
    "capability.reports": {"sv": "Månadsrapport", "en": "A monthly report"},
    "capability.consulting_discount": {
        "sv": "Rabatt på konsulttimmar",
        "en": "A discount on consulting hours",
    },
    "capability.advanced_fix": {
        "sv": "Analys och åtgärd av flöden och automationer",
        "en": "Analysis and fixing of flows and automations",
    },
    "capability.acute": {"sv": "Snabbare svar i akuta lägen", "en": "Faster response in acute incidents"},
    "sla.metric.first_response": {"sv": "första svar", "en": "first response"},
    "sla.metric.next_response": {"sv": "nästa svar", "en": "next response"},
    "sla.metric.periodic_update": {"sv": "besked till kunden", "en": "word to the customer"},
    "sla.metric.resolution": {"sv": "lösning", "en": "resolution"},
    "no_due": {"sv": "ingen garanterad tid", "en": "no guaranteed time"},
    "item_gone.archived": {
        "sv": "Kunden har arkiverat ärendet på sin tavla. Det ligger kvar här.",
        "en": "The customer has archived the ticket on its board. It stays here.",
    },
    "item_gone.deleted": {
        "sv": "Kunden har tagit bort ärendet från sin tavla. Det ligger kvar här, men uppdateras inte "
        "längre hos kunden.",
        "en": "The customer has deleted the ticket from its board. It stays here, but is no longer "
        "kept up to date at the customer's.",
    },
    "item_gone.moved": {
        "sv": "Kunden har flyttat ärendet från sin tavla. Det ligger kvar här, men uppdateras inte hos "
        "kunden så länge.",
        "en": "The customer has moved the ticket off its board. It stays here, but is not kept up to "
        "date at the customer's meanwhile.",
    },
    "item_back": {
        "sv": "Ärendet är tillbaka på kundens tavla och har uppdaterats där.",
        "en": "The ticket is back on the customer's board and has been brought up to date there.",
    },
    "answer_waits": {
        "sv": "Ditt svar har inte skickats till kunden, för kunden har tagit bort ärendet från sin tavla. "
        "Det skickas om kunden hämtar tillbaka ärendet.",
        "en": "Your answer has not been sent to the customer, because the customer has taken the ticket "
        "off its board. It will be sent if the customer brings the ticket back.",
    },
    "item_follows.archived": {
        "sv": "Ärendet fortsätter här: det tidigare objektet är arkiverat, och kunden har skrivit eller "
        "ändrat något sedan dess. Det kunden skrivit upprepas nedan; interna anteckningar finns kvar i "
        "det arkiverade objektet.",
        "en": "The ticket goes on here: its earlier item is archived, and the customer has written or "
        "changed something since. What the customer wrote is repeated below; internal notes are kept "
        "with the archived item.",
    },
    "item_follows.deleted": {
        "sv": "Ärendet fortsätter här: det tidigare objektet är borttaget, och kunden har skrivit eller "
        "ändrat något sedan dess. Det kunden skrivit upprepas nedan; interna anteckningar följde med "
        "det borttagna objektet.",
        "en": "The ticket goes on here: its earlier item was deleted, and the customer has written or "
        "changed something since. What the customer wrote is repeated below; internal notes went with "
        "the deleted item.",
    },
    "item_follows.moved": {
        "sv": "Ärendet fortsätter här: det tidigare objektet är flyttat till en annan tavla, och kunden "
        "har skrivit eller ändrat något sedan dess. Det kunden skrivit upprepas nedan; interna "
        "anteckningar finns kvar i det flyttade objektet.",
        "en": "The ticket goes on here: its earlier item was moved to another board, and the customer "
        "has written or changed something since. What the customer wrote is repeated below; internal "
        "notes are kept with the moved item.",
    },
    "set_aside": {
        "sv": "Ärendet fortsätter i ett annat objekt med samma ärendenummer. Det som skrivs här når inte "
        "kunden.",
        "en": "The ticket goes on in another item with the same ticket number. What is written here does "
        "not reach the customer.",
    },
    "group_set_back": {
        "sv": "Ärendet har flyttats tillbaka till sin kunds grupp: ett ärende kan inte byta kund.",
        "en": "The ticket has been moved back to its customer's group: a ticket can't change its customer.",
    },
    "withdrawn.desk": {
        "sv": "Meddelandet har dragits tillbaka.",
        "en": "This message has been withdrawn.",
    },
    "withdrawn.customer": {
        "sv": "Kunden har tagit bort det här meddelandet.",
        "en": "The customer has deleted this message.",
    },
    "time.wrong": {
        "sv": "Tidsposten räknas inte förrän den har rättats.",
        "en": "This time entry counts for nothing until it is mended.",
    },
    "time.wrong.ticket": {
        "sv": "Det finns inget ärende {written}: skriv ett nummer som SYN-1012, eller töm kolumnen och ange "
        "kunden.",
        "en": "There is no ticket {written}: write a number like SYN-1012, or empty the column and give the "
        "customer.",
    },
    "time.wrong.customer": {
        "sv": "Det finns ingen kund {written}, eller flera: skriv kontots namn så som det står på tavlan "
        "Kunder.",
        "en": "There is no customer {written}, or several: write the account's name as it stands on the "
        "board Customers.",
    },
    "time.wrong.both": {
        "sv": "Ärendet {ticket} hör inte till kunden {customer}: töm en av de två kolumnerna.",
        "en": "Ticket {ticket} is not one of the customer {customer}: empty one of the two columns.",
    },
    "time.wrong.minutes": {
        "sv": "{written} är inga minuter: skriv ett helt antal, från 1 till 1440.",
        "en": "{written} is no number of minutes: write a whole one, from 1 to 1440.",
    },
    "time.wrong.ahead": {
        "sv": "{written} ligger för långt fram: skriv dagen då arbetet gjordes.",
        "en": "{written} lies too far ahead: write the day on which the work was done.",
    },
    "time.wrong.back": {
        "sv": "{written} ligger för långt tillbaka: skriv dagen då arbetet gjordes.",
        "en": "{written} lies too far back: write the day on which the work was done.",
    },
    "time.wrong.no_day": {
        "sv": "{written} är inget datum: skriv dagen då arbetet gjordes.",
        "en": "{written} is no date: write the day on which the work was done.",
    },
    "time.statement": {
        "sv": "{columns} räknas fram ur månadens tidsposter och har fått tillbaka sitt värde. Rätta "
        "tidsposten i stället.",
        "en": "{columns} follows from the month's time entries and has been given its value back. Correct "
        "the entry instead.",
    },
    "empty": {"sv": "tomt", "en": "empty"},
    "customer_word": {"sv": "kund", "en": "customer"},
    "name_column": {"sv": "Namn", "en": "Name"},
}


class UnknownTextError(SupportError):
    """A sentence is asked for that nobody has written."""

    code = "unknown_text"
    permanent = True


def text(language: str, key: str, **values: object) -> str:
    """A sentence in a customer's language, its values escaped for HTML.

    Raises:
        UnknownTextError: there is no such sentence; a mistake in the code.
    """
    try:
        template = _CATALOGUE[key][language if language in LANGUAGES else DEFAULT_LANGUAGE]
    except KeyError:
        raise UnknownTextError(f"There is no text {key!r}.") from None
    return template.format(**{name: escape(str(value)) for name, value in values.items()})
