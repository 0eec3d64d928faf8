import { z } from 'zod';
import { sha256 } from '../core/canonical-json.js';
import { pseudonym } from './group-histories.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');

/** Authors who are not to be read again, by hashes that are of no use without a list of possible authors (deleted-authors/1). */
export const DeletedAuthors = z.strictObject({
  schema: z.literal('deleted-authors/1'),
  salt: hash,
  authors: z.array(hash),
});
export type DeletedAuthors = z.infer<typeof DeletedAuthors>;

/** What stands for a person in a list. */
export const tombstone = (salt: string, person: string): string => sha256(`deleted\u0000${salt}\u0000${person}`);

/** Whether a person, by pseudonym, is in one of the lists. */
export function isDeletedIn(lists: readonly Pick<DeletedAuthors, 'salt' | 'authors'>[]): (person: string) => boolean {
  const sets = lists
    .map(({ salt, authors }) => ({ salt, authors: new Set(authors) }))
    .filter(({ authors }) => authors.size > 0);
  return (person) => sets.some(({ salt, authors }) => authors.has(tombstone(salt, person)));
}

/** The pseudonym of an author by either name: the id that the source gives, or the pseudonym itself. */
export const personOf = (idOrPseudonym: string): string =>
  /^p-[0-9a-f]{12}$/.test(idOrPseudonym) ? idOrPseudonym : pseudonym(idOrPseudonym.normalize('NFC').trim());
