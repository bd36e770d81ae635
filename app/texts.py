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
    "refused.needed": {
        "sv": "För att komma vidare i ert ärende skulle vi behöva något som inte ingår i ert avtal: "
        "{what} ingår i {agreements}. Ert ärende hanteras som vanligt. Hör gärna av er till er kontakt "
        "hos Synerity om ni vill veta mer.",
        "en": "To get further with your ticket we would need something that your agreement does not "
        "include: {what} is part of {agreements}. Your ticket is handled as usual. Your contact at "
        "Synerity is glad to tell you more.",
    },
    "refused.custom.needed": {
        "sv": "För att komma vidare i ert ärende skulle vi behöva något som inte ingår i ert avtal så som "
        "vi har kommit överens om det: {what}. Ert ärende hanteras som vanligt. Hör gärna av er till er "
        "kontakt hos Synerity om ni vill ändra det.",
        "en": "To get further with your ticket we would need something that is not part of your agreement "
        "as we have made it with you: {what}. Your ticket is handled as usual. Your contact at Synerity "
        "is glad to help if you want to change that.",
    },
    "refused.desk.needed": {
        "sv": "{agreement} innehåller inte: {what}. Valet har tagits tillbaka, och kunden har fått veta "
        "vad det ingår i.",
        "en": "What {agreement} does not include: {what}. The choice was set back, and the customer was "
        "told which agreement has it.",
    },
    "refused.manager.needed": {
        "sv": "En tekniker skulle behöva något som inte ingår i {agreement}: {what}. Ärende: {ticket}.",
        "en": "A technician would need what {agreement} does not include: {what}. Ticket: {ticket}.",
    },
    "access.asked": {
        "sv": "För att felsöka behöver vi tillgång till er miljö. Kryssa för Ge åtkomst här i ärendet om "
        "ni godkänner det. Skriv gärna vad vi får titta på och ändra i Åtkomsten gäller, och välj en dag "
        "i Åtkomst till och med; annars gäller den i fem arbetsdagar. Ni kan ta tillbaka den när som "
        "helst.",
        "en": "To troubleshoot we need access to your environment. Check Grant access here on the ticket "
        "if you agree. Please write what we may look at and change in Access covers, and choose a day in "
        "Access until; otherwise it lasts five business days. You can take it back at any time.",
    },
    "access.given": {
        "sv": "Tack! Ni har gett oss åtkomst till och med {until}. Den gäller: {scope}. Vi antecknar "
        "varje gång vi använder den. Avmarkera Ge åtkomst för att ta tillbaka den.",
        "en": "Thank you! You have granted us access until {until}. It covers: {scope}. We note each time "
        "that we use it. Uncheck Grant access to take it back.",
    },
    "access.given.desk": {
        "sv": "Kunden har gett åtkomst till och med {until}. Den gäller: {scope}. Anteckna varje "
        "användning: välj Använd, eller skriv vad du gjorde.",
        "en": "The customer has granted access until {until}. It covers: {scope}. Note each use: choose "
        "Used, or write what it was for in Access used for.",
    },
    "access.changed": {
        "sv": "Vår åtkomst gäller nu till och med {until}: {scope}.",
        "en": "Our access now lasts until {until}: {scope}.",
    },
    "access.changed.desk": {
        "sv": "Kunden har ändrat åtkomsten. Den gäller till och med {until}: {scope}.",
        "en": "The customer has changed the access. It lasts until {until} and covers: {scope}.",
    },
    "access.scope.open": {"sv": "det som ärendet handlar om", "en": "what this ticket is about"},
    "access.too_short": {
        "sv": "Dagen i Åtkomst till och med har redan passerat, så vi har inte fått någon åtkomst. Välj "
        "en senare dag, eller lämna den tom, och kryssa för Ge åtkomst igen.",
        "en": "The day in Access until has passed already, so we have not been granted access. Choose a "
        "later day, or leave it empty, and check Grant access again.",
    },
    "access.solved": {
        "sv": "Ärendet är löst, så vi behöver ingen åtkomst. Skriv gärna här om ni vill att vi tar upp "
        "det igen.",
        "en": "This ticket is solved, so we need no access. Please write here if you want us to take it "
        "up again.",
    },
    "access.solved.desk": {
        "sv": "Ärendet är löst. Öppna det igen innan du ber om åtkomst.",
        "en": "This ticket is solved. Open it again before you ask for access.",
    },
    "access.soon": {
        "sv": "Vår åtkomst till er miljö går ut: sista dag är {until}. Ändra dagen i Åtkomst till och med "
        "om vi ska ha den längre.",
        "en": "Our access to your environment runs out; its last day is {until}. Change the day in Access "
        "until if we are to have it longer.",
    },
    "access.soon.desk": {
        "sv": "Åtkomsten till kundens miljö går ut: sista dag är {until}. Kunden har påmints.",
        "en": "The access to the customer's environment runs out; its last day is {until}. The customer was "
        "reminded.",
    },
    "access.ended.expired": {
        "sv": "Vår åtkomst till er miljö har gått ut. Den användes {times} gång(er).",
        "en": "Our access to your environment has expired. It was used {times} time(s).",
    },
    "access.ended.expired.desk": {
        "sv": "Åtkomsten till kundens miljö har gått ut.",
        "en": "The access to the customer's environment has expired. Ask again if more is to be done there.",
    },
    "access.ended.revoked": {
        "sv": "Ni har tagit tillbaka vår åtkomst till er miljö. Den användes {times} gång(er).",
        "en": "You have taken back our access to your environment. It was used {times} time(s).",
    },
    "access.ended.revoked.desk": {
        "sv": "Kunden har tagit tillbaka åtkomsten till sin miljö.",
        "en": "The customer has taken back the access to its environment. Do nothing more there.",
    },
    "access.ended.solved": {
        "sv": "Ärendet är löst, och vår åtkomst till er miljö är avslutad. Den användes {times} gång(er).",
        "en": "This ticket is solved, and our access to your environment has ended. It was used {times} "
        "time(s).",
    },
    "access.ended.solved.desk": {
        "sv": "Åtkomsten till kundens miljö är avslutad: ärendet är löst.",
        "en": "The access to the customer's environment has ended: the ticket is solved.",
    },
    "access.flagged.desk": {
        "sv": "Arbete i kundens miljö har antecknats utan gällande åtkomst. Det står kvar i loggen, och "
        "supportchefen har fått veta det. Be om åtkomst innan du gör mer där.",
        "en": "Work in the customer's environment was noted without a valid grant. It stays in the log as "
        "such, and the support manager was told. Ask for access before you do more there.",
    },
    "access.flagged.manager": {
        "sv": "{number}: arbete i kundens miljö utan gällande åtkomst.",
        "en": "{number}: work in the customer's environment without a valid grant.",
    },
    "access.covered.desk": {
        "sv": "Det arbete som antecknades utan gällande åtkomst gjordes medan kunden hade gett den.",
        "en": "The work that was noted without a valid grant was done while the customer had granted "
        "access: we heard of it late.",
    },
    "access.covered.manager": {
        "sv": "{number}: arbetet i kundens miljö gjordes medan åtkomst var given.",
        "en": "{number}: the work in the customer's environment was done while access was granted.",
    },
    "access.log": {
        "sv": "{number}: så har vi använt åtkomsten till er miljö",
        "en": "{number}: how we have used the access to your environment",
    },
    "access.log.empty": {
        "sv": "{number}: vi har inte använt någon åtkomst till er miljö.",
        "en": "{number}: we have not used any access to your environment.",
    },
    "access.log.line": {"sv": "{at}, {by}: {what}", "en": "{at}, {by}: {what}"},
    "access.log.uncovered": {
        "sv": "{at}, {by}: {what} (utan gällande åtkomst)",
        "en": "{at}, {by}: {what} (without a valid grant)",
    },
    "access.log.technician": {"sv": "en tekniker hos Synerity", "en": "a technician at Synerity"},
    "access.log.no_purpose": {"sv": "felsökning", "en": "troubleshooting"},
    "fix.asked.basic": {
        "sv": "Vi föreslår en enkel åtgärd i er konfiguration. Kryssa för Vi godkänner åtgärden här i "
        "ärendet om vi får göra den. När den är gjord ser ni här vad vi gjorde och varför.",
        "en": "We suggest a simple fix of your configuration. Check We agree to the fix here on the "
        "ticket if we may make it. When it is done you see here what we did and why.",
    },
    "fix.asked.advanced": {
        "sv": "Vi föreslår att vi analyserar och åtgärdar ett flöde, en regel eller en automation hos er. "
        "Vi återskapar felet utanför er produktion först. Kryssa för Vi godkänner åtgärden här i ärendet "
        "om vi får göra det. När det är gjort ser ni här vad vi gjorde, varför, och vad det berodde på.",
        "en": "We suggest to analyse and fix a flow, a rule or an automation of yours. We reproduce the "
        "fault apart from your production first. Check We agree to the fix here on the ticket if we may "
        "do so. When it is done you see here what we did, why, and what the cause was.",
    },
    "fix.agreed.desk": {"sv": "Kunden godkänner åtgärden.", "en": "The customer agrees to the fix."},
    "fix.not_agreed.desk": {
        "sv": "Kunden godkänner inte längre åtgärden. Ändra inget i kundens miljö.",
        "en": "The customer no longer agrees to the fix. Change nothing in its environment.",
    },
    "solve.not_yet": {
        "sv": "Ärendet kan inte lösas än. Det saknas: {lacks}. Fyll i det, och sätt ärendet som löst igen.",
        "en": "The ticket can't be solved yet. Missing: {lacks}. Fill it in, then solve the ticket again.",
    },
    "solve.lacks.consent": {
        "sv": "kundens godkännande av åtgärden",
        "en": "the customer's consent to the fix (or choose no fix)",
    },
    "solve.lacks.reproduction": {
        "sv": "hur felet återskapades utanför produktion",
        "en": "how it was reproduced outside production",
    },
    "solve.lacks.summary": {
        "sv": "vad som åtgärdades och varför",
        "en": "what was done and why, for an advanced fix also the cause",
    },
    "solve.lacks.cause": {"sv": "orsaken", "en": "the cause"},
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
