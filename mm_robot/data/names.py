"""What people call the colours and shapes of the world; a fifth of the names is kept out of training.

Most names of colours are those that people gave in the xkcd colour survey (https://xkcd.com/color/rgb/),
assigned by hand to the colour of the world that a person would point at. The last fifth of each row is
kept out; no name of it is a part of one that is trained on.
"""

from __future__ import annotations


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


COLOUR_NAMES: dict[str, tuple[str, ...]] = {
    "red": _names(
        "bright red, scarlet, crimson, cherry red, ruby, ruby red, blood red, fire engine red, "
        "lipstick red, deep red, strawberry red, cardinal red, reddish, rust red, dark red, pure "
        "red, carmine, vermilion, tomato red, poppy red"
    ),
    "green": _names(
        "grass green, emerald, emerald green, leaf green, kelly green, dark green, forest green, "
        "lime green, moss green, jungle green, bright green, greenish, fern green, light green, "
        "olive green, bottle green, jade, jade green, shamrock green, apple green"
    ),
    "blue": _names(
        "dark blue, navy, navy blue, royal blue, cobalt, cobalt blue, bright blue, ultramarine, "
        "electric blue, deep blue, ocean blue, bluish, indigo blue, pure blue, vivid blue, marine "
        "blue, sapphire, sapphire blue, azure, ink blue"
    ),
    "yellow": _names(
        "bright yellow, lemon, lemon yellow, golden, gold, sunflower yellow, banana yellow, butter "
        "yellow, sunny yellow, yellowish, dandelion yellow, light yellow, golden yellow, dark "
        "yellow, pure yellow, saffron yellow, mustard, mustard yellow, canary yellow, corn yellow"
    ),
    "orange": _names(
        "bright orange, pumpkin orange, pumpkin, carrot orange, amber, rust orange, burnt orange, "
        "orangey, dark orange, light orange, mandarin orange, peach orange, deep orange, pure "
        "orange, orangish, sunset orange, tangerine, apricot, papaya orange, safety orange"
    ),
    "purple": _names(
        "violet, plum, dark purple, royal purple, grape, grape purple, aubergine, lavender purple, "
        "mauve, magenta purple, purplish, deep purple, bright purple, indigo purple, light purple, "
        "pure purple, amethyst, mulberry, lilac, eggplant purple"
    ),
    "black": _names(
        "jet black, pitch black, coal black, onyx, charcoal black, ink black, midnight black, soot "
        "black, very dark, blackish, pure black, dark black, deep black, night black, sable, plain "
        "black, ebony, raven black, obsidian, tar black"
    ),
    "white": _names(
        "snow white, plain white, pearl white, milk white, bone white, off white, bright white, "
        "pure white, paper white, cream white, whitish, snowy, eggshell white, ghost white, cotton "
        "white, cloud white, ivory, chalk white, alabaster, lily white"
    ),
}

SHAPE_NAMES: dict[str, tuple[str, ...]] = {
    "ball": _names(
        "sphere, globe, round ball, football, marble, beach ball, round thing, bubble, soccer ball, tennis "
        "ball, snooker ball, balloon, bead, rubber ball, snowball, ping pong ball, baseball, spherical "
        "thing, billiard ball, pompom, melon, gumball, pearl, planet, orb, bowling ball, basketball, "
        "cannonball, golf ball, volleyball"
    ),
    "box": _names(
        "cube, crate, block, carton, square box, package, brick, die, parcel, cardboard box, packing case, "
        "trunk, shoebox, wooden box, cuboid, coffer, suitcase, toolbox, gift box, container, cubical thing, "
        "toy box, matchbox, locker, chest, dice, strongbox, casket, lunchbox, hatbox"
    ),
    "cylinder": _names(
        "drum, barrel, can, tin, tube, column, tin can, canister, cask, oil drum, pipe, roller, paint can, "
        "soup can, round post, tall drum, tank, silo, log, spool, cylindrical thing, stump, candle, tub, "
        "keg, pillar, bollard, vat, beer can, milk churn"
    ),
    "cone": _names(
        "pylon, traffic cone, pointed cone, pyramid, road cone, spike, pointy thing, party hat, safety "
        "cone, wizard hat, steeple, spire, tepee, ice cream cone, cornet, pointed roof, volcano, tent, "
        "christmas tree, horn, marker cone, clown hat, carrot, gnome hat, funnel, witch hat, dunce cap, "
        "wigwam, lampshade, conical thing"
    ),
}


def trained_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a thing's names that the policy is trained on, its plain name apart."""
    return names[: len(names) - len(names) // 5]


def held_out_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that the policy is never trained on."""
    return names[len(names) - len(names) // 5 :]
