import { z } from 'zod';
import { buildPersonas, pilotPersonas } from '../../pipelines/build-personas/pipeline.js';
import { alignPool } from '../../pipelines/align-pool/pipeline.js';
import { Failure } from '../core/failure.js';
import { nearest } from '../core/near-names.js';
import type { Pipeline } from '../pipeline/plan.js';
import { findItems, type Found, stagesOfRun } from '../pipeline/trace.js';
import { pseudonymOf, tableCodec } from './wiring.js';

/** Everything that a run holds about one person, persona or agent. */
export interface Lineage {
  readonly kind: 'person' | 'persona';
  readonly id: string;
  /** The person behind it; a persona from a file may have none. */
  readonly person: string;
  /** In the order of the stages; control runs left out. */
  readonly found: readonly Found[];
}

/** Pipelines whose items can be followed. */
const pipelines = [buildPersonas(true), pilotPersonas, alignPool];

/** Outputs that say something about an item without keeping or dropping it, and the field that names the item. */
const notes = { questions: 'id' };

const Owned = z.looseObject({ person: z.string() });
const Agent = z.looseObject({ agent: z.string(), persona: z.string() });
const Drawn = z.looseObject({ draw: z.number() });

/** The pipeline of a run by its name. @throws {Failure} `invalid-input` when nothing is followed in runs of it */
export function tracedPipeline(folder: string, name: string): Pipeline {
  const pipeline = pipelines.find((own) => own.name === name);
  if (pipeline !== undefined) return pipeline;
  throw new Failure('invalid-input', {
    where: folder,
    problem: 'nobody can be followed in a run of this kind',
    got: name,
    expected: pipelines.map((own) => own.name).join(' or '),
  });
}

/**
 * Looks a name up in a run: a pseudonym, a persona, an agent, or what the author is called in the file of posts.
 *
 * @throws {Failure} `invalid-input` when there is no such name (with names like it), or the run is of another kind
 */
export async function lineageOf(folder: string, asked: string): Promise<Lineage> {
  const { pipeline: name, stages } = await stagesOfRun(folder);
  const pipeline = tracedPipeline(folder, name);
  const run = { folder, pipeline, stages, codec: tableCodec };
  const names = new Set([asked, pseudonymOf(asked)]);
  // One pass over all files finds the name, its persona if it is an agent, and all names there are.
  const known = new Set<string>();
  const personOf = new Map<string, string>();
  const personaOf = new Map<string, string>();
  for await (const { id, row, stage } of findItems(run, () => true)) {
    if (stage.includes('/')) continue;
    known.add(id);
    const owner = Owned.safeParse(row).data?.person;
    if (owner !== undefined) {
      known.add(owner);
      personOf.set(id, owner);
    }
    const agent = Agent.safeParse(row).data;
    if (agent) {
      known.add(agent.agent);
      personaOf.set(agent.agent, agent.persona);
    }
  }
  const id = [...names].map((given) => personaOf.get(given) ?? given).find((given) => known.has(given));
  if (id === undefined) throw unknown(folder, asked, known);
  const person = personOf.get(id) ?? id;
  const kind = personOf.has(id) && !(person === id && isPseudonym(id)) ? 'persona' : 'person';
  const isWanted =
    kind === 'person'
      ? (other: string) => other === id || personOf.get(other) === id
      : (other: string) => other === id || other === person;
  const found: Found[] = [];
  for await (const item of findItems(run, isWanted, notes)) {
    if (item.stage.includes('/')) continue;
    if (kind === 'persona' && !isAbout(item, id, person)) continue;
    found.push(item);
  }
  return { kind, id, person, found };
}

/** A persona from a file may be called as its person; one that was made here never is. */
const isPseudonym = (name: string): boolean => /^p-[0-9a-f]{12}$/.test(name);

/** Whether something about the person of a persona is also about this persona, and not about another draw. */
function isAbout({ id, row }: Found, persona: string, person: string): boolean {
  if (id !== person || id === persona) return true;
  const draw = Drawn.safeParse(row).data?.draw;
  return draw === undefined || draw === 0 || `${person}.${draw}` === persona;
}

function unknown(folder: string, asked: string, known: ReadonlySet<string>): Failure {
  const near = nearest(asked, known);
  return new Failure('invalid-input', {
    where: folder,
    problem: 'nobody of that name in this run',
    got: asked,
    expected: 'a person (p-...), a persona (p-... .1), an agent (a-...), or an author of the posts',
    ...(near.length > 0 && { hint: `Names like it: ${near.join(', ')}.` }),
  });
}
