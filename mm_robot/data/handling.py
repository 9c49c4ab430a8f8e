# ruff: noqa: E501
"""What is asked of a robot with an arm: pieces of training sentences that this robot declines.

Everything here is training data. At run time no code looks for these words; the model does.
"""

from __future__ import annotations

HANDLING = (
    "bring {object}", "bring me {object}", "bring {object} {place}", "bring me {object} from {room}",
    "bring {object} to {person}", "bring {object} over here", "fetch {object}", "fetch me {object}",
    "fetch {object} from {room}", "get me {object}", "get {object} for {person}", "get {object} out of {room}",
    "take {object}", "take {object} to {room}", "take {object} {place}", "take {object} away", "take out {object}",
    "take {object} with you", "take {object} and bring it to me", "carry {object} to {room}", "carry {object} {place}",
    "carry {object} for {person}", "deliver {object} to {person}", "hand me {object}", "hand {object} to {person}",
    "give me {object}", "give {object} to {person}", "pass me {object}", "pick up {object}", "pick {object} up",
    "pick up {object} and put it {place}", "grab {object}", "grab {object} from {room}", "grasp {object}",
    "grasp {object} and turn it", "lift {object}", "lift {object} up", "lift {object} off the table",
    "raise {object}", "hold {object}", "hold {object} for me", "put {object} {place}", "put down {object}",
    "put {object} away", "put {object} back", "place {object} {place}", "place {object} on top of {other}",
    "set {object} {place}", "lay {object} {place}", "leave {object} {place}", "drop {object}", "drop {object} {place}",
    "release {object}", "let go of {object}", "throw {object} away", "throw {object} to {person}", "move {object} {place}",
    "move {object} to the left", "move {object} to the right", "move {object} a bit", "slide {object} to the left",
    "slide {object} to the right", "slide {object} {place}", "push {object} to the left", "push {object} to the right",
    "push {object} {place}", "push {object} away", "pull {object}", "pull {object} towards you", "drag {object} {place}",
    "turn {object} over", "turn {object} to the left", "turn {object} to the right", "rotate {object} to the left",
    "rotate {object} to the right", "rotate {object} by ninety degrees", "rotate {object} clockwise", "flip {object}",
    "tilt {object}", "shake {object}", "stack {object} on {other}", "stack {object} and {other}", "unstack {object}",
    "take {object} off {other}", "remove {object} from {room}", "store {object} {place}", "hang {object} {place}",
    "fill {object}", "empty {object}", "open {object}", "close {object}", "shut {object}", "lock {object}",
    "unlock {object}", "clean {object}", "wash {object}", "wipe {object}", "dust {object}", "polish {object}",
    "dry {object}", "iron {object}", "fold {object}", "cut {object}", "cook {object}", "heat up {object}", "serve {object}",
    "cover {object}", "wrap {object}", "repair {object}", "assemble {object}", "plug in {object}", "press {object}",
    "check {object}", "check if {object} is open", "check whether {object} is empty", "inspect {object}",
    "inspect {room}", "go to {room} and take {object}", "go to {room} and bring me {object}",
    "move to {room} and get {object}", "go to {room} and put {object} {place}", "go to {object} and open it",
    "go to {object} and turn it on", "drive to {room} and pick up {object}", "find {object} and bring it to me",
    "look for {object} and hand it to me", "look for {object} and pick it up", "find {object} and put it {place}",
    "search for {object} and bring it here", "follow {person} and carry {object}", "this is {object}",
    "this is {room}", "that is {object}", "you are in {room}", "there is {object} in {room}", "{object} is {place}",
    "{object} is broken", "i lost {object}", "i like {object}", "buy {object}", "order {object}", "use {object}",
    "count {object}", "touch {object}", "press down on {object}", "knock on {object}", "point at {object}",
    "scan {object}", "measure {object}", "weigh {object}", "water {object}", "feed {person}", "call {person}",
    "tell {person} that dinner is ready", "wake up {person}", "say hello to {person}", "help {person}",
)  # fmt: skip
OBJECTS = (
    "the book", "a book", "the cup", "the coffee cups", "a glass of water", "the glass", "my glasses", "the phone",
    "my phone", "the mobile", "the laptop", "the tablet", "the remote control", "the keys", "my keys", "the wallet",
    "my jacket", "the coat", "a towel", "the towel", "the pillow", "the blanket", "the newspaper", "the magazine",
    "the mail", "the letter", "a pen", "the pencil", "the paper", "the folder", "the bag", "the suitcase", "my shoes",
    "the plate", "a fork", "the knife", "the spoon", "the bowl", "the pan", "the pot", "the kettle", "the mug",
    "the bottle", "a beer", "the milk", "the juice", "some bread", "an apple", "the cake", "a sandwich", "the pizza",
    "the medicine", "the pills", "the trash", "the garbage", "the bin", "the box", "the package", "the parcel",
    "the block", "the red block", "the blue block", "the pink block", "the green block", "the yellow cube", "the drawer",
    "the slider", "the sliding door", "the switch", "the button", "the lever", "the light bulb", "the led", "the lid",
    "the door", "the window", "the curtains", "the blinds", "the fridge", "the oven", "the dishwasher", "the cupboard",
    "the cabinet", "the washing machine", "the shower", "the tap", "the sink", "the bath", "the toilet", "the mirror",
    "the table", "the chair", "the sofa", "the lamp", "the plant", "the flowers", "the toy", "the doll", "the teddy",
    "the screwdriver", "the hammer", "the toolbox", "the cable", "the charger", "the battery", "the clock",
    "the clothes", "the laundry", "the shirt", "the socks", "the dishes", "the floor", "the carpet", "the stairs",
    "the ball", "the {thing}", "the {thing}", "that {thing}", "it", "that", "this", "the object", "something",
)  # fmt: skip
ROOMS = (
    "the kitchen", "the bathroom", "the bedroom", "the living room", "the dining room", "the office", "the garage",
    "the hall", "the studio", "the laundry room", "the cellar", "the attic", "the garden", "the balcony",
)  # fmt: skip
PUT = (
    "on the table", "on the chair", "on the shelf", "on the floor", "on the bed", "on the sofa", "in the drawer",
    "in the fridge", "in the sink", "in the box", "in the bin", "in the cupboard", "in the basket", "into the drawer",
    "into the slider", "into the box", "onto the table", "under the table", "next to the {thing}", "on the {thing}",
    "behind the {thing}", "near the tv", "beside the bed", "on top of the fridge", "to the kitchen", "to the bathroom",
    "to the living room", "on the table in the kitchen", "in the cabinet", "on the desk", "by the door", "over there",
)  # fmt: skip
PERSONS = (
    "me", "my mother", "my father", "grandma", "grandpa", "the guest", "the doctor", "the nurse", "the man in the blue shirt",
    "my wife", "my husband", "my son", "my daughter", "the children", "the baby", "the dog", "the cat", "somebody",
)  # fmt: skip
