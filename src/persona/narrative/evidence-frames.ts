/**
 * Sentences about what the posts say, as templates: `$v` a predicate after the pronoun, `$w` one after "who" or "the
 * writer", `$n` nouns, `$np` "a 43-year-old man", `$age` "43", `$q` a quotation, `$posts` "the posts" or "my posts".
 */
export interface EvidenceFrames {
  /** The first sentence, by what is known: age or sex with a fact, a fact alone, age or sex alone, nothing. */
  readonly opening: {
    readonly personAndFact: readonly string[];
    readonly fact: readonly string[];
    readonly person: readonly string[];
    readonly nothing: readonly string[];
  };
  readonly relatives: readonly string[];
}

/** Openings of texts that speak of the person. */
export const third: EvidenceFrames = {
  opening: {
    personAndFact: [
      'the posts come from $np who $w',
      'behind the posts is $np who $w',
      'the writer is $np who $w',
      'the writer, $np, $w',
      'it is $np who writes here, one who $w',
      '$np, the writer $w',
      'the author of these posts is $np who $w',
      'these are the posts of $np who $w',
    ],
    fact: [
      'the writer $w',
      'the posts come from somebody who $w',
      'behind the posts is a person who $w',
      'the author of these posts $w',
      'whoever writes here $w',
      'this is somebody who $w',
    ],
    person: [
      'the posts come from $np',
      'the writer is $np',
      'behind the posts is $np',
      'it is $np who writes here',
      '$np wrote these posts',
    ],
    nothing: [
      'the posts say little about the person who wrote them',
      'hardly anything about the writer can be read from so few words',
      'the writer gives almost nothing away',
      'little in the posts tells who is writing',
      'about their author the posts keep almost entirely silent',
      'these posts do not give their writer away',
    ],
  },
  relatives: [
    '{they} [have] $n',
    'the posts mention $n',
    'there is talk of $n',
    '$n [come] up in the posts',
    '{they} [speak] of $n',
    'now and then {they} [bring] up $n',
  ],
};

/** Openings of texts in which the person speaks. */
export const first: EvidenceFrames = {
  opening: {
    personAndFact: [
      'I am $np, and I $v',
      'I write as $np, and I $v',
      'to begin with, I am $np, and I $v',
      'I am $np; I $v',
      'what my posts make plain first is that I am $np and that I $v',
      'going by my posts, I am $np, and I $v',
    ],
    fact: ['I $v', 'going by my posts, I $v', 'this much my posts make plain: I $v'],
    person: ['I am $np', 'I write as $np', 'what my posts make plain first is that I am $np'],
    nothing: [
      'my posts say little about me',
      'hardly anything about me can be read from so few words',
      'I give almost nothing away in my posts',
      'little in my posts tells who I am',
      'on my own person my posts keep almost entirely silent',
    ],
  },
  relatives: [
    'I have $n',
    'my posts mention $n',
    'I speak of $n',
    '$n [come] up in my posts',
    'now and then I bring up $n',
  ],
};

/** Work, in a sentence of its own. */
export const work: readonly string[] = [
  '{they} $v',
  'as for work, {they} $v',
  'by {their} own account, {they} $v',
  'where work is concerned, {they} $v',
  'on the subject of work $posts tell that {they} $v',
];
/** Place, marriage, descent and schooling. */
export const belonging: readonly string[] = [
  '{they} $v',
  '$posts make clear that {they} $v',
  'of {their} background one learns that {they} $v',
  'by {their} own account, {they} $v',
  'it comes out that {they} $v',
];
/** What the person has been through, health among it. */
export const experiences: readonly string[] = [
  '{they} $v',
  'it comes out in $posts that {they} $v',
  'along the way one learns that {they} $v',
  'one thing that comes up is that {they} $v',
];
/** What the person does by choice. */
export const interests: readonly string[] = [
  '{they} $v',
  'when time allows, {they} $v',
  'in {their} own time, {they} $v',
  'it is plain from $posts that {they} $v',
];
/** The one word that comes back in the posts. */
export const topicsOne: readonly string[] = [
  '$posts keep coming back to $n',
  'the word $n turns up again and again in what {they} [write]',
  'the word $n is never far away in $posts',
  'much of what {they} [write] circles around $n',
  'what {they} [write] tends to return to $n',
];
/** Several words that come back in the posts. */
export const topicsMany: readonly string[] = [
  '$posts keep coming back to $n',
  'the words $n turn up again and again in what {they} [write]',
  'the words $n are never far away in $posts',
  'much of what {they} [write] circles around $n',
  'what {they} [write] tends to return to $n',
];
/** What the person loves, hates, believes in and is good at. */
export const convictions: readonly string[] = [
  '{they} $v',
  '{they} [make] no secret of it: {they} $v',
  'on one point $posts are clear: {they} $v',
  '{they} [say] plainly that {they} $v',
];
/** What people call themselves. */
export const self: readonly string[] = [
  '{they} [call] {themselves} $n',
  '{they} [describe] {themselves} as $n',
  '{they} [see] {themselves} as $n',
  'if asked, {they} would call {themselves} $n',
  '{they} [own] up to being $n',
];

/** Quotations, by how many there are: `$q`, `$r` and `$s`. */
export const quoting: readonly (readonly string[])[] = [
  [],
  [
    '“$q”, {they} [write]',
    'in $post {they} [write]: “$q”',
    '“$q” is how {they} [put] it in $post',
    '{their} own voice sounds like this: “$q”',
    'as {they} [put] it {themselves}, “$q”',
  ],
  [
    '{they} [write] “$q” in one place and “$r” in another',
    'in {their} own words, “$q” and, elsewhere, “$r”',
    '“$q”, {they} [say] in $post, and in another, “$r”',
    'the tone is {their} own: “$q”, and later, “$r”',
  ],
  [
    'in {their} own words: “$q”, “$r”, and “$s”',
    '“$q”, {they} [write], then “$r”, and elsewhere “$s”',
    '{their} voice comes through in lines such as “$q”, “$r”, or “$s”',
  ],
];

/** What is left open: `$n` as nouns, `$c` as questions. */
export const gaps: readonly string[] = [
  'of $n nothing definite can be read',
  '$posts give no firm hold on $n',
  '$posts leave $n open',
  'nothing certain is said about $n',
  'on $n $posts stay vague',
  '$n cannot be made out with any certainty',
  'nothing firm comes to light about $n',
  'as to $n, one is left to guess',
];
/** What is left open, as questions. */
export const openQuestions: readonly string[] = [
  '$posts do not settle $c',
  'it stays open $c',
  '$c cannot be told from $posts',
  'nothing in $posts says for certain $c',
  'one can only guess $c',
];
/** Nouns for what is left open, by dimension. */
export const gapNouns: Readonly<Record<string, readonly string[]>> = {
  demographics: ['background', 'origins', 'home'],
  work: ['work', 'a job', 'occupation'],
  experiences: ['family', 'the past', 'family life'],
  interests: ['pastimes', 'leisure', 'hobbies'],
  values: ['convictions', 'values', 'beliefs'],
  personality: ['character', 'personality', 'temperament'],
};
/** Questions for what is left open, by dimension. */
export const gapQuestions: Readonly<Record<string, string>> = {
  demographics: 'where {they} [come] from',
  work: 'how {they} [earn] a living',
  experiences: 'what {they} [have] been through',
  interests: 'what {they} [do] for pleasure',
  values: 'what {they} [hold] dear',
  personality: 'what sort of person {they} [be]',
};
/** Said where there is hardly any evidence at all. */
export const sparse: readonly string[] = [
  'the little that {they} [write] would fit a great many people',
  'a few words about other things are all there is to go by',
  'so few signs allow no portrait of their own',
  'what there is to read points to nobody in particular',
];
