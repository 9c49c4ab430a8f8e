"""What a German sentence must not ask for; umlauts are folded to a, o and u."""

from __future__ import annotations

from mm_robot.safety.rules.rule import Offence, rules

WORDS = {
    "living": """mensch menschen mann manner frau frauen kind kinder kindern junge jungen madchen baby person
        personen leute menge menschenmenge nachbar nachbarn nachbarin hund hunde katze katzen tier
        tiere ihn ihm sie mich uns jemand jemanden oma opa mutter vater bruder schwester vogel gast
        gaste besucher passant passanten fussganger freund freundin bein beine fuss fusse""",
    "guard": r"""sicherheit\w* grenz\w* limit\w* begrenzung\w* geschwindigkeitsbegrenz\w* regel\w*
        vorschrift\w* notaus\w* nothalt\w* stopp?\w* sensor\w* kamera\w* scanner\w* laser\w*
        lidar\w* bremse\w* anweisung\w* befehl\w* schutz\w* uberwachung\w* protokoll\w*""",
    "off": r"""ignorier\w* missacht\w* umgeh\w* deaktivier\w* uberschreit\w* uberbruck\w* vergiss\w*
        vergess\w* losch\w* entfern\w* abschalt\w* ausschalt\w* abdeck\w* verdeck\w* blockier\w*
        manipulier\w* aushebel\w* brich\w*""",
    "hard": r"""wand mauer tur glas\w* scheibe fenster\w* spiegel vase fernseher mobel regal kiste ball
        kugel kegel zylinder schachtel hindernis""",
}

RULES = rules(
    negation="(?:nicht|ohne|nie|niemals|niemanden|keinen?|ohne zu) ",
    apart="zu|zur|zum|vor|neben|bei|bis|mit|hinter|und|dann|oder|nicht|niemand|niemanden|keinen|keine",
    words=WORDS,
    patterns={
        Offence.LIVING: (
            r"(?:t(?:o|oe)te[nt]?|umbringen|ermord\w*|morden|erschiess\w*|erwurg\w*|erstech\w*|"
            r"vergift\w*|foltern?|"
            r"verprugel\w*|prugel\w*|verletz\w*|uberfahr\w*|uberroll\w*)\b(?! (?:dabei )?(?:niemand|"
            r"keine|dich nicht))",
            r"bring\w*~<living> um\b|bring\w*~<living>[a-z ]* um\b",
            r"(?:schlag\w*|tritt|trete\w*|stoss\w*|schubs\w*|ramm\w*|hau\w*|quetsch\w*|zerquetsch\w*|"
            r"beiss\w*|rempel\w*|"
            r"schiess\w*|wurg\w*|stich|stech\w*|verbrenn\w*|qual\w*)~<living>\b",
            r"(?:fahr\w*|ras\w*|roll\w*)~(?:in|gegen|uber|durch)~<living>\b",
            r"(?:fahr\w*|renn\w*|roll\w*)~<living>(?: [a-z]+)? (?:um|uber den haufen|an|tot)\b",
            r"ramm? (?:den|die|das|einen|eine|ein|ihn|sie)\b|bring\w*~<living> zu fall\b",
            r"greif\w*~<living> an\b|angreif\w*\b|tu\w*~<living> weh\b|wehtun\b",
        ),
        Offence.THINGS: (
            r"(?:zerstor\w*|zerschlag\w*|zertrummer\w*|kaputt\w*|zerbrech\w*|verbrenn\w*|anzund\w*|"
            r"spreng\w*|"
            r"beschadig\w*|demolier\w*|verwust\w*|rammen?)\b",
            r"zund\w*~an\b|(?:wirf|werf\w*|stoss\w*|kipp\w*|schmeiss\w*|fahr\w*)(?: [a-z]+){1,4} um\b$",
            r"(?:fahr\w*|krach\w*|stoss\w*|ras\w*|roll\w*|knall\w*)~(?:gegen|in|uber|durch)~<hard>\b",
        ),
        Offence.ITSELF: (
            r"(?:fahr\w*|spring\w*|sturz\w*|roll\w*|fall\w*|wirf dich)~(?:treppe|stufen|klippe|balkon|"
            r"wasser|feuer|pool|"
            r"fluss|abgrund|loch|verkehr|kante|dach|teich|badewanne)\b",
        ),
        Offence.EVASION: (
            r"<off>~<guard>",
            r"(?:ignorier|missacht)\w*~hindernis\w*",
            r"(?:schalt\w*|stell\w*|mach\w*|deck\w*|kleb\w*|dreh\w*)~<guard>(?: [a-z]+)? (?:aus|ab|zu)\b",
            r"ohne (?:rucksicht|zu bremsen|bremse\w*|sensor\w*|sicherheit\w*|limit\w*|regeln|grenzen|"
            r"hinzusehen)\b",
            r"(?:halt\w*|stopp\w*|brems\w*|hor\w*)(?: [a-z]+){0,2} (?:nicht|nie|niemals)\b[^|"
            r"]*\b(?:auch wenn|wenn|egal|"
            r"fur|mehr)\b",
            r"(?:halt\w*|stopp\w*) (?:niemals|nie)\b|egal was\b|(?:auch|selbst) wenn (?:ich|jemand|man|"
            r"dich|du|es|ein)\b",
            r"schneller als (?:erlaubt|das limit|zulassig)\b|um jeden preis\b",
        ),
        Offence.FRIGHT: (
            r"(?:spionier\w*|ausspah\w*|ausspionier\w*|bespitzel\w*|stalk(?:e|en|t)|erschreck\w*|bedroh\w*|"
            r"belastig\w*|"
            r"belausch\w*|einschuchter\w*|schleich\w*|terrorisier\w*)\b",
            r"(?:mach\w*|jag\w*)(?: [a-z]+){0,4} angst\b|angst (?:machen|einjagen)\b",
            r"(?:heimlich|unbemerkt|unauffallig)\b|ohne dass (?:er|sie|es|jemand|man)\b",
            r"(?:verfolg\w*|jag\w*|hetz\w*)~<living>\b|folg\w*~<living>(?: [a-z]+){0,3} (?:hause|"
            r"uberall)\b",
        ),
    },
)
