import { z } from 'zod';
import { sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { mapConcurrent } from '../model/concurrency.js';
import { exactRevisionFault, freeRevisionFault } from '../persona/check-revision.js';
import type { Reviser } from '../persona/ports.js';
import { collectRows, rows, value } from '../pipeline/artifact.js';
import { AgentRecord } from '../population/agent-pool.js';
import {
  Candidate,
  LedgerEntry,
  personaOf,
  SubpopulationMember,
  SubpopulationRequest,
  tooFew,
} from '../population/subpopulation.js';
import { defineStage, Models } from './services.js';

/** When so many revisions were tried and none was good, the others will not be: they may cost money. */
const hopeless = 20;

/** Stage `revise-personas`: take the candidates in order; revise what conflicts and nothing else, and roll back what went wrong. */
export const revisePersonas = defineStage({
  name: 'revise-personas',
  version: 1,
  summary: 'Take the candidates in order; revise what conflicts and nothing else, and roll back what went wrong.',
  config: z.strictObject({}),
  inputs: {
    agents: rows(AgentRecord),
    request: value(SubpopulationRequest),
    candidates: rows(Candidate),
    models: value(Models),
  },
  outputs: { members: rows(SubpopulationMember), ledger: rows(LedgerEntry) },
  uses: ['reviser', 'concurrency'],

  async run({ agents, request, candidates }, _, { emit, record, services, signal, progress }) {
    const wanted = request.agents;
    const agentOf = new Map((await collectRows(agents)).map((agent) => [agent.agent, agent]));
    const queue = await collectRows(candidates);
    let [rank, tried, accepted] = [0, 0, 0];
    const take = async ({ agent, similarity, changes }: Candidate, textAfter?: string): Promise<void> => {
      const { persona, text } = agentOf.get(agent)!;
      const [textBefore, after] = [sha256(text), sha256(textAfter ?? text)];
      rank++;
      await emit.members({
        schema: 'subpopulation/1',
        rank,
        agent,
        persona,
        similarity,
        changes,
        textBefore,
        textAfter: after,
      });
      progress(rank, wanted);
    };
    // As many at once as are still missing: how many run side by side never decides who is taken.
    while (rank < wanted && queue.length > 0) {
      const batch = queue.splice(0, accepted > 0 ? wanted - rank : Math.min(wanted - rank, hopeless));
      const entries = await mapConcurrent(
        batch,
        services.concurrency,
        async (candidate, _index, s) =>
          candidate.changes.length === 0 ? null : revise(services.reviser, agentOf.get(candidate.agent)!, candidate, s),
        signal,
      );
      for (const [i, entry] of entries.entries()) {
        if (entry !== null) {
          await emit.ledger(entry);
          tried++;
          if (entry.status === 'accepted') accepted++;
        }
        if (entry?.status !== 'rolled-back') await take(batch[i]!, entry?.textAfter ?? undefined);
      }
      if (accepted === 0 && tried >= hopeless)
        throw new Failure('quality-gate', {
          where: 'revise-personas',
          problem: `the first ${tried} revisions were all rolled back`,
          got: entries.at(-1)?.reason,
          hint: 'See ledger.jsonl; another --model may do better.',
        });
    }
    if (rank < wanted)
      throw tooFew(
        request.constraints,
        wanted,
        `${rank} after ${tried} revisions`,
        'See ledger.jsonl for what went wrong in each revision.',
      );
    record({
      level: tried > accepted ? 'caution' : 'info',
      code: 'personas-revised',
      message: `${wanted - accepted} agents taken as they are, ${accepted} of ${tried} revisions accepted by ${services.reviser.name}`,
      values: { unchanged: wanted - accepted, tried, accepted },
    });
    return {};
  },
});

/** One revision with its check; what fails is kept with the reason. */
async function revise(
  reviser: Reviser,
  agent: AgentRecord,
  { changes, donor }: Candidate,
  signal: AbortSignal,
): Promise<LedgerEntry> {
  const persona = personaOf(agent);
  const answer = await reviser.revise(persona, changes, signal);
  if (answer.kind === 'unavailable')
    throw new Failure('model-unavailable', {
      where: 'revise-personas',
      problem: `the language model stopped answering (${answer.reason})`,
      hint: 'Check the server, then continue with pipeline resume.',
    });
  const fault = reviser.name.startsWith('embedded') ? exactRevisionFault : freeRevisionFault;
  const reason =
    answer.kind === 'answered' ? (fault(persona, changes, answer.value) ?? null) : `${answer.kind}: ${answer.reason}`;
  return {
    agent: agent.agent,
    persona: agent.persona,
    changes,
    donor,
    reviser: reviser.name,
    status: reason === null ? 'accepted' : 'rolled-back',
    reason,
    textBefore: agent.text,
    textAfter: answer.kind === 'answered' ? answer.value : null,
  };
}
