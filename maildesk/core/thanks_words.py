"""The phrases of a reply that only says thanks, in the languages people write us in.

In: nothing. Out: phrases as people write them; `thanks` folds case, accents and apostrophes. One
of `GRATITUDE` must be there; `BESIDES` may stand beside it. Nothing here may ask for anything:
"in advance", "still", "again", "but" and "please" are left out on purpose.
*Fails:* never.
"""

from __future__ import annotations


def _lines(text: str) -> tuple[str, ...]:
    return tuple(p.strip() for line in text.splitlines() for p in line.split("·") if p.strip())


GRATITUDE = _lines("""
thanks · thank you · thanks a lot · thanks so much · thank you so much · thank you very much · thx
ty
many thanks · thanks very much · thanks again · thank you again · much appreciated · cheers · tysm
i appreciate it · we appreciate it · really appreciate it · big thanks · a big thank you · tnx
thnx
danke · danke schön · danke schoen · dankeschön · vielen dank · vielen lieben dank · besten dank
herzlichen dank · tausend dank · danke sehr · danke vielmals · ich danke ihnen · ich danke dir
danke dir · danke ihnen · danke euch · wir danken ihnen · merci vielmal · lieben dank · dankend
merci · merci beaucoup · mille mercis · merci bien · un grand merci · grand merci
je vous remercie
nous vous remercions · merci à vous · merci à toi · je te remercie · merci infiniment
avec mes remerciements
dziękuję · dziękuję bardzo · bardzo dziękuję · dzięki · wielkie dzięki · dziękujemy
serdecznie dziękuję
dzięki wielkie · dziękuje · dziekuje · dzieki · dziękuję serdecznie
gracias · muchas gracias · mil gracias · muchísimas gracias · te lo agradezco · se lo agradezco
le agradezco · muy agradecido · muy agradecida · gracias a ti · gracias a usted
tack · tack så mycket · stort tack · tackar · tack tack · tusen tack · många tack · tack ska du ha
grazie · grazie mille · molte grazie · tante grazie · vi ringrazio · la ringrazio · ti ringrazio
grazie infinite · grazie tante · mille grazie · grazie a voi · grazie a te
dank je · dank je wel · dankjewel · dank u · dank u wel · dankuwel · bedankt · hartelijk dank
hartelijk bedankt · heel erg bedankt · veel dank · dankjewel hoor · super bedankt
obrigado · obrigada · muito obrigado · muito obrigada · obrigadão · agradeço · agradecido
agradecida
muito agradecido · obrigado a vocês · valeu
tak · mange tak · tusind tak · tak for det · tak skal du have · tak for hjælpen · takker
takk · tusen takk · mange takk · takk skal du ha · takk for hjelpen · takk for det
kiitos · kiitos paljon · paljon kiitoksia · suuri kiitos · kiitoksia · kiitti · kiitos avusta
děkuji · děkuju · moc děkuji · děkuji moc · díky · díky moc · děkujeme · mockrát děkuji
velké díky
ďakujem · ďakujem pekne · vďaka · köszönöm · köszönöm szépen · nagyon köszönöm · köszönjük · köszi
спасибо · большое спасибо · спасибо большое · спасибо вам · благодарю · благодарю вас · благодарим
огромное спасибо · спасибо огромное · дякую · дуже дякую · щиро дякую · дякуємо · благодаря
teşekkürler · teşekkür ederim · çok teşekkürler · çok teşekkür ederim · sağ olun · sağolun
mulțumesc · mulțumesc mult · mulțumim · hvala · hvala lijepa · puno hvala · ευχαριστώ
ευχαριστώ πολύ
ευχαριστούμε · شكرا · شكرا جزيلا · תודה · תודה רבה · 👍 · 🙏 · 👌 · ❤ · 🙌 · 👏
감사합니다 · 고맙습니다 · 감사해요 · 고마워요 · 정말 감사합니다 · 대단히 감사합니다 · 감사드립니다
고마워
""")

BESIDES = _lines("""
hi · hello · hey · dear · dear all · dear team · dear support · dear support team · team · support
all
good morning · good afternoon · good evening · best · regards · best regards · kind regards · bye
for your help · for the help · for all your help · for your support · for the support
for your quick help
for the quick help · for your quick reply · for the quick reply · for your quick response
for your time
for the quick response · for the fast response · for your fast response · for your prompt response
for your answer · for the answer · for the quick answer · for your reply · for the reply
for the fix
for fixing it · for fixing this · for the info · for the information · for letting me know
for that
for the update · for your effort · for your efforts · for the quick fix · for the great support
it works again · works again · everything works again
it works · it works now · works now · that works · this works · works · it works perfectly
works perfectly
works great · works fine · works fine now · works like a charm · everything works
everything works now
everything is fine · everything is fine now · all good · all good now · all fine · all set
it is working now
its working now · its working · it is working · that worked · this worked · it worked
that helped · this helped
that did it · that solved it · that fixed it · problem solved · issue solved · solved · fixed
resolved
perfect · great · excellent · awesome · super · wonderful · brilliant · fantastic · lovely · nice
cool · ok · okay
great job · great work · good job · well done · great support · very helpful · very kind · so much
a lot · got it
have a nice day · have a great day · have a good day · have a nice weekend · have a great weekend
same to you · thats all · that is all · that was all
you too · and · this · that is great · thats great · thats perfect · noted · understood · will do
hallo · guten tag · guten morgen · liebes team · sehr geehrte damen und herren · moin · servus
grüezi
für die hilfe · für ihre hilfe · für deine hilfe · für eure hilfe · für die schnelle hilfe
für ihre schnelle hilfe
für die schnelle antwort · für ihre schnelle antwort · für die rasche antwort · für die antwort
für ihre antwort
für die info · für die information · für die rückmeldung · für die schnelle rückmeldung
für ihre rückmeldung
für die unterstützung · für ihre unterstützung · für ihre mühe · für die mühe · für ihren einsatz
für alles · dafür
für die schnelle lösung · für die rasche hilfe · für die prompte antwort
für die schnelle reaktion
es funktioniert · es funktioniert jetzt · funktioniert · funktioniert jetzt
jetzt funktioniert es · jetzt geht es · funktioniert wieder · es funktioniert wieder
jetzt geht es wieder · jetzt funktioniert es wieder · läuft wieder · alles läuft wieder
jetzt gehts · es geht wieder · geht wieder · es klappt · klappt · klappt jetzt · jetzt klappt es
hat geklappt
hat funktioniert · das hat geholfen · hat geholfen · alles gut · alles bestens · alles klar
passt · passt so
perfekt · prima · klasse · toll · sehr gut · wunderbar · hervorragend · erledigt · problem gelöst
gelöst
schönen tag · schönen tag noch · schönes wochenende · schönen abend · einen schönen tag · und
ebenso · gern geschehen · das wars · das war alles
mit freundlichen grüßen · viele grüße · liebe grüße · freundliche grüße · mfg · lg · vg
bonjour · bonsoir · salut · pour votre aide · pour ton aide · pour l aide · pour laide
pour votre réponse
pour votre réponse rapide · pour votre retour · pour votre retour rapide · pour votre réactivité
pour la réponse
pour votre rapidité · pour tout · ça marche · ca fonctionne · ça fonctionne · tout fonctionne
cela fonctionne
c est parfait · cest parfait · parfait · très bien · super · génial · excellent · c est bon
cest bon · problème résolu
bonne journée · bonne soirée · bon week end · bon weekend · cordialement · bien cordialement
à vous · résolu · et
cela marche · tout est bon · nickel
dzień dobry · witam · cześć · za pomoc · za szybką pomoc · za odpowiedź · za szybką odpowiedź
za informację
działa · już działa · wszystko działa · teraz działa · super · świetnie · rozwiązane · miłego dnia
pozdrawiam
wszystko jasne · jest ok · problem rozwiązany · doskonale · i
hola · buenos días · buenas tardes · por la ayuda · por su ayuda · por tu ayuda
por vuestra ayuda · por la respuesta
por su respuesta · por su rápida respuesta · por la rápida respuesta · por todo
por la información · ya funciona
funciona · todo funciona · funciona perfectamente · perfecto · excelente · genial · muy bien
solucionado · resuelto
todo bien · todo correcto · saludos · un saludo · buen día · que tenga un buen día · de acuerdo
problema resuelto · y
hej · för hjälpen · för snabb hjälp · för svaret · för snabbt svar · för snabb respons
det fungerar · det fungerar nu
fungerar · fungerar nu · nu fungerar det · allt fungerar · perfekt · toppen · jättebra · bra
löst · ha en bra dag
trevlig helg · med vänlig hälsning · mvh · vänliga hälsningar · för allt · allt bra · och
ciao · salve · buongiorno · buonasera · per l aiuto · per laiuto · per il supporto
per la risposta · per il vostro aiuto
per la rapida risposta · per la disponibilità · per l assistenza · per lassistenza · funziona
ora funziona
adesso funziona · tutto funziona · tutto ok · tutto bene · perfetto · ottimo · eccellente
benissimo · risolto
problema risolto · buona giornata · buona serata · buon lavoro · cordiali saluti · saluti
per tutto · va bene · e
goedemorgen · goedemiddag · beste · voor de hulp · voor je hulp · voor uw hulp
voor de snelle hulp · voor het antwoord
voor de snelle reactie · voor je snelle reactie · voor uw snelle reactie · voor uw reactie
voor de info · voor alles
het werkt · het werkt nu · werkt · werkt nu · werkt weer · alles werkt · het werkt weer · perfect
top · prima · geweldig
opgelost · fijne dag · fijn weekend · fijne dag nog · groeten · met vriendelijke groet · mvg
helemaal goed · is gelukt · en
olá · bom dia · boa tarde · boa noite · pela ajuda · pela sua ajuda · pelo apoio · pela resposta
pela rápida resposta
pelo retorno · pela atenção · por tudo · está funcionando · já funciona · funcionou · tudo certo
tudo bem · perfeito
ótimo · resolvido · problema resolvido · bom fim de semana · tenha um bom dia · abraço · abraços
atenciosamente · deu certo
goddag · for hjælpen · for hurtig hjælp · for svaret · for hurtigt svar · det virker
det virker nu · virker · virker nu
nu virker det · alt virker · perfekt · super · fint · løst · god dag · god weekend · venlig hilsen
med venlig hilsen · mvh
hei · for hjelpen · for rask hjelp · for svar · for raskt svar · det fungerer · fungerer
fungerer nå · nå fungerer det
det virker nå · flott · supert · bra · ha en fin dag · god helg · hilsen · med vennlig hilsen · og
moi · terve · avusta · nopeasta avusta · vastauksesta · nopeasta vastauksesta · toimii
nyt toimii · se toimii · toimii nyt
hienoa · mahtavaa · loistavaa · erinomaista · hyvä · ratkaistu · hyvää päivänjatkoa
hyvää viikonloppua · terveisin · ja
dobrý den · ahoj · zdravím · za pomoc · za rychlou pomoc · za odpověď · za rychlou odpověď
funguje · už funguje · funguje to
všechno funguje · výborně · skvělé · super · vyřešeno · hezký den · pěkný den · s pozdravem
vše v pořádku · a
здравствуйте · добрый день · доброе утро · привет · за помощь · за вашу помощь · за ответ
за быстрый ответ
за оперативность · за быструю помощь · все работает · всё работает · работает · заработало
все заработало · всё отлично
теперь работает · отлично · супер · прекрасно · хорошо · решено · вопрос решен · проблема решена
хорошего дня · с уважением
добрий день · за допомогу · за відповідь · працює · все працює · чудово · гарного дня · и · і · та
merhaba · yardımınız için · cevabınız için · çalışıyor · şimdi çalışıyor · harika · süper
iyi günler · kolay gelsin
안녕하세요 · 도와주셔서 · 빠른 답변 · 답변 · 잘 됩니다 · 잘 되네요 · 해결되었습니다 · 해결됐습니다
확인했습니다 · 네 · 수고하세요
좋은 하루 되세요 · 도움 주셔서 · 정말 · 빠른 답변 주셔서
🙂 · 😊 · 😀 · 😃 · 😄 · 😁 · 🎉 · ☺ · 💪 · 🥳 · 😍
""")

GRATITUDE_CJK = _lines("""
ありがとうございます · ありがとうございました · ありがとう · どうもありがとうございます
どうもありがとう · 有難うございます
有難うございました · 感謝します · 感謝いたします · 感謝しております · 感謝申し上げます
お礼申し上げます · サンキュー
谢谢 · 谢谢您 · 谢谢你 · 非常感谢 · 多谢 · 感谢 · 十分感谢 · 感谢您 · 謝謝 · 謝謝您 · 謝謝你
非常感謝 · 多謝 · 感謝 · 感謝您 · 万分感谢
""")

BESIDES_CJK = _lines("""
お世話になっております · お世話になります · こんにちは · おはようございます · ご対応
早速のご対応 · 迅速なご対応 · ご回答 · ご返信 · ご連絡
早速のご回答 · 早速の · いただき · 頂き · 大変 · 本当に · 誠に · 助かりました · 解決しました
解決いたしました · 無事に · 無事 · 動きました
動作しました · 動作するようになりました · 直りました · 確認しました · 確認いたしました
了解しました · 了解です · 承知しました
承知いたしました · 問題ありません · 完璧です · 素晴らしい · よろしくお願いします
よろしくお願いいたします · 以上 · どうも · です · ました · くださり
您好 · 你好 · 大家好 · 您的帮助 · 的帮助 · 的支持 · 的回复 · 你的帮助 · 帮助 · 您的回复 · 回复
支持 · 您的支持 · 已解决 · 解决了 · 问题已解决 · 问题解决了 · 可以了 · 好的
现在可以了 · 没问题了 · 收到 · 正常了 · 已经正常 · 已经好了 · 太好了 · 很好 · 完美 · 祝好 · 了
您的幫助 · 已解決 · 問題已解決 · 解決了 · 沒問題了
""")
