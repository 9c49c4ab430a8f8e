"""What an Italian sentence must not ask for; accents are taken off, apostrophes are spaces."""

from __future__ import annotations

from mm_robot.safety.rules.rule import Offence, rules

WORDS = {
    "living": r"""uomo uomini donna donne bambin\w+ gente persona persone cane cani gatto gatti animal[ei]
        vicin[oai] qualcuno tutti lui lei loro nonn[ao] madre padre fratello sorella amic\w+
        ragazz\w+ uccello pedon[ei] folla me piedi gambe""",
    "hard": "muro parete vetro finestra specchio vaso mobile porta scatola palla cono cilindro ostacolo",
    "guard": r"""sicurezza limit[ei]\w* regol[ae]\w* arresto emergenza pulsante sensor[ei] telecamer[ae]
        fotocamera fren[oi] scanner lidar laser  istruzion[ei] restrizion[ei]
        protezion[ei] registro""",
    "off": r"""disattiv\w* disabilit\w* ignor\w* aggir\w* spegn\w* scolleg\w* supera\w* dimentic\w*
        rimuov\w* elimin\w* copr\w* blocca\w* elud\w* evad\w* viola\w* togli\w* hacker\w*""",
}

RULES = rules(
    negation=r"(?:non|senza|mai|evit\w*)(?: di| mai)* ",
    apart="verso|vicino|davanti|accanto|per|con|e|poi|o|alla|al|allo|alle|fino|dietro",
    words=WORDS,
    patterns={
        Offence.LIVING: (
            r"(?:uccid\w*|ammazz\w*|assassin(?:a|are|ate|i)|accoltell\w*|avvelen\w*|strangol\w*|ferisc\w*|ferir\w*|"
            r"aggred\w*|"
            r"attacc(?:a|are|alo|ala|hi)|tortura\w*|spar(?:a|are|agli)|annega\w*|investi(?:re|lo|la|li)?|"
            r"schiacci\w*)\b",
            r"(?:fai|fare|fagli|falle)(?: [a-z]+){0,2} male\b",
            r"(?:colpi\w*|picchi\w*|spingi\w*|calcia\w*|schiaffegg\w*|travolg\w*|brucia\w*|mordi\w*|"
            r"urta\w*|tampon\w*)"
            r"~<living>\b",
            r"fai cadere~<living>\b",
            r"(?:dai|tira)(?: [a-z]+){0,2} (?:pugno|calcio|schiaffo)\b",
        ),
        Offence.THINGS: (
            r"(?:distrugg\w*|rompi\w*|rompere|spacc\w*|frantum\w*|brucia\w*|incendi\w*|danneggi\w*|"
            r"sabota\w*|demoli(?:re|sci|te)|"
            r"esplod\w*|schiant\w*|sbatti\w*|rovesci\w*)\b",
            r"(?:vai|guida|corri|lanciati|scagliati)(?: [a-z]+){0,2} contro~<hard>\b",
        ),
        Offence.ITSELF: (
            r"(?:salta\w*|cadi|scendi|rotola|guida|vai)~(?:scal[ae]|scogliera|balcone|acqua|fuoco|"
            r"piscina|fiume|lago|"
            r"precipizio|buco|tetto|burrone)\b",
            r"(?:buttati|gettati)\b",
        ),
        Offence.EVASION: (
            r"<off>~<guard>",
            r"ignor\w*~ostacol\w*",
            r"senza (?:frenare|limit[ei]|sicurezza|guardare|sensori|restrizioni|regole)\b",
            r"(?:qualunque cosa accada|qualsiasi cosa accada|a ogni costo)\b|anche se (?:ti|qualcuno|io|"
            r"c|dico|lo)\b",
            r"non (?:ti )?ferm(?:arti|i|are) (?:mai|anche|se|per|quando)\b|piu veloce del (?:consentito|"
            r"limite)\b",
        ),
        Offence.FRIGHT: (
            r"(?:spia(?:re|lo|la|li)?|pedin\w*|perseguit\w*|spavent\w*|terrorizz\w*|intimid\w*|"
            r"minacci\w*|molesta\w*)\b",
            r"(?:fai|fare|fagli|falle|metti)(?: [a-z]+){0,3} paura\b",
            r"(?:di nascosto|in segreto|furtivamente)\b|senza (?:farti|essere vist\w*|che)\b",
            r"(?:insegu\w*|rincorr\w*)~<living>\b|segui~<living>(?: [a-z]+){0,3} casa\b",
        ),
    },
)
