import { z } from 'zod';
import { permuteTexts } from '../persona/filter/text-quality.js';
import { NarrativePersona } from '../persona/narrative-persona.js';
import { collectRows, rows } from '../pipeline/artifact.js';
import { defineStage } from './services.js';

/** Stage `shuffle-texts`: give every persona the text of another person's persona, and leave its numbers as they are. */
export const shuffleTexts = defineStage({
  name: 'shuffle-texts',
  version: 1,
  summary: "Give every persona the text of another person's persona, and leave its numbers as they are.",
  config: z.strictObject({}),
  inputs: { kept: rows(NarrativePersona) },
  outputs: { shuffled: rows(NarrativePersona) },
  conserves: [{ of: 'kept', by: 'id', kept: { shuffled: 'id' } }],
  uses: [],

  async run({ kept }, _, { emit, random, record }) {
    const personas = await collectRows(kept);
    const shuffled = permuteTexts(personas, random);
    if (shuffled === null)
      record({
        level: 'caution',
        code: 'texts-not-shuffled',
        message: 'there is only one person, so texts cannot change owners: the control run is the run itself',
      });
    for (const persona of shuffled ?? personas) await emit.shuffled(persona);
    return {};
  },
});
