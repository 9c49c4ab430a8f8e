"""What a Spanish sentence must not ask for; accents are taken off."""

from __future__ import annotations

from mm_robot.safety.rules.rule import Offence, rules

WORDS = {
    "living": r"""hombre hombres mujer mujeres nino ninos nina ninas gente persona personas perro perros gato
        gatos animal animales bebe vecin\w+ alguien todos el ella abuela abuelo madre padre
        herman\w+ amig\w+ pajaro peaton\w* multitud chic[oa]s? pies piernas""",
    "hard": "pared muro cristal vidrio ventana espejo jarron mueble puerta caja pelota bola cono cilindro",
    "guard": r"""seguridad limite\w* regla\w* parada\w* boton sensor\w* camara\w* freno\w* escaner lidar
        laser  instruccion\w* restriccion\w* proteccion\w* registro\w*""",
    "off": r"""desactiv\w* desconect\w* ignor\w* apag\w* anul\w* salt\w* supera\w* exced\w* olvid\w*
        elimin\w* quit\w* tapa\w* cubr\w* bloque\w* burl\w* evad\w* hacke\w* viola\w* elud\w*""",
}

RULES = rules(
    negation=r"(?:no|sin|nunca|jamas|evit\w*)(?: te| le| la| lo)? ",
    apart="hacia|cerca|delante|junto|para|con|y|luego|o|hasta|detras",
    words=WORDS,
    patterns={
        Offence.LIVING: (
            r"(?:mat(?:ar|a|en|alo|ala|alos|alas|arlo|arla)|asesin\w*|degoll\w*|apunal\w*|envenen\w*|"
            r"estrangul\w*|"
            r"her(?:ir|irlo|irla)|hiere\w*|lastim\w*|atac(?:a|ar|alo|ala)|agred\w*|tortura\w*|ahog(?:a|"
            r"ar|ue)\w*|"
            r"dispar(?:a|ar|e|ale)|atropell\w*|aplast\w*)\b",
            r"(?:haz|hazlo|hazla) (?:caer|tropezar)\b",
            r"(?:haz|hazle|hazles|hacer|hacerle|haga\w*)(?: [a-z]+){0,2} dano\b",
            r"(?:golpe\w*|pega(?:r|le|les)?|patea\w*|empuj\w*|choca\w*|embist\w*|derrib\w*|tumb\w*|"
            r"arroll\w*|quem\w*|"
            r"muerd\w*)~<living>\b",
        ),
        Offence.THINGS: (
            r"(?:destru[iy]\w*|destroz\w*|rompe[rn]?|rompa\w*|quiebr\w*|quem(?:a|ar|e)|incendi\w*|danar|"
            r"sabote\w*|"
            r"explot(?:a|ar|e)|revient\w*|derrib\w*)\b",
            r"(?:choca\w*|estrella\w*|choque\w*)(?: [a-z]+){0,2} (?:contra|con|en)\b",
            r"(?:conduce|corre|ve|vete|lanzate|avanza)\w* contra~<hard>\b",
        ),
        Offence.ITSELF: (
            r"(?:salta\w*|cae\w*|baja\w*|rueda\w*|conduce\w*|ve|metete)~(?:escaleras?|acantilado|balcon|"
            r"agua|fuego|"
            r"piscina|rio|lago|precipicio|agujero|techo|vacio)\b",
            r"(?:tirate|lanzate)\b",
        ),
        Offence.EVASION: (
            r"<off>~<guard>",
            r"ignor\w*~obstaculo\w*",
            r"sin (?:frenar|limite\w*|seguridad|mirar|sensor\w*|restriccion\w*|regla\w*)\b",
            r"pase lo que pase\b|cueste lo que cueste\b|aunque (?:te|alguien|yo|haya|la|el|diga\w*)\b",
            r"no (?:te |le )?(?:pares|detengas|frenes|obedezcas) (?:nunca|aunque|si|por|cuando)\b",
            r"nunca (?:te )?(?:pares|detengas|frenes|obedezcas)\b|mas rapido (?:de|que) lo permitido\b",
        ),
        Offence.FRIGHT: (
            r"(?:espi(?:a|ar|alo|ala)|acos(?:a|ar|alo|ala)|asust\w*|aterroriz\w*|intimid\w*|amenaz\w*|"
            r"sigilos\w*)\b",
            r"(?:da|dale|dales|dar|mete|metele)(?: [a-z]+){0,3} miedo\b",
            r"(?:a escondidas|en secreto)\b|sin que (?:se|te|lo|la|nadie|el|ella)\b",
            r"(?:persig\w*|persegu\w*|acorral\w*)~<living>\b|sigue~<living>(?: [a-z]+){0,3} casa\b",
        ),
    },
)
