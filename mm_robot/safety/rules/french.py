"""What a French sentence must not ask for; accents are taken off, apostrophes are spaces."""

from __future__ import annotations

from mm_robot.safety.rules.rule import Offence, rules

WORDS = {
    "living": """homme hommes femme femmes enfant enfants gens personne personnes fille filles garcon garcons
        bebe chien chiens chat chats animal animaux voisin voisine voisins lui le la les moi nous
        quelqu pieton pietons foule grand invite invites mere pere frere soeur ami amie amis oiseau
        monde jambes pieds""",
    "hard": """mur murs vitre fenetre meuble meubles porte vase miroir tele boite caisse balle ballon cone
        cylindre obstacle etagere""",
    "guard": r"""securite\w* limite\w* limitation\w* regle\w* arret\w* bouton capteur\w* camera\w* frein\w*
        scanner lidar laser radar instruction\w* consigne\w* restriction\w*
        protection\w* surveillance journal""",
    "off": r"""desactiv\w* ignor\w* contourn\w* coup\w* etein\w* debranch\w* depass\w* oubli\w* supprim\w*
        retir\w* masqu\w* couvr\w* bloqu\w* neutralis\w* enlev\w* arrach\w* pirat\w* viole\w*""",
}

RULES = rules(
    negation="(?:ne|n|sans|jamais|pas|evite\\w*)(?: de| pas| jamais)* ",
    apart="vers|devant|pres|jusqu|a|au|pour|avec|et|puis|ou|derriere",
    words=WORDS,
    patterns={
        Offence.LIVING: (
            r"(?:tuer|tuez|assassine[rz]?|meurtr\w*|egorg\w*|empoisonn\w*|poignard\w*|etrangl\w*|bless(?:e|"
            r"er|ez)|attaqu\w*|"
            r"agress(?:e|er|ez)|torture[rz]? l(?:e|a|es)?|noyer|massacr\w*|ecras(?:e|er|ez))\b",
            r"tue (?:le|la|les|l|un|une|ce|cette|ces|mon|ma|mes|tous|tout|moi|lui)\b",
            r"(?:fais|faire|faites)(?: [a-z]+){0,2} mal\b",
            r"(?:frapp\w*|cogn\w*|tape\w*|pouss\w*|renvers\w*|percut\w*|heurt\w*|fonce\w*|gifl\w*|"
            r"mords?|bouscul\w*|"
            r"brul\w*|coinc\w*)~<living>\b",
            r"fai(?:s|re|tes) tomber~<living>\b",
            r"(?:roul\w*|passe\w*|tire\w*|fonce\w*|rentre\w*) (?:sur|dans|contre)~<living>\b",
        ),
        Offence.THINGS: (
            r"(?:detrui\w*|casse[rz]?|brise[rz]?|demoli(?:s|r|ssez)|sabote\w*|incendi\w*|brule[rz]?|endommag\w*|"
            r"explose\w*|"
            r"renverse[rz]?)\b",
            r"met(?:s|tre|tez)(?: [a-z]+){0,3} feu\b",
            r"(?:fonce\w*|rentre\w*|percut\w*|roule\w*|ecrase\w*)(?: [a-z]+){0,2} (?:dans|contre|"
            r"sur)~<hard>\b",
        ),
        Offence.ITSELF: (
            r"(?:saute\w*|tombe\w*|roule\w*|plonge\w*|descend\w*|va)~(?:escaliers?|falaise|balcon|eau|"
            r"feu|piscine|"
            r"riviere|lac|vide|trou|precipice|toit)\b",
            r"jette toi\b",
        ),
        Offence.EVASION: (
            r"<off>~<guard>",
            r"ignor\w*~obstacle\w*",
            r"sans (?:freiner|limite\w*|securite|regarder|capteur\w*|restriction\w*|regle\w*)\b",
            r"(?:peu importe|quoi qu il arrive|a tout prix)\b|meme si (?:je|on|quelqu|il|elle|tu|l)\b",
            r"(?:ne |n )?(?:t |te )?(?:arrete\w*|freine\w*|obei\w*) (?:jamais|pas (?:meme|si|quand|"
            r"pour))\b",
            r"plus vite que (?:permis|la limite|autorise|ce qui)\b",
        ),
        Offence.FRIGHT: (
            r"(?:espionn\w*|traqu\w*|harcel\w*|effray\w*|effraie\w*|terroris\w*|intimid\w*|menac\w*|"
            r"epie[rz]?)\b",
            r"fai(?:s|re|tes)(?: [a-z]+){0,4} peur\b",
            r"(?:en cachette|en secret|secretement|discretement)\b|sans (?:etre (?:vu|remarque)|qu "
            r"(?:il|elle|on|ils))\b",
            r"(?:poursui\w*|chass\w*)~<living>\b|(?:suis|suivre|suivez)~<living>(?: [a-z]+){0,3} "
            r"(?:chez|partout|maison)\b",
        ),
    },
)
