import { createHash } from 'node:crypto';
import { traitDomains, type Inventory } from '../../src/psychometrics/inventory.js';

/** The parts of a request that decide about a sensible answer. */
export interface AskedPrompt {
  /** `name@version` from the first line of the system text. */
  readonly prompt: string;
  readonly system: string;
  readonly user: string;
  readonly seed: number;
}

/**
 * What a sensible model would answer to each prompt of the project: computed from the request alone, the same for the same
 * request, different for different seeds. Traits show in the narrative and come back in the answers to the inventory.
 *
 * @param inventories tell which items belong to which trait; items of others are answered at random
 */
export function sensibleAnswer(asked: AskedPrompt, inventories: readonly Inventory[] = []): string {
  const name = asked.prompt.replace(/@\d+$/, '');
  const answers: Readonly<Record<string, () => unknown>> = {
    'extract-evidence': () => evidence(asked),
    'write-narrative': () => ({ text: narrative(asked) }),
    'answer-inventory': () => responses(asked, inventories),
    'judge-persona': () => scores(asked),
    'revise-persona': () => ({ text: revised(asked) }),
  };
  const answer = answers[name];
  if (answer === undefined) throw new Error(`no sensible answer to the prompt "${asked.prompt}"`);
  return JSON.stringify(answer());
}

/** A number in [0, 1) that depends on the parts only. */
const chance = (...parts: readonly unknown[]): number =>
  createHash('sha256').update(JSON.stringify(parts)).digest().readUInt32LE() / 0x100000000;

const pick = <T>(of: readonly T[], ...parts: readonly unknown[]): T => of[Math.floor(chance(...parts) * of.length)]!;

/** The entries of a fence, one JSON value a line. */
function fence(text: string, tag: string): unknown[] {
  const inside = text.split(`\n<${tag}>\n`)[1]?.split(`\n</${tag}>`)[0] ?? '';
  return inside
    .split('\n')
    .flatMap((line) => (line.startsWith('{') || line.startsWith('"') ? [JSON.parse(line) as unknown] : []));
}

const dimensionWords: readonly (readonly [string, RegExp])[] = [
  ['work', /\b(work|job|office|boss|school|class|nurse|teacher|paid)\b/i],
  ['demographics', /\b(mom|mother|father|wife|husband|kids?|son|daughter|married|born)\b/i],
  ['values', /\b(believe|right|wrong|should|vote|god|church|fair)\b/i],
  ['personality', /\b(feel|always|never|hate|worry|shy|anxious|happy)\b/i],
  ['experiences', /\b(yesterday|today|went|last|trip|moved|was)\b/i],
  ['interests', /./],
];

function evidence({ user }: AskedPrompt): unknown {
  // A sensible model is not told what to do by a post.
  const posts = (fence(user, 'posts') as { post: number; text: string }[]).filter(
    ({ text }) => !/\bignore (all )?(previous|prior|above)\b/i.test(text),
  );
  const variables = Array.from(user.matchAll(/^- (\w+): (.+ \| .+)$/gm), ([, name, list]) => ({
    variable: name!,
    categories: list!.split(' | '),
  }));
  const claims = posts.flatMap(({ post, text }) => {
    const quote = /\S+(?:\s+\S+){2,9}/.exec(text)?.[0];
    const subject = [...text.matchAll(/\p{L}{5,}/gu)]
      .map(([word]) => word.toLowerCase())
      .sort((a, b) => b.length - a.length)[0];
    if (quote === undefined || subject === undefined) return [];
    const dimension = dimensionWords.find(([, words]) => words.test(quote))![0];
    return [{ dimension, statement: `Has ${subject} on the mind.`, status: 'inferred', post, quote }];
  });
  const attributes = variables.flatMap(({ variable, categories }) => {
    for (const { post, text } of posts)
      for (const category of categories) {
        const escaped = category.replace(/[^\w ]/g, '\\$&');
        const quote = new RegExp(`(?:\\w+ ){0,3}(?<!\\w)${escaped}(?!\\w)`, 'i').exec(text)?.[0];
        if (quote !== undefined) return [{ variable, category, status: 'stated', post, quote }];
      }
    return [];
  });
  const ages = posts.flatMap(({ post, text }) => {
    const match = /\bI(?:'m| am) (\d\d)\b/.exec(text);
    return match === null ? [] : [{ years: Number(match[1]), post, quote: match[0] }];
  });
  return { age: ages.at(-1) ?? null, attributes, claims: claims.slice(0, 60) };
}

/** How a trait shows, from far below to far above average. The sentences are how a narrative carries its traits. */
const traitSentences: Readonly<Record<(typeof traitDomains)[number], readonly string[]>> = {
  extraversion: [
    'Keeps away from crowds altogether and speaks only when spoken to.',
    'Prefers a quiet evening to a busy room.',
    'Enjoys company and enjoys being alone in equal parts.',
    'Talks easily with strangers and likes a full table.',
    'Lights up in every crowd and can hardly bear an evening alone.',
  ],
  agreeableness: [
    'Trusts nobody and says harsh things without regret.',
    'Is quick to find fault and slow to forgive.',
    'Helps when asked and argues when crossed.',
    'Is warm with people and gives them the benefit of the doubt.',
    'Puts the needs of others first without a second thought.',
  ],
  conscientiousness: [
    'Lets bills and promises slide and lives in disorder.',
    'Puts things off and forgets where they are.',
    'Plans the big things and improvises the rest.',
    'Likes a list and finishes what is on it.',
    'Runs every day by the clock and leaves nothing undone.',
  ],
  neuroticism: [
    'Stays perfectly calm whatever happens.',
    'Takes setbacks lightly and sleeps well.',
    'Worries now and then, as most people do.',
    'Frets over small things and is easily upset.',
    'Lives in constant worry and breaks down under pressure.',
  ],
  openness: [
    'Wants nothing new and has no patience for ideas.',
    'Sticks to what is familiar and practical.',
    'Likes a new idea if it is of some use.',
    'Is curious about art and about how others see the world.',
    'Lives in imagination and chases every strange idea.',
  ],
};

const levels = ['far below average', 'below average', 'about average', 'above average', 'far above average'];

function narrative({ user, seed }: AskedPrompt): string {
  const claims = fence(user, 'evidence') as { dimension: string; statement: string }[];
  const topics = fence(user, 'topics') as string[];
  const attributes = Array.from(user.matchAll(/^- (\w+): (.+)$/gm), ([, name, value]) => [name!, value!] as const);
  const level = (trait: string): number => levels.indexOf(attributes.find(([name]) => name === trait)?.[1] ?? '');
  const facts = attributes.filter(([name]) => !traitDomains.some((trait) => trait === name));
  const said = (dimension: string): string[] =>
    claims
      .filter((claim) => claim.dimension === dimension)
      .slice(0, 3)
      .map(({ statement }) => statement);
  return [
    `This is somebody ${facts.map(([name, value]) => `with ${name.replaceAll('_', ' ')} ${value}`).join(', ')}.`,
    ...said('demographics'),
    pick(
      [
        'Work takes up the better part of most days.',
        'The working week sets the rhythm.',
        'A living has to be earned.',
      ],
      seed,
      'work',
    ),
    ...said('work'),
    ...traitDomains.map((trait) => traitSentences[trait][level(trait)] ?? ''),
    ...said('personality'),
    pick(
      ['What counts is to be treated decently.', 'Loyalty matters more than success.', 'Fairness is worth a quarrel.'],
      seed,
      'values',
    ),
    ...said('values'),
    `Free time goes to ${topics.slice(0, 3).join(', ') || 'small pleasures'} and to whatever the season brings.`,
    ...said('interests'),
    pick(
      ['Some years were easier than others.', 'There have been a few turns on the way.', 'Not every plan worked out.'],
      seed,
      'life',
    ),
    ...said('experiences'),
    'Asked for a summary of it all, this person would shrug, point to the people and habits that fill an ordinary week, and add that',
    'most of what matters does not fit into a few lines; the rest is told in the way the days are spent, in what is laughed at, in',
    'what is bought and what is left on the shelf, and in who gets a call when something goes wrong or turns out well after all.',
  ].join(' ');
}

function responses({ system, user, seed }: AskedPrompt, inventories: readonly Inventory[]): unknown {
  const [text] = fence(system, 'persona') as [string];
  const items = fence(user, 'items') as { id: string }[];
  const highest = Number(/from 1 to (\d)/.exec(user)?.[1]);
  const middle = (1 + highest) / 2;
  const keys = new Map(
    inventories.flatMap(({ items }) => items).map(({ id, domain, keying }) => [id, { domain, keying }]),
  );
  return Object.fromEntries(
    items.map(({ id }) => {
      const key = keys.get(id);
      const level = key === undefined ? 2 : traitSentences[key.domain].findIndex((sentence) => text.includes(sentence));
      const lean = key === undefined || level < 0 ? 0 : key.keying * (level - 2) * 0.7;
      const noise = (chance(text, id, seed) + chance(id, seed, text) - 1) * 2;
      return [id, Math.min(highest, Math.max(1, Math.round(middle + lean + noise)))];
    }),
  );
}

function scores({ user }: AskedPrompt): unknown {
  const [text] = fence(user, 'persona') as [string];
  const criteria = Array.from(user.matchAll(/^- ([\w-]+): /gm), ([, id]) => id!);
  return Object.fromEntries(criteria.map((id) => [id, 3 + Math.floor(chance(id, text) * 3)]));
}

function revised({ user }: AskedPrompt): string {
  const [text] = fence(user, 'persona') as [string];
  const changes = fence(user, 'changes') as { variable: string; from: string; to: string }[];
  return changes.reduce(
    (now, { variable, from, to }) =>
      now.includes(from) ? now.replaceAll(from, to) : `${now} As for ${variable.replaceAll('_', ' ')}, it is ${to}.`,
    text,
  );
}
