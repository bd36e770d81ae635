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
    "connection.paused": {
        "sv": "{customer}: monday.com släpper inte längre in appen i {account}. Det som skrivs här och "
        "där väntar, inget går förlorat. Be en administratör där att installera appen igen: {link}",
        "en": "{customer}: monday.com does not let the app into {account} any more. What is written here "
        "and there waits, nothing is lost. Ask an admin there to install the app again: {link}",
    },
    "connection.back": {
        "sv": "{customer}: appen är ansluten till {account} igen. Det som har väntat kommer nu.",
        "en": "{customer}: the app is connected to {account} again. What has waited comes across now.",
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
    "tasks.more": {"sv": "… och {count} till", "en": "… and {count} more"},
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
    "access.ended.returned": {
        "sv": "Vi behöver inte längre åtkomst till er miljö, och den är avslutad. Den användes {times} "
        "gång(er).",
        "en": "We need no access to your environment any more, and it has ended. It was used {times} "
        "time(s).",
    },
    "access.ended.returned.desk": {
        "sv": "Åtkomsten till kundens miljö är lämnad tillbaka.",
        "en": "The access to the customer's environment has been given back.",
    },
    "access.not_needed": {
        "sv": "Vi behöver inte längre åtkomst till er miljö. Ni behöver inte göra något.",
        "en": "We need no access to your environment any more. There is nothing for you to do.",
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
    "fix.solved.desk": {
        "sv": "Ärendet är löst. Öppna det igen innan du väljer en åtgärd.",
        "en": "This ticket is solved. Open it again before you choose a fix.",
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
    "agreement.unknown": {
        "sv": "{column} har fått tillbaka sitt värde: det finns inget sådant avtal. Välj något av {known}.",
        "en": "{column} has been given its value back: there is no such agreement. Choose one of {known}.",
    },
    "agreement.empty": {
        "sv": "{column} har fått tillbaka sitt värde: en kund har alltid ett avtal. Välj något av {known}.",
        "en": "{column} has been given its value back: a customer always has an agreement. Choose one of "
        "{known}.",
    },
    "agreement.subscribed": {
        "sv": "{column} har fått tillbaka sitt värde: kunden betalar för {tier} via monday.com. Avtalet "
        "följer "
        "prenumerationen tills den sägs upp där.",
        "en": "{column} has been given its value back: the customer pays for {tier} through monday.com. The "
        "agreement follows that subscription until it is cancelled there.",
    },
    "agreement.no_start": {
        "sv": "{column} har fått tillbaka sitt värde: ett avtal börjar någon gång. Skriv den första dagen.",
        "en": "{column} has been given its value back: an agreement begins some day. Write its first day.",
    },
    "agreement.end_before_start": {
        "sv": "{column} har fått tillbaka sitt värde: avtalet skulle sluta {end}, innan det börjar "
        "{start}. Skriv "
        "en senare sista dag eller en tidigare första dag.",
        "en": "{column} has been given its value back: the agreement would end on {end}, before it begins on "
        "{start}. Write a later last day, or an earlier first one.",
    },
    "agreement.overlap": {
        "sv": "{column} har fått tillbaka sitt värde: nästa avtal skulle börja {start}, men det nuvarande "
        "gäller "
        "till och med {end}. Två avtal kan inte gälla samtidigt; låt det ena sluta dagen innan det andra "
        "börjar.",
        "en": "{column} has been given its value back: the next agreement would begin on {start}, but the "
        "present "
        "one holds until {end}. Two can't hold at once; let one end on the day before the other begins.",
    },
    "agreement.next_too_early": {
        "sv": "{column} har fått tillbaka sitt värde: nästa avtal kan inte börja förrän det nuvarande har "
        "börjat, "
        "{start}. Skriv en senare dag.",
        "en": "{column} has been given its value back: the next agreement can't begin before the present one "
        "has, on {start}. Write a later day.",
    },
    "agreement.two_to_come": {
        "sv": "{column} har fått tillbaka sitt värde: det finns redan ett nästa avtal, från {start}. Ändra "
        "det "
        "i stället, eller ta bort det först.",
        "en": "{column} has been given its value back: there is a next agreement already, from {start}. "
        "Change "
        "that one, or take it away first.",
    },
    "agreement.overlap_before": {
        "sv": "{column} har fått tillbaka sitt värde: {tier} gäller från {start}, och avtalet skulle börja "
        "före det. "
        "Skriv {start} eller en senare dag.",
        "en": "{column} has been given its value back: {tier} holds from {start}, and the agreement would "
        "begin "
        "before that. Write {start} or a later day.",
    },
    "agreement.begins_later": {
        "sv": "Avtalet börjar {day} och står därför under nästa avtal tills dess. Till dess gäller det "
        "tidigare. "
        "Dess sista dag kan skrivas när det har börjat.",
        "en": "The agreement begins on {day}, so it stands under the next agreement until then. What held "
        "before "
        "holds meanwhile. Its last day can be written once it has begun.",
    },
    "agreement.overruled": {
        "sv": "Kunden betalar för {bought} via monday.com, men avtalet {tier} här på tavlan gäller. Be "
        "kunden säga "
        "upp prenumerationen, eller avsluta avtalet här, om bara det ena ska betalas.",
        "en": "The customer pays for {bought} through monday.com, but the agreement {tier} on this board "
        "holds. "
        "Ask the customer to cancel the subscription, or end the agreement here, if only one is to be paid.",
    },
    "agreement.paid_there": {"sv": "Betalas via monday.com", "en": "Paid through monday.com"},
    "agreement.notice_nears": {
        "sv": "{customer}: sista dagen att säga upp avtalet är {day}, om {days} dagar.",
        "en": "{customer}: the last day to give notice is {day}, in {days} days.",
    },
    "agreement.renewal_nears": {
        "sv": "{customer}: avtalet förnyas {day}, om {days} dagar.",
        "en": "{customer}: the agreement is renewed on {day}, in {days} days.",
    },
    "custom.set_back": {
        "sv": "{column} har fått tillbaka sin text, och ingenting har ändrats. Skriv en rad för varje "
        "villkor, "
        "till exempel: svarstid = 4 tim från 2026-10-01 till 2026-12-31.",
        "en": "{column} has been given its text back, and nothing has changed. Write one line for each "
        "term, for "
        "example: guaranteed_response = 4 h from 2026-10-01 to 2026-12-31.",
    },
    "custom.unreadable": {
        "sv": "”{line}”: raden går inte att läsa. Skriv namn = värde, och från och till om den inte alltid "
        "ska gälla.",
        "en": "“{line}”: the line can't be read. Write name = value, and from and to where it is not to hold "
        "always.",
    },
    "custom.unknown": {
        "sv": "”{line}”: {name} finns inte i avtalen.",
        "en": "“{line}”: there is no {name} in the agreements.",
    },
    "custom.negative": {
        "sv": "”{line}”: {value} är mindre än noll.",
        "en": "“{line}”: {value} is less than nothing.",
    },
    "custom.no_length": {
        "sv": "”{line}”: {value} är ingen svarstid. Skriv till exempel 4 tim eller 30 min, eller ingen.",
        "en": "“{line}”: {value} is no response time. Write for example 4 h or 30 min, or none.",
    },
    "custom.no_level": {
        "sv": "”{line}”: {value} går inte här. Skriv ja eller nej, eller för rapportering på begäran eller "
        "proaktiv.",
        "en": "“{line}”: {value} does not go here. Write yes or no, or for reporting on request or "
        "proactive.",
    },
    "custom.no_percent": {
        "sv": "”{line}”: {value} är ingen rabatt. Skriv till exempel 15 %.",
        "en": "“{line}”: {value} is no discount. Write for example 15 %.",
    },
    "custom.no_price": {
        "sv": "”{line}”: {value} är inget pris. Skriv till exempel 9 000 kr.",
        "en": "“{line}”: {value} is no price. Write for example 9 000 SEK.",
    },
    "custom.no_date": {
        "sv": "”{line}”: {written} är ingen dag. Skriv dagar som 2026-10-01.",
        "en": "“{line}”: {written} is no day. Write days like 2026-10-01.",
    },
    "custom.backwards": {
        "sv": "”{line}”: den sista dagen är före den första.",
        "en": "“{line}”: the last day is before the first.",
    },
    "custom.over": {
        "sv": "”{line}”: den sista dagen har redan varit. Skriv också från när raden gällde.",
        "en": "“{line}”: the last day is over already. Write from when the line held, too.",
    },
    "custom.overlap": {
        "sv": "”{line}”: överlappar ”{other}”. Låt den ena sluta dagen innan den andra börjar.",
        "en": "“{line}”: overlaps “{other}”. Let one end on the day before the other begins.",
    },
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
    "file_borne": {"sv": "Bifogat:", "en": "Attached:"},
    "file_linked": {
        "sv": "{size}, för stor att kopiera hit: öppna den med länken",
        "en": "{size}, too large to be copied here: open it by the link",
    },
    "file_unfetched": {
        "sv": "kunde inte kopieras hit: öppna den med länken",
        "en": "could not be copied here: open it by the link",
    },
    "file_gone.heading": {"sv": "Filen finns inte här längre", "en": "The file is no longer here"},
    "file_gone.sentence": {
        "sv": "Den har tagits bort eller dragits tillbaka. Fråga i ärendet om du fortfarande behöver den.",
        "en": "It has been removed or taken back. Please ask in the ticket if you still need it.",
    },
    "file_later.heading": {"sv": "Filen kan inte hämtas just nu", "en": "The file can't be fetched just now"},
    "file_later.sentence": {
        "sv": "monday.com svarar inte som det ska. Försök igen om en stund.",
        "en": "monday.com does not answer as it should. Please try again in a while.",
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
    "plans.title": {
        "sv": "Supportavtal",
        "en": "Support agreements",
    },
    "plans.other_language": {
        "sv": "In English",
        "en": "På svenska",
    },
    "plans.lead": {
        "sv": "Tre avtal för support av monday.com. Priserna är per månad, och alla kan nå oss dygnet runt "
        "via e-post och portal.",
        "en": "Three agreements for support of monday.com. Prices are per month, and everybody can reach us "
        "round the clock by mail and portal.",
    },
    "plans.licence_price": {
        "sv": "Pris för licenskunder",
        "en": "Price for licence customers",
    },
    "plans.licence_price.what": {
        "sv": "Per månad, för er som köper era monday.com-licenser av Synerity.",
        "en": "Per month, for those who buy their monday.com licences from Synerity.",
    },
    "plans.other_price": {
        "sv": "Pris för övriga",
        "en": "Price for others",
    },
    "plans.other_price.what": {
        "sv": "Per månad, för er som har era licenser från någon annan.",
        "en": "Per month, for those who have their licences from somebody else.",
    },
    "plans.none": {
        "sv": "Ingår inte",
        "en": "Not included",
    },
    "plans.yes": {
        "sv": "Ingår",
        "en": "Included",
    },
    "plans.on_request": {
        "sv": "På begäran",
        "en": "On request",
    },
    "plans.proactive": {
        "sv": "Proaktivt",
        "en": "Proactive",
    },
    "plans.hour": {
        "sv": "timme",
        "en": "hour",
    },
    "plans.hours": {
        "sv": "timmar",
        "en": "hours",
    },
    "plans.business_time": {
        "sv": "Svarstider räknas i arbetstid: helgfria vardagar kl. 08 till 17 svensk tid.",
        "en": "Response times are counted in business time: non-holiday weekdays, 08:00 to 17:00 Swedish "
        "time.",
    },
    "plans.consulting": {
        "sv": "En konsulttimme kostar utan rabatt",
        "en": "An hour of consulting, before any discount, is",
    },
    "plans.vat": {
        "sv": "Alla priser är exklusive moms.",
        "en": "All prices are without VAT.",
    },
    "plans.guaranteed_response": {
        "sv": "Garanterad svarstid",
        "en": "Guaranteed response time",
    },
    "plans.guaranteed_response.what": {
        "sv": "Inom den tiden får ni ett första svar av en tekniker.",
        "en": "Within that time a technician gives you a first answer.",
    },
    "plans.vendor_reporting": {
        "sv": "Rapportering till monday.com",
        "en": "Reporting to monday.com",
    },
    "plans.vendor_reporting.what": {
        "sv": "Fel som monday.com behöver rätta anmäler vi dit och följer upp tills de är lösta.",
        "en": "Faults that are monday.com's to fix we report there, and follow up until they are solved.",
    },
    "plans.intake": {
        "sv": "Ärenden på det sätt som passar er",
        "en": "Tickets the way that suits you",
    },
    "plans.intake.what": {
        "sv": "E-post och portal dygnet runt, telefon helgfria vardagar kl. 08 till 17, eller er egen tavla.",
        "en": "Mail and portal round the clock, phone on non-holiday weekdays 08:00 to 17:00, or your own "
        "board.",
    },
    "plans.self_help": {
        "sv": "Rådgivning",
        "en": "Advice",
    },
    "plans.self_help.what": {
        "sv": "Råd och artiklar ur vår kunskapsbank.",
        "en": "Advice, and articles from our knowledge base.",
    },
    "plans.webinars": {
        "sv": "VIP-webbinarier",
        "en": "VIP webinars",
    },
    "plans.webinars.what": {
        "sv": "Ett varje kvartal, med det senaste om monday.com.",
        "en": "One each quarter, with what is new in monday.com.",
    },
    "plans.video": {
        "sv": "Skärminspelning",
        "en": "Screen recording",
    },
    "plans.video.what": {
        "sv": "Visa felet: ni spelar in skärmen direkt i webbläsaren.",
        "en": "Show the fault: you record your screen in the browser.",
    },
    "plans.feature_requests": {
        "sv": "Önskemål om funktioner",
        "en": "Feature requests",
    },
    "plans.feature_requests.what": {
        "sv": "Vi skriver era önskemål som användningsfall, lämnar dem till monday.com och berättar hur "
        "det går.",
        "en": "We write your wishes as use cases, file them with monday.com and tell you what becomes of "
        "them.",
    },
    "plans.troubleshooting": {
        "sv": "Felsökning hos er",
        "en": "Troubleshooting in your environment",
    },
    "plans.troubleshooting.what": {
        "sv": "Vi felsöker i er miljö, med en tidsbegränsad åtkomst som ni ger.",
        "en": "We look for the fault in your environment, with access that you give for a limited time.",
    },
    "plans.basic_fix": {
        "sv": "Enkla åtgärder",
        "en": "Basic fixes",
    },
    "plans.basic_fix.what": {
        "sv": "Vi rättar enkla fel i konfigurationen, om ni tillåter det.",
        "en": "We mend simple faults of the configuration, where you allow it.",
    },
    "plans.escalation": {
        "sv": "Eskalering",
        "en": "Escalation",
    },
    "plans.escalation.what": {
        "sv": "När monday.com dröjer tar vår produktägare ärendet vidare.",
        "en": "When monday.com is slow, our product owner takes the matter further.",
    },
    "plans.reports": {
        "sv": "Månadsrapport",
        "en": "Monthly report",
    },
    "plans.reports.what": {
        "sv": "Alla ärenden, hur svarstiderna hölls och vad frågorna gällde.",
        "en": "Every ticket, how response times were kept, and what was asked.",
    },
    "plans.consulting_discount": {
        "sv": "Rabatt på konsulttimmar",
        "en": "Discount on consulting",
    },
    "plans.consulting_discount.what": {
        "sv": "När ni vill ha hjälp att bygga något.",
        "en": "When you want help to build something.",
    },
    "plans.advanced_fix": {
        "sv": "Avancerade åtgärder",
        "en": "Advanced fixes",
    },
    "plans.advanced_fix.what": {
        "sv": "Vi analyserar flöden och automationer utan att störa driften, och rättar dem.",
        "en": "We analyse flows and automations without touching production, and mend them.",
    },
    "plans.acute": {
        "sv": "Svarstid i akuta lägen",
        "en": "Response in acute incidents",
    },
    "plans.acute.what": {
        "sv": "När något verksamhetskritiskt har stannat.",
        "en": "When something critical to your business has stopped.",
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
