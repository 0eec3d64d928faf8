import { readFileSync } from 'node:fs';
import type { History } from '../../../src/persona/history.js';

/** A pseudonym by number. */
export const pseudonym = (n: number): string => `p-${n.toString(16).padStart(12, '0')}`;

/** The bundled demo authors, with all their posts, in the order of the file. */
export function demoHistories(): History[] {
  const posts = new Map<string, { date: string; text: string }[]>();
  const lines = readFileSync(new URL('../../../data/histories/demo.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  for (const line of lines) {
    const { author, date, text } = JSON.parse(line) as { author: string; date: string; text: string };
    posts.set(author, [...(posts.get(author) ?? []), { date, text }]);
  }
  return [...posts.values()].map((own, n) => ({
    person: pseudonym(n),
    declared: { attributes: {} },
    posts: own.map(({ date, text }, k) => ({ id: `${pseudonym(n)}#${k + 1}`, date, text })),
  }));
}
