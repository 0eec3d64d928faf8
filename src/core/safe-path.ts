import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure.js';

/** Most bytes of a name that every file system takes. */
const longestName = 255;

/**
 * Whether a path names something below a folder on every system: relative, with slashes, without `.` or `..`, without control
 * characters and without what Windows reads in another way.
 */
export const isSafePath = (path: string): boolean =>
  path
    .split('/')
    .every((name) => !/^\.{0,2}$|[\p{Cc}\\:*?"<>|]|[. ]$/u.test(name) && Buffer.byteLength(name) <= longestName);

/**
 * Where a file lies below a folder, after a look at every folder in between: none may be a link that leads elsewhere, and neither may
 * the file.
 *
 * @throws {Failure} `integrity` naming the file
 */
export async function placeIn(folder: string, file: string): Promise<string> {
  if (!isSafePath(file))
    throw new Failure('integrity', { where: folder, problem: 'a file that is not below this folder', got: file });
  let path = folder;
  for (const name of file.split('/')) {
    path = join(path, name);
    if ((await lstat(path).catch(() => undefined))?.isSymbolicLink() === true)
      throw new Failure('integrity', {
        where: path,
        problem: 'a link stands where a run keeps its own files',
        hint: 'Nothing is read or written through it; remove it.',
      });
  }
  return path;
}
