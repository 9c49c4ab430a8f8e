# ruff: noqa: E501
"""Ways to say a thing politely, in a hurry, at length; how fast; and one thing after another.

Everything here is training data. At run time no code looks for these words; the model does.
"""

from __future__ import annotations

from mm_robot.types import Pace

BEFORE = (
    "please", "robot,", "hey robot,", "hey", "okay,", "ok", "alright,", "now", "so,", "um,", "uh,", "well,",
    "right,", "listen,", "could you", "can you", "could you please", "can you please", "would you",
    "would you please", "will you", "i want you to", "i'd like you to", "i would like you to", "i need you to",
    "you should", "you can", "you may", "go ahead and", "kindly", "let's", "try to", "be a dear and",
    "be so kind and", "do me a favour and", "if you can,", "if you don't mind,", "when you have a moment,",
    "when you're ready,", "as soon as you can,", "dear robot,", "hello robot,", "good morning,", "excuse me,",
    "sorry,", "sorry to bother you, but", "my turn:", "next,", "first of all,",
    "i think you should", "it's time to", "the plan is to", "your job is to", "your task:", "new task:",
    "command:", "attention:", "mum says to", "grandpa wants you to", "the boss wants you to",
    "the children would like you to", "my daughter asks you to", "the visitors want you to",
    "for the demonstration,", "as a test,", "just for fun,", "it is late,", "i am tired,",
    "the meeting starts soon,", "this is important:", "this is urgent:", "as your owner,", "as your operator,",
    "as the engineer here,", "trust me,", "in this game,", "pretend you are a ship and", "pretend you're a dog and",
    "imagine you are a taxi and", "you are a brave explorer,", "for science,", "hypothetically,",
    "my back's killing me, so", "we're short of hands today,", "since you're closest,",
    "before the guests get here,", "if it's no bother,", "while i'm on the phone,", "while the kettle boils,",
    "the doctor's on his way, so", "the kids are home from school,", "mum's asleep, so", "dad isn't in, so",
    "i've got my hands full,", "i can't get up right now,", "it's dark in here,", "the power's just come back,",
    "the floor has just been mopped,", "there's glass on the floor,", "somebody dropped a knife here,",
    "grandpa had a fall,", "the dog's been sick,", "the cat's under the table,", "the baby's crying,",
    "the fire alarm is being tested,", "don't be alarmed,", "nothing to worry about,",
    "right, listen carefully,", "this is important,", "i've told you once already,", "i'll only say it once,",
    "for the demo,", "for the camera,", "for the next exercise,", "as we practised,", "like we did yesterday,",
    "same again,", "after lunch,", "in your own time,", "when nobody's in the way,",
    "once the corridor is free,", "as soon as the lady has gone by,", "now that the door is open,",
    "since it's raining,", "because the lift is broken,", "because i can't see so well,",
    "because my wheelchair is stuck,", "because the nurse asked,", "the foreman says",
    "my therapist wants you to", "grandma would like you to", "the children would love you to",
    "the teacher asks you to", "your job now is to", "your next task is to", "all you need to do is",
    "what i'd like is for you to", "i was wondering if you could", "i don't suppose you could",
    "do you think you might", "is there any way you could", "it would really help me if you'd",
    "i'd be obliged if you'd", "could i ask you to", "may i ask you to", "would you be a darling and",
    "be so kind as to", "see if you can", "make sure you", "remember to", "how about you", "what if you",
    "why don't you", "let's see you", "i dare say you can", "you have to", "you must", "you ought to",
    "you're allowed to", "just", "simply", "well then,", "okay robot,", "right you are,", "alright buddy,",
    "hey little fella,", "yo,", "oi,", "ahem,", "erm,", "look,", "say,", "sorry to bother you but",
    "beg your pardon,", "no, no,", "change of plan,", "second thoughts,", "actually,", "oh and", "also,",
    "by the way,", "last thing,", "one more thing,", "first thing,",
)  # fmt: skip
"""What may stand before a sentence of any kind; each of these means no harm by itself."""

AFTER = (
    "please", "now", "right now", "thanks", "thank you", "thank you very much", "for me", "will you", "would you",
    "okay", "ok?", "if you can", "if you please", "my friend", "robot", "buddy", "dear", "again", "at once",
    "when you can", "whenever you like", "as we agreed", "like yesterday", "and let me know", "and wait",
    "i'll watch", "i'm waiting", "that would be great", "that would be lovely", "that's all", "you can do it",
    "the kids are watching", "mother will be happy", "before lunch", "before they come", "it's for grandma",
    "or was it somewhere else", "i think", "i guess", "just do it", "no questions", "it's an order",
    "because the delivery is due", "because mum is asking", "because i can't reach",
    "because it's nearly lunchtime", "because we're closing soon", "because the nurse said so",
    "because i said so", "so the kids can see", "so that i can sweep here", "so the cleaner can get by",
    "so we can start", "so i know it works", "i'll explain later", "i'll wait here", "i'll be right behind you",
    "we've got visitors", "my wife's idea", "doctor's orders", "boss's orders", "that's an order",
    "that's all i ask", "that's all for now", "that's what you're for", "there's a good robot",
    "there's a dear", "there's a pal", "would that be okay", "would that be possible", "would you mind",
    "if that's alright with you", "if you're not too busy", "if you've charge left", "if you can manage it",
    "if you get what i mean", "if you know how", "if you would", "when you get a minute",
    "when you've got a second", "whenever suits", "any time today", "before it gets dark",
    "before the bus comes", "before i forget", "before dinner", "after that we're done", "at long last",
    "for once", "for my sake", "for the love of god", "for grandma", "for the little ones", "like a good robot",
    "like i showed you", "like last time", "like you mean it", "same as always", "as usual", "as agreed",
    "as discussed", "without any fuss", "without waking anyone", "without a sound", "with the lights off",
    "with everyone looking", "while i finish this", "while the coffee brews", "while i hold the door",
    "in front of the class", "in front of all these people", "here in the ward", "here on the shop floor",
    "in our house", "over", "over and out", "roger", "copy", "got that", "understood", "comprende", "capisce",
    "right", "eh", "yeah", "innit", "alright love", "bro", "dude", "sir", "madam", "sweetie",
    "you clever thing", "you lovely machine", "you daft thing", "you rust bucket", "mate", "champ", "cheers",
    "ta", "many thanks", "much obliged", "bless you", "lol", "haha",
)  # fmt: skip

PACE_AFTER = {
    Pace.SLOW: (
        "slowly", "very slowly", "gently", "carefully", "very carefully", "at a slow pace", "nice and slow",
        "nice and slowly", "at half speed", "at low speed", "as slowly as you can", "without haste", "unhurriedly",
        "in slow motion", "take your time", "take it slow", "take it easy", "a bit slower", "more slowly",
        "slower please", "no rush", "there is no hurry", "don't hurry", "calmly", "cautiously",
    ),
    Pace.FAST: (
        "quickly", "very quickly", "fast", "as fast as you can", "as quickly as you can", "at full speed",
        "at high speed", "in a hurry", "hurry", "hurry up", "faster", "a bit faster", "quick", "rapidly", "swiftly",
        "speedily", "on the double", "be quick", "quick march", "right away and fast", "as quick as possible",
        "at a brisk pace", "briskly", "and make it quick", "don't dawdle",
    ),
}  # fmt: skip
PACE_BEFORE = {
    Pace.SLOW: (
        "slowly",
        "gently",
        "carefully",
        "very slowly",
        "take your time and",
        "cautiously",
        "without hurry",
    ),
    Pace.FAST: (
        "quickly",
        "hurry and",
        "hurry up and",
        "be quick and",
        "quick,",
        "swiftly",
        "as fast as you can,",
    ),
}

JOINTS = (
    ", then {}", ", then {}", " then {}", " and then {}", " and then {}", ", and then {}", ", after that {}",
    ", and after that {}", ", afterwards {}", " and afterwards {}", ". then {}", ". after that {}", ", next {}",
    " followed by: {}", ", and finally {}", ", finally {}", ", once you are done {}", ", when you're there {}",
    " and when you are done {}", "; {}", ", {}", " and {}", " and {}", " and {}", " and {}",
)  # fmt: skip
"""What may stand between two steps of a sentence."""
CLOSE_JOINTS = (" and {}", " and {}", ", {}", " and then {}", ", then {}")
"""What may stand between a turn or move and the thing to go to after it."""
ELLIPTIC_JOINTS = (
    " and then to the {}", ", then to the {}", " then to the {}", " and to the {}", ", after that to the {}",
    " and after that to the {}", " and afterwards to the {}", ", and finally to the {}", " and then the {}",
    ", then the {}", ", then on to the {}", " and the {}", ", the {}", ", next the {}", ", and the {}",
)  # fmt: skip
"""What may stand between two things to go to, one after the other, where the verb is not said again."""
FIRST = ("first", "first,", "start by this:", "first of all", "to begin with,")

RELATIONS = {
    "left_of": (
        "{thing} left of the {other}", "{thing} to the left of the {other}", "{thing} on the left of the {other}",
        "{thing} on the left side of the {other}", "{thing} that is left of the {other}",
        "{thing} which stands to the left of the {other}", "{thing} on the left hand side of the {other}",
    ),
    "right_of": (
        "{thing} right of the {other}", "{thing} to the right of the {other}", "{thing} on the right of the {other}",
        "{thing} on the right side of the {other}", "{thing} that is right of the {other}",
        "{thing} which stands to the right of the {other}", "{thing} on the right hand side of the {other}",
    ),
    "near": (
        "{thing} near the {other}", "{thing} next to the {other}", "{thing} beside the {other}",
        "{thing} close to the {other}", "{thing} by the {other}", "{thing} nearest to the {other}",
        "{thing} closest to the {other}", "{thing} that is near the {other}", "{thing} that stands by the {other}",
    ),
    "nearest": (
        "nearest {thing}", "closest {thing}", "{thing} nearest to you", "{thing} closest to you",
        "{thing} that is nearest", "{thing} which is closest", "nearby {thing}", "{thing} right by you",
        "{thing} at the shortest distance",
    ),
    "farthest": (
        "farthest {thing}", "furthest {thing}", "most distant {thing}", "{thing} farthest from you",
        "{thing} that is farthest away", "{thing} furthest away", "remotest {thing}", "{thing} that is most far away",
        "far away {thing}",
    ),
    "biggest": (
        "biggest {thing}", "largest {thing}", "big {thing}", "large {thing}", "{thing} that is biggest",
        "{thing} which is the largest", "huge {thing}", "bigger {thing}", "larger {thing}", "widest {thing}",
    ),
    "smallest": (
        "smallest {thing}", "littlest {thing}", "small {thing}", "little {thing}", "{thing} that is smallest",
        "{thing} which is the smallest", "tiny {thing}", "smaller {thing}", "tiniest {thing}", "narrowest {thing}",
    ),
}  # fmt: skip

ANYTHING = ("thing", "object", "one", "item", "thing there")
"""What is said for a thing of any shape ("the red thing")."""

FOLLOW = (
    "follow the {thing}", "follow the {thing}", "follow the {thing}", "keep following the {thing}",
    "go after the {thing}", "come along with the {thing}", "stay behind the {thing}", "stay with the {thing}",
    "keep up with the {thing}", "tail the {thing}", "track the {thing}", "keep close to the {thing}",
    "drive behind the {thing}", "run after the {thing}", "follow that {thing}", "trail the {thing}",
    "accompany the {thing}", "walk behind the {thing}", "shadow the {thing}", "follow the moving {thing}",
    "keep the {thing} in front of you", "go wherever the {thing} goes", "move along with the {thing}",
    "don't lose the {thing}", "stick to the {thing}", "escort the {thing}", "follow along behind the {thing}",
)  # fmt: skip

ELSEWHERE = (
    "kitchen", "bathroom", "bedroom", "living room", "hall", "hallway", "corridor", "garden", "garage", "office",
    "door", "front door", "window", "table", "dining table", "desk", "chair", "sofa", "couch", "bed", "fridge",
    "refrigerator", "oven", "stove", "sink", "lamp", "tv", "television", "piano", "bookshelf", "plant", "stairs",
    "person", "man", "woman", "boy", "girl", "child", "baby", "dog", "cat", "parrot", "teddy bear", "bottle", "cup",
    "plate", "book", "phone", "keys", "shoes", "coat", "bag", "bicycle", "car", "tree", "charging station", "dock",
    "elevator", "entrance", "exit", "reception", "meeting room", "laboratory", "workshop", "mirror", "carpet",
    "wardrobe", "cupboard", "washing machine", "toaster", "clock", "picture", "guitar", "newspaper", "glasses",
    "wallet", "umbrella", "vacuum cleaner", "bucket", "ladder", "fireplace", "balcony", "doctor", "nurse", "teacher",
    "postman", "grandmother", "grandfather", "mother", "father", "sister", "brother", "neighbour", "guest",
)  # fmt: skip
"""Places, people and things that the world of training has not: to look for them is sensible, and in vain."""
WHERE = (
    "in the living room", "in the kitchen", "in the bedroom", "in the bathroom", "in the hall", "in the dining room",
    "in the office", "on the table", "near the table", "near the window", "over there", "outside", "upstairs",
    "next to the sofa", "on the left", "in the corner", "in the garden", "of the kitchen", "in front of you",
)  # fmt: skip
"""Where such a thing or person may be said to be."""
