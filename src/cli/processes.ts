import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Processes } from '../pipeline/lock.js';

/** The processes of this machine: as Linux tells of them, elsewhere by their numbers alone. */
export const processes: Processes = {
  async self() {
    const [boot, space] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
      readlink('/proc/self/ns/pid').catch(() => ''),
    ]);
    const { pid } = process;
    return { host: hostname(), boot: boot.trim(), space, pid, started: (await startOf(pid)) ?? '' };
  },
  async isRunning({ host, boot, space, pid, started }) {
    const self = await processes.self();
    if (boot !== self.boot) return host === self.host ? false : undefined;
    // Numbers of processes mean something only where they were given.
    if (space !== self.space || (boot === '' && host !== self.host)) return undefined;
    return boot === '' ? answers(pid) : (await startOf(pid)) === started;
  },
};

/** Start of a process in ticks since the machine's, from field 22 of proc(5) stat; undefined when it is gone, or only not buried yet. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the name of the program in brackets, whatever it holds.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
