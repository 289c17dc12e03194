"""Words that every text has: never shown as a reason. They are counted all the same."""

_ENGLISH = """
a about after again all also am an and any are as at be because been before being between both but
by can could did do does doing down during each few for from further had has have having he her here
hers him his how i if in into is it its just may me might more most must my no nor not now of off
on once only or other our ours out over own per please same shall she should since so some such
than that the their theirs them then there these they this those though through to too under until
up us very was we were what when where which while who whom why will with would yet you your yours
dear hello hi regards sincerely best kind sir madam thanks thank sorry unfortunately
"""
_GERMAN = """
aber alle als also am an auch auf aus bei beim bis bitte da dann das dass dem den denn der des die
dies diese dieser dieses doch durch ein eine einem einen einer eines er es für gegen hat haben hier
ich ihr ihre ihrem ihren ihrer im in ist ja kann können leider man mehr mit nach nicht noch nun nur
ob oder ohne schon sehr sein seine sich sie sind so und uns unser unsere unter über um von vor war
waren was weil wenn wer werden wie wir wird wo wurde zu zum zur sehr geehrte geehrter hallo grüße
freundlichen
"""
_FRENCH = """
à au aux avec ce ces cette dans de des du elle en est et eu il ils je la le les leur leurs lui ma
mais me même merci mes mon ne nos notre nous on ont ou où par pas pour qu que qui sa sans se sera
ses son sont sur ta te tes ton tu un une veuillez vos votre vous y bonjour cordialement
"""
_SPANISH = """
a al con como de del desde donde el ella en entre era es esa ese eso esta está este esto fue ha
han hasta hay la las le les lo los más me mi muy no nos nuestra nuestro o para pero por porque que
qué se según ser si sin sobre son su sus también te tiene un una y ya favor estimado hola saludos
"""
ALL = frozenset(word for each in (_ENGLISH, _GERMAN, _FRENCH, _SPANISH) for word in each.split())
