/**
 * Sentences about drawn traits, as templates: `$a` an adjective with its degree, `$h` and `$g` habits, `$hi` a habit as an
 * infinitive; `$b` and `$k` adjective and habit of a second trait; `$f` where the trait shows ("among people").
 */
export const singles: readonly string[] = [
  '{they} [be] $a and $h',
  '$a, {they} $h',
  '{they} [be] $a: {they} $h',
  'being $a, {they} $h',
  '{they} [come] across as $a and $h',
  '{they} [be] $a, which shows in the way {they} $h',
  '$f, {they} [be] $a and $h',
  '$f, {they} [be] $a: {they} $h',
  'others would find {them} $a, for {they} $h',
  'it does not take long to see that {they} [be] $a: {they} $h',
  '{they} $h and $g, as one would expect of somebody $a',
  '{they} $h, being $a by nature',
  'most people would call {them} $a, for {they} $h',
  '{they} [strike] people as $a, since {they} $h',
  'it is like {them} to $hi, for {they} [be] $a',
  'one can expect {them} to be $a and to $hi',
  'by nature {they} [be] $a and $h',
  '{they} $h; in a word, {they} [be] $a',
];

/** Two traits that point the same way, the good or the difficult one. */
export const alike: readonly string[] = [
  '{they} [be] both $a and $b: {they} $h and $k',
  '$a and $b, {they} $h and $k',
  '{they} [be] $a and $h, and {they} [be] just as surely $b: {they} $k',
  '{they} [be] $a and $b, so {they} $h and $k',
  'being $a, {they} $h; being $b as well, {they} $k',
  '{they} [be] $a, so {they} $h; {they} [be] $b, so {they} $k',
  'others would find {them} $a and $b, for {they} $h and $k',
];

/** Two traits that do not. */
export const unlike: readonly string[] = [
  '{they} [be] $a but $b: {they} $h, yet {they} $k',
  'while {they} [be] $a and $h, {they} [be] $b and $k',
  'though $a, {they} [be] $b: {they} $h, yet {they} $k',
  '{they} [be] $a and $h, but {they} [be] $b too and $k',
  'for all that {they} [be] $a and $h, {they} [be] $b and $k',
  '$a on the one hand and $b on the other, {they} $h, yet {they} $k',
  '{they} $h, being $a, and yet {they} $k, being $b',
];

/** Where the person says the opposite: `$l` is what they call themselves. */
export const conceding: readonly string[] = [
  'although {they} [call] {themselves} $l in $posts, the draw makes {them} $a: {they} $h',
  '{they} [call] {themselves} $l, yet in this draw {they} [be] $a and $h',
  'the draw departs from $posts here: {they} [call] {themselves} $l, yet as drawn {they} [be] $a and $h',
  'despite calling {themselves} $l, {they} [be] $a in this draw and $h',
  '{they} may call {themselves} $l, but the draw has made {them} $a, and {they} $h',
  'whoever goes by $posts would expect somebody $l, yet the draw makes {them} $a: {they} $h',
];

/** Where the person says the same. */
export const agreeing: readonly string[] = [
  'just as {they} [say] {themselves}, {they} [be] $a and $h',
  'the draw agrees with what {they} [say] of {themselves}: {they} [be] $a and $h',
  'here draw and posts say the same: {they} [be] $a and $h',
];

/** Before a sentence that begins with the pronoun: more of the same kind. */
export const additive: readonly string[] = [
  'besides',
  'what is more',
  'along with that',
  'in the same spirit',
  'then too',
];
/** Before a sentence that begins with the pronoun: the other way round than the one before. */
export const contrastive: readonly string[] = [
  'then again',
  'at the same time',
  'even so',
  'on the other hand',
  'against that',
  'still',
];

/** More habits of one trait; `$h` and `$g`. */
export const habitual: readonly string[] = [
  'as a matter of habit, {they} $h and $g',
  'it shows in small things: {they} $h and $g',
  'it comes with this that {they} $h and $g',
  'it is part of {them} that {they} $h and $g',
  'in keeping with this, {they} $h and $g',
  'it would be like {them} to $hi',
  'nobody should be surprised to see {them} $hi',
];

/** Opens the temperament where attributes stand before it. */
export const leads: readonly string[] = [
  'temperament was drawn as well: $c',
  'in temperament, which was drawn too, $c',
  'the same draw gives a temperament: $c',
  'as for character, likewise drawn and not read, $c',
  'personality comes from the draw as well: $c',
  'the character that goes with this is drawn, not read: $c',
  'the draw also settles what sort of person this is: $c',
  'in this draw, $c',
  'as drawn, $c',
  'character, too, was left to the draw: $c',
  'as the draw has it, $c',
  'by the same draw, $c',
];

/** Opens the attributes where the temperament stands before them. */
export const circumstances: readonly string[] = [
  'the outward facts were drawn as well: $c',
  'the same draw supplies the circumstances: $c',
  'circumstances come from the draw too: $c',
  'the facts of daily life, likewise drawn, are these: $c',
  'what belongs on a census form was drawn as well: $c',
  'drawn along with this are the plain facts: $c',
];

/** One trait near the average: `$l` and `$u` are its two ends; below, `$p` is several pairs of them. */
export const middling: readonly string[] = [
  'between $l and $u, {they} [fall] near the middle',
  'as to being $l or $u, {they} [be] close to average',
  '{they} [be] about average on the line from $l to $u',
  'from $l to $u, the draw leaves {them} halfway',
];
/** Several traits near the average, not named. */
export const middlingMany: readonly string[] = [
  'in other respects {they} [be] close to the average',
  'in the remaining traits, nothing stands out',
  'otherwise {they} [be] much like the average person',
  'elsewhere the draw stays near the middle',
  'the other traits came out near the middle',
];
/** All five near the average. */
export const middlingAll: readonly string[] = [
  'in temperament nothing stands out, and {they} [be] near the middle between $p',
  'no trait stands out, and {they} [be] about average between $p',
  'this is an even character, halfway between $p',
  '{they} [come] out close to average on every trait, midway between $p',
];

/** What would matter to somebody with these traits. */
export const values: readonly string[] = [
  'what would matter most to {them}, going by the draw, is $v',
  'if the draw is right, {they} would set great store by $v',
  'somebody drawn like this would value $v',
  'it would follow that {they} [prize] $v over most things',
  'with {them}, $v would count for a great deal',
  'a person so drawn would hold on to $v above all',
  'to judge by the draw, {their} values would center on $v',
  'such a temperament would put its weight on $v',
  'from this one would expect {them} to care about $v',
];
/** What would matter to somebody with no trait far from the average. */
export const evenValues: readonly string[] = [
  'no one value would rise far above the others, whether duty or freedom, company or time alone',
  'from so even a draw no single conviction follows; {they} would give each its due',
  'what would matter to {them} most the draw does not settle, and so {they} would weigh each case as it comes',
];

/** Free time, where the posts tell nothing of it. */
export const leisure: readonly string[] = [
  'free time would go to $v',
  'left alone with a free day, {they} would choose $v',
  '{their} spare hours would likely be spent on $v',
  'for leisure, $v would suit {them}',
  'given a free afternoon, {they} would likely turn to $v',
  'of all pastimes, {they} would likely pick $v',
];
/** Free time of somebody with no trait far from the average. */
export const evenLeisure: readonly string[] = [
  'free time would go to a bit of everything, now with people and now without',
  'spare hours would be spent partly on old habits and partly on new ones',
];
/** Hard times, where the posts tell nothing of them. */
export const coping: readonly string[] = [
  'whatever lies behind {them}, {they} would have met it with $v',
  'hard times would have been met with $v',
  'to whatever life has brought so far, {they} would have answered with $v',
  'past troubles, of which nothing is known, would have been met with $v',
  'setbacks would find {them} answering with $v',
];
/** Hard times of somebody with no trait far from the average. */
export const evenCoping: readonly string[] = [
  'whatever lies behind {them}, {they} would have met it much as most people do',
  'past troubles, of which nothing is known, would have been met in an ordinary way',
];

/** Where little is known and little was drawn: how far such a portrait carries. */
export const reserve: readonly string[] = [
  'another draw would give another person, just as much in keeping with $posts',
  'all of this is one possibility among many that would fit what little is known',
  'so the portrait stays a sketch, and the sketch should be taken as no more than that',
  'where so little is said, no single trait can be made out beyond what most people share',
  'nothing in it should be read as more certain than the draw that it rests on',
];
