import { z } from 'zod';
import { layersOf } from '../persona/narrative/marks.js';
import { collectRows, rows, value } from '../pipeline/artifact.js';
import { AgentPoolInfo, AgentRecord } from '../population/agent-pool.js';
import { describeConstraint, understandQuery, variablesOfColumns } from '../population/query.js';
import { Candidate, checkReachable, rankAgents, SubpopulationRequest } from '../population/subpopulation.js';
import { sentences } from '../text/tokens.js';
import { defineStage } from './services.js';

/** Longest query: an embedder reads no more than this. */
const longestQuery = 4000;
/** Sentences embedded before the next report of progress. */
const batchSize = 64;

/** Stage `retrieve-subpopulation`: find the agents that a query describes, and plan revisions where too few are like that already. */
export const retrieveSubpopulation = defineStage({
  name: 'retrieve-subpopulation',
  version: 1,
  summary: 'Find the agents that a query describes, and plan revisions where too few are like that already.',
  config: z.strictObject({
    query: z
      .string()
      .trim()
      .min(1, 'the query is empty: say in a few words whom you want')
      .max(longestQuery, `the query is too long: at most ${longestQuery} characters`),
    agents: z.number().int().positive().describe('agents in the subpopulation'),
  }),
  inputs: { info: value(AgentPoolInfo), agents: rows(AgentRecord) },
  outputs: { request: value(SubpopulationRequest), candidates: rows(Candidate) },
  uses: ['embedder', 'languageOf'],

  async run({ info, agents }, config, { emit, random, record, services, signal, progress }) {
    const { embedder, languageOf } = services;
    const { constraints, notes, rest } = understandQuery(config.query, variablesOfColumns(info.columns));
    const pool = await collectRows(agents);
    const said = constraints.map(describeConstraint);
    record({
      level: constraints.length > 0 ? 'info' : 'caution',
      code: constraints.length > 0 ? 'query-understood' : 'query-not-understood',
      message:
        constraints.length > 0
          ? `understood: ${said.join('; ')}; compared by meaning: “${rest}”`
          : 'no attribute was understood in the query: agents are chosen by the likeness of their texts alone',
      values: { constraints: said, compared: rest },
    });
    const language = languageOf(config.query);
    const isForeign = constraints.length === 0 && !['en', 'und'].includes(language);
    const cautions = isForeign
      ? [...notes, `the query seems to be in another language (${language}); it is read as English`]
      : notes;
    for (const message of cautions) record({ level: 'caution', code: 'query-partly-understood', message });
    const embed = async (texts: readonly string[]): Promise<Float32Array[]> => {
      const vectors: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += batchSize) {
        vectors.push(...(await embedder.embed(texts.slice(from, from + batchSize), signal)));
        progress(vectors.length, texts.length);
      }
      return vectors;
    };
    const ranking = rankAgents(pool, await similarities(pool, rest, embed), constraints, random);
    checkReachable(pool, constraints, ranking, config.agents);
    for (const candidate of ranking.candidates) await emit.candidates(candidate);
    return {
      request: {
        schema: 'subpopulation-request/1' as const,
        query: config.query,
        agents: config.agents,
        constraints: [...constraints],
        notes: [...cautions],
        compared: rest,
        embedder: embedder.name,
        exact: ranking.exact,
        revisable: ranking.candidates.length - ranking.exact,
        locked: ranking.locked,
      },
    };
  },
});

/**
 * Cosine of each agent to a text: that of its nearest sentence, among those that the posts say (what was drawn is no
 * reason to be found). Many personas share sentences, so each distinct one is embedded once.
 */
async function similarities(
  agents: readonly AgentRecord[],
  text: string,
  embed: (texts: readonly string[]) => Promise<Float32Array[]>,
): Promise<Float64Array> {
  const saidBy = agents.map((agent) =>
    sentences(layersOf(agent.text).said || agent.text).map((sentence) => sentence.text),
  );
  const distinct = [...new Set(saidBy.flat())];
  const [query, ...vectors] = await embed([text, ...distinct]);
  const cosines = new Map(distinct.map((sentence, k) => [sentence, dot(query!, vectors[k]!)]));
  return Float64Array.from(saidBy, (own) =>
    own.length === 0 ? 0 : Math.max(...own.map((sentence) => cosines.get(sentence)!)),
  );
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
