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
    'write-narrative': () => narrative(asked),
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
    ({ text }) => !/\b(?:ignore|say that)\b/i.test(text),
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
    'Extremely shy and withdrawn: keeps away from crowds and stays silent among strangers.',
    'Quiet and reserved, and prefers to be alone.',
    'Somewhat quiet in company.',
    'Enjoys company and enjoys an evening in to the same degree.',
    'Somewhat outgoing in company.',
    'Outgoing and talkative, and likes a party.',
    'Extremely outgoing and talkative: lights up in every crowd.',
  ],
  agreeableness: [
    'Extremely cold and harsh: trusts nobody and insults people.',
    'Critical and suspicious of other people.',
    'Somewhat critical of other people.',
    'Helps when asked and argues when crossed.',
    'Somewhat kind to other people.',
    'Kind and warm, and trusts other people.',
    'Extremely kind and generous: puts the needs of others first.',
  ],
  conscientiousness: [
    'Extremely careless and disorganised: leaves everything undone.',
    'Messy and careless, and puts things off.',
    'Somewhat disorganised.',
    'Plans the big things and improvises the rest.',
    'Somewhat organised.',
    'Organised and hardworking, and finishes what was begun.',
    'Extremely organised and disciplined: leaves nothing undone.',
  ],
  neuroticism: [
    'Extremely calm and relaxed: nothing upsets this person.',
    'Calm and relaxed, and rarely upset.',
    'Somewhat calm.',
    'Has good days and bad days, as most people do.',
    'Somewhat anxious.',
    'Anxious and moody, and easily upset.',
    'Extremely anxious: lives in constant worry and panics under stress.',
  ],
  openness: [
    'Extremely conventional: has no interest in art or new ideas.',
    'Conventional and practical, and dislikes abstract ideas.',
    'Somewhat conventional.',
    'Likes a new idea if it is of some use.',
    'Somewhat curious.',
    'Curious and imaginative, and loves art and new ideas.',
    'Extremely curious and imaginative: lives for art and new ideas.',
  ],
};

const levels = [
  'far below average',
  'clearly below average',
  'somewhat below average',
  'about average',
  'somewhat above average',
  'clearly above average',
  'far above average',
];
const middleLevel = 3;

/** The lines of a list below a heading. */
function listBelow(user: string, heading: string): [name: string, value: string][] {
  const list = user.split(`\n${heading}:\n`)[1]?.split('\n\n')[0] ?? '';
  return Array.from(list.matchAll(/^- (\w+): (.+)$/gm), ([, name, value]) => [name!, value!]);
}

function narrative({ user, seed }: AskedPrompt): { evidence: string; disposition: string } {
  const claims = fence(user, 'evidence') as { dimension: string; statement?: string; says?: string }[];
  const topics = fence(user, 'topics') as string[];
  const level = (trait: string): number => levels.indexOf(new RegExp(`^- ${trait}: (.+)$`, 'm').exec(user)?.[1] ?? '');
  const told = (heading: string): string =>
    listBelow(user, heading)
      .map(([name, value]) => `with ${name.replaceAll('_', ' ')} ${value}`)
      .join(', ');
  const said = (dimension: string): string[] =>
    claims
      .filter((claim) => claim.dimension === dimension)
      .slice(0, 3)
      .map(({ statement, says }) => statement ?? `Says: ${says!}.`);
  const evidence = [
    `This is somebody ${told('Known facts') || 'of whom the posts tell little'}.`,
    ...['demographics', 'work', 'personality', 'values', 'interests', 'experiences'].flatMap(said),
    `Free time goes to ${topics.slice(0, 3).join(', ') || 'small pleasures'} and to whatever the season brings.`,
  ];
  const disposition = [
    `What follows is drawn and not read in the posts: somebody ${told('Drawn facts') || 'of whom nothing more is drawn'}.`,
    ...traitDomains.map((trait) => traitSentences[trait][level(trait)] ?? ''),
    pick(
      [
        'Work takes up the better part of most days.',
        'The working week sets the rhythm.',
        'A living has to be earned.',
      ],
      seed,
      'work',
    ),
    pick(
      ['What counts is to be treated decently.', 'Loyalty matters more than success.', 'Fairness is worth a quarrel.'],
      seed,
      'values',
    ),
    pick(
      ['Some years were easier than others.', 'There have been a few turns on the way.', 'Not every plan worked out.'],
      seed,
      'life',
    ),
    'Asked for a summary of it all, this person would shrug, point to the people and habits that fill an ordinary week, and add that',
    'most of what matters does not fit into a few lines; the rest is told in the way the days are spent, in what is laughed at, in',
    'what is bought and what is left on the shelf, and in who gets a call when something goes wrong or turns out well after all.',
    'None of that is written down anywhere, and it does not have to be.',
  ];
  return { evidence: evidence.join(' '), disposition: disposition.join(' ') };
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
      const level =
        key === undefined ? middleLevel : traitSentences[key.domain].findIndex((sentence) => text.includes(sentence));
      const lean = key === undefined || level < 0 ? 0 : key.keying * (level - middleLevel) * 0.5;
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
