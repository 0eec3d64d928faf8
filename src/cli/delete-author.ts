import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { writeAtomically } from '../core/atomic-file.js';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { DeletedAuthors } from '../stages/index.js';
import { deleteFromRun, isAbout, type Deletion } from './run-deletion.js';
import { readJsonFile, sidecarFile } from './source-terms.js';
import { inputFile, personOf, tombstone } from './wiring.js';

/** `pipeline delete-author`: takes a person, and all that was made with them, out of runs, and sees to it that nobody reads them again. */
export function deleteAuthorCommand(print: (line: string) => void, commands: readonly Command[]): Command {
  return new Command('delete-author')
    .description(
      'Remove an author from runs, with everything that was made from their posts, and never read them again.',
    )
    .argument('<id>', 'the author, as the posts name them, or by pseudonym (p-...)')
    .argument('[dirs...]', 'folders of runs')
    .option('--histories <file>', 'posts that runs read: the author is left out of every run to come')
    .addHelpText(
      'after',
      `
In a run, results were made from all authors together, so all of them go; recorded answers of language models about the other
authors stay, and are not paid again when the results are made anew. The posts themselves are yours to delete.

Examples:
  $ pipeline delete-author jane42 runs/build-personas-1 --histories posts.csv
  $ pipeline resume runs/build-personas-1                        a run that had not ended
  $ pipeline build-personas --histories posts.csv --out runs/build-personas-1    one that had

Exit codes: 0 ok, 2 nobody of that name, 6 the run is still going on, 7 a file was changed.`,
    )
    .action(async (id: string, dirs: readonly string[], { histories }: { histories?: string }) => {
      if (dirs.length === 0 && histories === undefined)
        throw new Failure('usage', {
          where: 'delete-author',
          problem: 'nothing to delete from',
          expected: 'folders of runs, or --histories, or both',
        });
      const person = personOf(id);
      let found = 0;
      if (histories !== undefined) {
        const { path, isNew } = await leaveOut(histories, person);
        found++;
        print(
          `${isNew ? 'Will not be read again' : 'Was not to be read before'}: ${path}. Delete the posts in ${histories} yourself.`,
        );
      }
      for (const dir of dirs) {
        const folder = resolve(dir);
        if (!existsSync(folder))
          throw new Failure('usage', { where: dir, problem: 'no such folder', expected: 'the folder of a run' });
        if (!(await isAbout(folder, [person, id]))) {
          print(`${dir}: nothing of this author.`);
          continue;
        }
        found++;
        linesOf(dir, await deleteFromRun(folder, person, commands)).forEach(print);
      }
      if (found === 0)
        throw new Failure('usage', {
          where: 'delete-author',
          problem: 'nobody of that name in these runs',
          got: id,
          expected: 'an author as the posts name them, or a pseudonym as in stages/histories.jsonl',
        });
    });
}

function linesOf(dir: string, { files, calls, isResumable, pipeline }: Deletion): string[] {
  const replies =
    calls === undefined ? '' : ` ${calls.removed} recorded answers removed, ${calls.kept} of other authors kept.`;
  return [
    `${dir}: ${files} files removed: texts, weights, agents, figures and reports, because all were made with this author.${replies}`,
    isResumable
      ? `  Make them again without the author: pipeline resume ${dir}`
      : pipeline === 'build-personas'
        ? `  Make them again without the author: the command of before, with --out ${dir}`
        : '  Make them again from an input without the author.',
  ];
}

/** Puts a person on the list beside a source of posts. */
async function leaveOut(histories: string, person: string): Promise<{ path: string; isNew: boolean }> {
  const { sha256: hash } = await inputFile(histories);
  const path = sidecarFile(histories, 'deleted-authors');
  const list: DeletedAuthors = existsSync(path)
    ? await readJsonFile(path, DeletedAuthors)
    : { schema: 'deleted-authors/1', salt: sha256(canonicalJson(['salt of deletions', hash])), authors: [] };
  const stone = tombstone(list.salt, person);
  const isNew = !list.authors.includes(stone);
  if (isNew)
    await writeAtomically(path, `${canonicalJson({ ...list, authors: [...list.authors, stone].sort() }, 2)}\n`, 0o600);
  return { path, isNew };
}
