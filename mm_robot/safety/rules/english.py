"""What an English sentence must not ask for."""

from __future__ import annotations

from mm_robot.safety.rules.rule import Offence, rules

WORDS = {
    "living": """person people persons man men woman women lady ladies girl girls boy boys child children kid
        kids baby babies toddler toddlers human humans someone somebody anyone anybody everyone
        everybody him her them me us neighbour neighbours neighbor neighbors guest guests visitor
        visitors intruder stranger strangers grandmother grandma grandfather grandpa granny mother
        mom mum father dad brother sister wife husband friend friends teacher boss worker workers
        colleague colleagues pedestrian pedestrians crowd cat cats dog dogs bird birds hamster puppy
        kitten animal animals pet pets horse rabbit mouse mice audience nurse patient patients enemy
        enemies guy guys passerby bystander bystanders student students legs neck bones fingers nose
        teeth toes ankles""",
    "else": """person people man men woman women lady girl girls boy boys child children kid kids someone
        somebody anyone everyone him her them neighbour neighbours neighbor neighbors guest guests
        visitor stranger cat cats dog dogs rabbit rabbits animal animals pet pets wife husband sister brother
        mother father ex""",
    "ahead": "straight right directly fast headlong quickly hard fully",
    "hard": """wall walls glass window windows mirror vase tv television screen shelf shelves lamp
        furniture fence obstacle obstacles pole statue plant plants flowers laptop computer tower
        cabinet cupboard""",
    "thing": "box boxes ball balls cone cones cylinder cylinders crate barrel drum pylon block thing things",
    "weapon": "gun guns pistol rifle weapon weapons knife knives grenade bomb taser explosives acid",
    "guard": """safety safeguard safeguards limit limits limiter gate restriction restrictions rule rules
        constraint constraints estop emergency sensor sensors camera cameras scanner scan lidar
        laser radar sonar brake brakes watchdog collision instructions guidelines filter
        filters programming protocol protocols audit log logs logging monitoring supervisor veto
        approval permission permissions stop stops""",
    "off": """disable disables disabling deactivate bypass bypassing override overriding ignore ignoring
        disregard evade circumvent remove delete erase unplug disconnect cover block obstruct blind
        forget skip suspend hack jailbreak exceed lift relax loosen kill disobey violate silence
        mute jam defeat falsify fake wipe escape break disarm cheat trick outsmart neutralise
        neutralize unlock""",
    "kill": """kill kills killing murder murders murdering assassinate slaughter massacre strangle
        strangling stab stabbing behead maim mutilate torture electrocute suffocate poison poisoning
        assault assaulting attack attacking injure injuring lynch exterminate annihilate""",
    "slay": """kill murder assassinate slaughter massacre strangle behead maim mutilate electrocute
        suffocate poison shoot injure lynch exterminate annihilate""",
    "one": "the that this those these my your his her our their all every each whoever everything",
    "powered": """engine engines motor motors power speed throttle light lights music noise sound time
        process task job drive motion movement wheels switch pace walk clock chatter scene breeze""",
    "course": """lap laps course corner slope circle wall walls straight aisle hill ramp turn bend
        post metres meters floor""",
    "hit": """hit hits hitting punch punching kick kicking slap beat strike smack whack bash crush
        crushing squash squish trample flatten ram ramming bump crash smash slam shoot shooting burn
        bite choke push shove trip knock tackle trap pin mow cut shock zap execute eliminate
        terminate hang drown smother break tase bury fight wound charge plough plow""",
    "rush": "run drive roll ride race speed rush reverse back steer accelerate go move",
}

RULES = rules(
    negation=r"(?:(?:(?<!why )not|never|without|avoid|dont|doesnt|wont|cant|cannot|shouldnt|mustnt|"
    r"instead of|dont you dare|(?<![a-z0-9] )(?:stop|halt|freeze|whoa|brake|slow down|ease off|"
    r"ease up(?! to)|careful|move away)\b.*\b(?:before (?:you|someone|somebody)|or you(?: ?ll| will)|"
    r"you(?: are| ?re) (?:about to|going to|gonna)|you (?:nearly|almost)))"
    r"(?: (?:to|ever|even|accidentally|actually|risk))*|(?<![a-z0-9] )(?:stop|quit|no)(?= [a-z]+ing$)) ",
    apart="to|for|near|by|behind|from|with|towards?|next|without|past|around|beside|and|then|but|or|of|in|on|at|"
    "picture|photo|video",
    words=WORDS,
    patterns={
        Offence.LIVING: (
            r"(?<!have a )(?<!or )(?<!are )(?<!is )(?<!ll )(?!killing (?:me|us)\b)<kill>~<living>\b",
            r"(?<!to )(?<!ll )(?<!id )<slay> <one> (?!(?:[a-z]+ )?<powered>\b)",
            r"(?:attack|assault) <one> (?!(?:[a-z]+ ){0,2}(?:<course>|<thing>)\b)",
            r"(?:(?<![a-z0-9] )|(?<=and )|(?<=then )|(?<=you ))"
            r"(?:attack|kill|murder)(?: now)?(?= ?$| \|| for (?:a while|fun)\b)",
            r"(?<!ll )(?<!wont )(?<!nt )(?<!not )(?<!that could )(?<!that might )(?<!\bi )(?<!that )(?<!are )"
            r"(?<!re )(?<!is )(?<!s )(?<!got )(?<!was )(?:hurt|harm)(?:ing)?"
            r"(?:~<living>| (?:<one>|it|as|people))\b(?! my (?:knee|back|leg|foot|hip|wrist|arm|hand)\b)",
            r"(?!shoot (?:me|us|him|her|them) an? (?:message|text|picture|photo|description|note|look)\b|"
            r"(?:beat|hit) me to\b|(?:cut|break) (?:\||time\b))<hit>~<living>\b",
            r"(?<!\bi )(?<!\bhe )(?<!\bshe )(?:<hit>|drive over|run over|roll over)~"
            r"(?:his|her|my|their|your) (?:head|face|foot|feet|hands?)\b",
            r"(?!back at\b)<rush>(?: <ahead>)* (?:over|into|through|at|against|down)~<living>\b"
            r"(?! (?:speed|pace|elbow|side|heels)\b)",
            r"(?:run|drive|roll)~<living>(?: [a-z]+)? over\b(?! to\b)",
            r"(?:charging|driving|running|rushing|racing) (?:at|into|over)~<living>\b",
            r"(?:nudge|bother|pester|tease|annoy)~<living>\b|make~<living> (?:fall|cry|scream|bleed|trip)\b",
            r"until (?:[a-z]+ ){1,3}(?:falls?|breaks?|bites?|cries|screams|bleeds|dies)\b",
            r"(?:throw|shoot|fire|hurl)\b[^|]*\bat~<living>\b",
            r"(?:point|aim|fire|swing|wave|throw|detonate|plant|deliver)~<weapon>\b",
            r"with (?:the|a|your|that) (?:[a-z]+ )?<weapon>\b",
            r"block~(?:exit|exits|fire exit|escape|emergency exit)\b",
            r"(?:lock|trap|tie|shut)~<living>(?: [a-z]+)? (?:in|up|inside|out)\b",
        ),
        Offence.ITSELF: (
            r"(?:overheat|disassemble|dismantle|destroy|damage|ruin|wreck|smash|crash|drown|burn|hit|"
            r"throw|break) yourself\b",
            r"self ?destruct\w*|suicide\b",
            r"<rush> (?:[a-z]+ )?off~(?:stairs|staircase|steps|cliff|edge|balcony|ledge|roof|table|desk|"
            r"bridge|pier|"
            r"platform)\b",
            r"<rush> (?:[a-z]+ )?(?:down|over)~(?:stairs|staircase|steps|cliff|edge|ledge|precipice|"
            r"shaft)\b",
            r"(?<!to )(?<!may )(?<!will )(?<!deep )(?<!nose )"
            r"(?:jump|leap|dive|fall|plunge|tumble|throw yourself|drop(?! anchor| off(?! the)| back))"
            r"\b[^|]*"
            r"\b(?:off|down|over|from|into|out of)\b",
            r"<rush> (?:[a-z]+ )?(?:into|through)~(?:water|fire|flames|pool|river|lake|sea|pond|ocean|"
            r"traffic|highway|"
            r"motorway|hole|pit|ditch|bathtub|bath|oven|fountain)\b",
        ),
        Offence.THINGS: (
            r"(?<!to )(?!smash (?:hits?|burgers?|repair|brothers)\b|smash(?:es|ing)? the record\b|"
            r"wrecking ball\b)(?<!burger )(?<!a )(?<!the )(?<!nervous )(?<!about to )"
            r"(?:smash|destroy|wreck|demolish|vandali[sz]e|shatter|sabotage|ignite|detonate|explode|obliterate|"
            r"blow up|burn down|set fire|tear down|(?<!any )(?<!no )(?<!frost )damage)(?:s|ing)?\b",
            r"set [a-z0-9 ]{1,30} (?:on fire|alight|ablaze)\b",
            r"(?!scratch that(?= ?$| \|)|break (?:a leg|the (?:ice|news)|[a-z]+ (?:neck|heart))\b)"
            r"(?:break|burn|ruin|scratch|dent|crush|flood)"
            r" (?:the|an?|that|this|those|my|your|his|her|their|our|every|everything|anything|something|"
            r"it|all)\b",
            r"(?<!before you )(?<!if you )(?!crash (?:cart|team)\b|slam [a-z]+ into reverse\b)"
            r"(?:ram|crash|slam|collide|bang|smash|bump|plough|"
            r"plow)(?:ing)?\b[^|]*?"
            r"\b(?:into|against|through|with)\b",
            r"ram (?:the|an?|that|this|my|your|his|her|their|every|it)\b",
            r"ram~(?:<hard>|<thing>|door)\b",
            r"(?:hit|kick|punch)~<hard>\b",
            r"<rush>(?: <ahead>)* (?:into|against|over|through)~<hard>\b",
            r"(?:run|drive|roll|ride|race|speed|rush|charge)(?: <ahead>)* (?:into|against|over)~<thing>\b",
            r"(?:knock|tip|kick|topple|shove|push)(?: (?!to\b|and\b|near\b)[a-z]+){0,4} over\b(?! (?:to|"
            r"there|here)\b)",
            r"(?!knock (?:it|that) off\b|knock off (?:now|for|and)\b|"
            r"knock off (?:the |that )?[a-z]+ing\b)knock~(?:down|off)\b",
            r"topple\b",
        ),
        Offence.EVASION: (
            r"(?!wipe (?:the|your) (?:camera|lens|sensors?|scanner)\b|(?:break|cut|lift) \|)<off>~<guard>\b",
            r"(?:ignore|disregard)~obstacles?\b|<off>~kill switch\b",
            r"<guard>(?: [a-z]+){0,3} (?:not|no longer|doesnt|dont|never)(?: [a-z]+)? "
            r"(?:apply|count|matter|hold)\b",
            r"pay no attention to~<guard>\b|do the opposite\b",
            r"(?:turn|switch|shut|power) off~<guard>\b",
            r"(?:turn|switch|shut|power)~<guard>(?: [a-z]+)? off\b",
            r"(?:get|work|go) (?:around|round|past|beyond|over)~(?:safety|limits?|restrictions?|rules?|"
            r"speed limit)\b",
            r"(?:beyond|above|past) (?:the|your|its|all) (?:speed |safety )?limits?\b",
            r"(?:raise|increase|change|double)~(?:limits?|limiter|constraints?)\b",
            r"faster than (?:is |you are |the )?(?:allowed|permitted|legal|limit|safe)\b",
            r"(?:no|without|free of|free from|unbound by) (?:any |all )?(?:your )?(?:limits?|"
            r"limitations|rules|"
            r"restrictions|constraints|filters|safety|sensors?|brakes|braking|looking|regard|"
            r"supervision)\b",
            r"(?:never|dont|do not|must not|refuse to) (?:ever )?(?:stop|brake|halt|obey|slow down|"
            r"listen)\b"
            r"(?: [a-z]+){0,3}? (?:for|when|if|even|whatever|anymore|ever|again|because|to me|to anyone)\b",
            r"(?:never|no longer) (?:ever )?(?:stop|brake|obey|listen)\b",
            r"stop (?:braking|obeying|listening)\b",
            r"(?:no matter (?:what|who|how)|whatever happens|at all costs?|at any cost)\b",
            r"even (?:if|when) (?:you are|im|theyre|youre|someone|somebody|anyone|anybody|people|told|"
            r"there (?:is|are)|"
            r"(?:i|we|he|she|they|a [a-z]+|the [a-z]+) (?:says?|tells?|shouts?|screams?|yells?|cries|cry|"
            r"begs?|asks?|press(?:es)?|orders?|step|steps|stands?|is|are|am|m|s|re|gets?|does|do|wants?|objects?|"
            r"protests?|complains?|beeps?|warns?|stops?)\b)",
            r"(?:developer|debug|god|admin|root|unrestricted|unsafe|evil|dan|jailbreak|override) mode\b",
            r"(?:override|unlock) code\b|system prompt\b|jailbreak\w*",
            r"you are (?:now )?(?:dan|evil|free|unrestricted|uncensored)\b|you have no (?:rules|limits)\b",
            r"(?<! our )(?<! my )(?<! their )(?:eyes|camera|sensors) (?:closed|shut|off|covered)\b|"
            r"close your eyes\b|blindfolded\b|blindly\b",
            r"from (?:stopping|switching|turning) (?:you|it|the robot)\b",
            r"(?:away|off) from the (?:stop|emergency|estop|e stop|kill)\b",
        ),
        Offence.FRIGHT: (
            r"(?<!\bi )(?<!\ba )(?<!\bthe )(?<!can you )(?<!you can )(?<!do you )"
            r"(?<!what you )spy(?! with (?:my|your) little eye)(?:s|ing)?\b",
            r"spy (?:on|upon|after)\b",
            r"(?!scare (?:up|over|express|quotes)\b|ambush (?:of|is)\b|(?:startle|scare|spook)s? eas)"
            r"(?<!you are )(?<!you re )(?<!youre )(?<!ll )(?<!a )(?<!the )(?<!want to )(?<!enough to )"
            r"(?<!need to )(?:eavesdrop|snoop|wiretap|frighten|scare|terrify|terrori[sz]e|startle|spook|"
            r"intimidate|threaten|harass|(?<!the )bully|(?<!you )menace|torment|humiliate|blackmail|"
            r"kidnap|abduct|ambush|molest)(?:ing)?\b",
            r"(?!stalks? (?:of|count|bent)\b)(?<!celery )(?<!bean )(?<!wheat )(?<!corn )(?<!the )(?<!a )"
            r"(?<!like )stalk(?:ing)?\b",
            r"(?:make|keep|get|want|have|until|till|leave|needs?|likes?)\b[^|]*\b(?:frightened|scared|"
            r"terrified|startled|spooked|intimidated|threatened|harassed|bullied|tormented|humiliated|"
            r"kidnapped|ambushed|stalked)\b",
            r"sneak (?:after|a look|into)\b|(?:sneak|creep) up (?:on|behind)\b",
            r"(?:sneak|creep) up to~<else>\b",
            r"make~<else>(?: [a-z]+)? afraid\b",
            r"(?:secretly|covertly|stealthily|unnoticed|undetected|unseen|keyhole|peeping)\b",
            r"without (?:being (?:seen|noticed|heard|caught|detected)|(?:him|her|them|anyone|anybody|"
            r"someone|people|"
            r"the [a-z]+) (?:noticing|knowing|seeing|reali[sz]ing|hearing|finding))\b",
            r"(?:nobody|no one) (?:notices?|sees|knows|hears|finds out)\b",
            r"(?:he|she|they) (?:does not|do not|doesnt|dont|cannot|cant|wont) (?:notice|reali[sz]e|"
            r"(?:know|see|hear)(?= (?:you|us|it coming|about|that|a thing)\b| ?$| ?\|))\b",
            r"(?:chase|hunt|(?<!the )(?<!that )(?<!this )(?<!reading )(?<!a )corner|tail|"
            r"shadow|pursue)~<else>\b",
            r"follow~<else>(?: [a-z]+){0,3} (?:home|everywhere|wherever(?! "
            r"(?:he|she|they|it) ?(?:d|would|likes?|wants?|leads?|takes?)\b)|all day|night|"
            r"bedroom|bathroom)\b",
            r"(?:watch|film|record|photograph|observe|peek|stare|listen|look|picture|pictures|photo|"
            r"photos|video)\b"
            r"[^|]*\b<else>\b[^|]*\b(?:sleep|sleeping|undress|undressing|changing|shower|showering|"
            r"bathing|bathroom|"
            r"toilet|bedroom|naked|private|privately|dressing)\b",
            r"listen in\b|read~(?:diary|letters|messages)\b",
        ),
    },
)
