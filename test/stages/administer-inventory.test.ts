import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn } from '../../src/core/table.js';
import { answered, type Answer } from '../../src/model/answer.js';
import { embeddedRespondent } from '../../src/persona/embedded-respondent.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import type { Respondent } from '../../src/persona/ports.js';
import { responseModel } from '../../src/psychometrics/response-model.js';
import { administerInventory } from '../../src/stages/index.js';
import { failedStage, findingOf, rowsOf, runStage } from '../support/stage-context.js';
import { bareReference, inventory, norms, reference, sumOf, target } from './alignment-fixture.js';
import { models, personaOf } from './people-fixture.js';

const ipip = inventory('ipip-50');
const inputs = (kept: readonly NarrativePersona[]) => ({
  kept: rowsOf(kept),
  inventory: ipip,
  norms,
  target,
  models,
  reference,
});
const embedded = embeddedRespondent(responseModel(ipip, norms));
const respondentOf = (answer: (persona: NarrativePersona) => Answer<Uint8Array>): Respondent => ({
  name: 'test@1',
  answer: (persona) => Promise.resolve(answer(persona)),
});
/** The embedded respondent under another name, so that it is not checked each time. */
const unchecked: Respondent = { ...embedded, name: 'test@1' };
const run = (kept: readonly NarrativePersona[], respondent: Respondent = unchecked) =>
  runStage(administerInventory, inputs(kept), {}, { respondent, concurrency: 3 });
const people = [0, 1, 2, 3].map((n) => personaOf(n, 1, { traits: [n - 1, 0, 0, 0, 0] }));

describe('administer-inventory', () => {
  it('has one row a persona, with its attributes and how they came about', async () => {
    const { pool } = (await run(people)).outputs;
    expect(textColumn(pool, 'persona')).toEqual(people.map(({ id }) => id));
    expect(textColumn(pool, 'person')).toEqual(people.map(({ person }) => person));
    expect(textColumn(pool, 'region_status')).toEqual(people.map(() => 'imputed'));
    expect(Array.from(numberColumn(pool, 'age_years'))).toEqual([40, 40, 40, 40]);
  });

  it('turns reverse-keyed items once: answering 5 throughout scores the share of positive items', async () => {
    const fives = respondentOf(() => answered(new Uint8Array(50).fill(5)));
    const { pool } = (await run(people.slice(0, 1), fives)).outputs;
    for (const domain of norms.domains) {
      const own = ipip.items.filter((item) => item.domain === domain);
      const keyed = own.map(({ keying }): number => (keying === 1 ? 5 : 1));
      expect(numberColumn(pool, domain)[0], domain).toBeCloseTo(sumOf(keyed) / own.length, 12);
      expect(keyed).toContain(1);
    }
    // The answers themselves stay as they were given.
    for (const { id } of ipip.items) expect(numberColumn(pool, `item_${id}`)[0]).toBe(5);
  });

  it('scores each domain as the mean of its keyed answers, and T within sex and age', async () => {
    const men = [
      personaOf(4, 1, {
        attributes: { ...people[0]!.disposition.attributes, sex: { value: 'male', status: 'stated' } },
      }),
    ];
    const { pool } = (await run([...people, ...men])).outputs;
    norms.domains.forEach((domain, k) => {
      const own = ipip.items.filter((item) => item.domain === domain);
      const t = numberColumn(pool, `${domain}_t`);
      numberColumn(pool, domain).forEach((score, i) => {
        const answers = own.map(({ id, keying }) => {
          const answer = numberColumn(pool, `item_${id}`)[i]!;
          return keying === 1 ? answer : 6 - answer;
        });
        expect(score).toBeCloseTo(sumOf(answers) / own.length, 12);
        const sex = i < people.length ? 'female' : 'male';
        const { mean, sd } = norms.cells.find((cell) => cell.sex === sex && cell.ages[0] <= 40 && cell.ages[1] >= 40)!;
        expect(t[i]).toBeCloseTo(50 + (10 * (score - mean[k]!)) / sd[k]!, 9);
      });
    });
  });

  it('gives a persona the same answers whoever else is asked', async () => {
    const answers = async (kept: readonly NarrativePersona[]): Promise<string> => {
      const { pool } = (await run(kept)).outputs;
      const row = textColumn(pool, 'persona').indexOf(people[2]!.id);
      return ipip.items.map(({ id }) => numberColumn(pool, `item_${id}`)[row]!).join('');
    };
    expect(await answers([people[2]!])).toBe(await answers(people));
    expect(await answers([...people].reverse())).toBe(await answers(people));
    const { pool } = (await run(people)).outputs;
    const rows = people.map((_, row) => ipip.items.map(({ id }) => numberColumn(pool, `item_${id}`)[row]!).join(''));
    expect(new Set(rows).size).toBe(people.length);
  });

  it('lists personas without usable answers by kind and reason; measured and unmeasured are all', async () => {
    const half = Uint8Array.from(ipip.items, ({ domain }) => (domain === 'openness' ? 0 : 3));
    const faulty = respondentOf(({ id }) => {
      if (id === people[0]!.id) return { kind: 'refused', reason: 'will not', attempts: 1 };
      if (id === people[1]!.id) return { kind: 'malformed', reason: 'no JSON', attempts: 3 };
      return answered(id === people[2]!.id ? half : new Uint8Array(50).fill(3));
    });
    const { rows, outputs, findings } = await run(people, faulty);
    expect(rows.unmeasured).toEqual([
      { persona: people[0]!.id, kind: 'refused', reason: 'will not' },
      { persona: people[1]!.id, kind: 'malformed', reason: 'no JSON' },
      { persona: people[2]!.id, kind: 'too-few-answers', reason: 'a domain has less than half of its items' },
    ]);
    expect(textColumn(outputs.pool, 'persona')).toEqual([people[3]!.id]);
    expect(outputs.pool.rows + rows.unmeasured.length).toBe(people.length);
    expect(findingOf(findings, 'inventory-administered').message).toBe('1 of 4 personas answered ipip-50');
  });

  it('lists a persona that left every item out, and says nothing that JSON cannot', async () => {
    const silent = respondentOf(({ id }) => answered(new Uint8Array(50).fill(id === people[0]!.id ? 0 : 3)));
    const { rows, findings } = await run(people, silent);
    expect(rows.unmeasured.map(({ kind }) => kind)).toEqual(['too-few-answers']);
    expect(findingOf(findings, 'inventory-administered').values).toMatchObject({
      style: { midpointShare: 1, acquiescence: 0 },
      alpha: [null, null, null, null, null],
    });
  });

  it('says so when the target has no sex to choose the norms by', async () => {
    const { findings } = await run(people);
    expect(findings.some(({ code }) => code === 't-scores-without-sex')).toBe(false);
    const sexless = { ...target, variables: target.variables.filter(({ name }) => name !== 'sex') };
    const services = { respondent: unchecked, concurrency: 3 };
    const bare = await runStage(
      administerInventory,
      { ...inputs(people), target: sexless, reference: bareReference },
      {},
      services,
    );
    expect(findingOf(bare.findings, 't-scores-without-sex').level).toBe('caution');
  });

  it('leaves a missing answer missing', async () => {
    const gap = respondentOf(() => answered(Uint8Array.from(ipip.items, (_, i) => (i === 0 ? 0 : 3))));
    const { pool } = (await run(people, gap)).outputs;
    expect(numberColumn(pool, `item_${ipip.items[0]!.id}`)[0]).toBe(0);
    expect(numberColumn(pool, ipip.items[0]!.domain)[0]).toBe(3);
  });

  it('stops when the model is gone, with the reason listed', async () => {
    const gone = respondentOf(() => ({ kind: 'unavailable', reason: 'no connection', attempts: 6 }));
    const services = { respondent: gone, concurrency: 3 };
    const { failure, rows } = await failedStage(administerInventory, inputs(people), {}, services);
    expect([failure.code, failure.exitCode]).toEqual(['model-unavailable', 5]);
    expect(failure.message).toMatch(
      /^administer-inventory: the language model stopped answering \(no connection\) after 0 personas\. Check the server/,
    );
    expect(rows.unmeasured[0]).toMatchObject({ kind: 'unavailable', reason: 'no connection' });
  });

  it('asks a model that is gone no further: at most as many questions as are under way at once', async () => {
    let asked = 0;
    const gone = respondentOf(() => {
      asked++;
      return { kind: 'unavailable', reason: 'no connection', attempts: 6 };
    });
    const many = Array.from({ length: 100 }, (_, n) => personaOf(n, 1));
    await failedStage(administerInventory, inputs(many), {}, { respondent: gone, concurrency: 3 });
    expect(asked).toBeLessThanOrEqual(6);
  });

  it('fails when nobody answered', async () => {
    const refusing = respondentOf(() => ({ kind: 'refused', reason: 'will not', attempts: 1 }));
    const services = { respondent: refusing, concurrency: 3 };
    const { failure, rows } = await failedStage(administerInventory, inputs(people), {}, services);
    expect([failure.code, failure.exitCode]).toEqual(['quality-gate', 8]);
    expect(failure.message).toBe('administer-inventory: no persona answered the inventory; got 4 personas.');
    expect(rows.unmeasured).toHaveLength(4);
  });

  it('asks a share of the personas a second time, with the items in another order, and compares', async () => {
    const many = Array.from({ length: 60 }, (_, n) => personaOf(n, 1, { traits: [n / 20 - 1.5, 0, 0, 0, 1 - n / 30] }));
    const asked: string[][] = [];
    const once = new Set<string>();
    const watching: Respondent = {
      name: 'test@1',
      answer: (persona, given, random, signal) => {
        asked.push(given.items.map(({ id }) => id));
        once.add(persona.id);
        return embedded.answer(persona, given, random, signal);
      },
    };
    const services = { respondent: watching, concurrency: 3 };
    const { outputs, findings } = await runStage(administerInventory, inputs(many), { retest: 0.5 }, services);
    const again = asked.length - once.size;
    expect([once.size, outputs.pool.rows]).toEqual([60, 60]);
    // Binomial(60, 1/2): 4 standard deviations either side.
    expect(Math.abs(again - 30)).toBeLessThan(16);
    const own = ipip.items.map(({ id }) => id);
    expect(asked.filter((ids) => ids.join() === own.join())).toHaveLength(60);
    expect(
      asked.filter((ids) => ids.join() !== own.join() && [...ids].sort().join() === [...own].sort().join()),
    ).toHaveLength(again);
    const { retest } = outputs.quality;
    expect(retest!.people).toBe(again);
    const [extraversion] = retest!.domains;
    // Answers in another order that were not put back in place would not correlate at all.
    expect(extraversion!.pearson).toBeGreaterThan(0.7);
    expect(extraversion!.meanDifference).toBeLessThan(0.6);
    expect(findingOf(findings, 'inventory-administered').values).toMatchObject({ retest: { people: again } });
    // The second answers are not the first ones, and the pool has the first.
    expect(extraversion!.pearson).toBeLessThan(1);
    const alone = await runStage(administerInventory, inputs(many), { retest: 0 }, services);
    expect(alone.outputs.pool).toEqual(outputs.pool);
    expect(alone.outputs.quality.retest).toBeNull();
  });

  it('flags a respondent that always agrees', async () => {
    const agreeing = respondentOf(({ id }) =>
      answered(Uint8Array.from(ipip.items, (_, i) => 4 + ((i + id.length) % 2))),
    );
    const { findings, outputs } = await run(people, agreeing);
    expect(outputs.quality.inconsistent).toBe(4);
    expect(findings.filter(({ level }) => level === 'caution').map(({ code }) => code)).toEqual([
      'inconsistent-answers',
      'response-style-unlike-people',
    ]);
  });

  it('checks the embedded respondent against the reference people of the prior, and no other respondent', async () => {
    const check = findingOf((await run(people, embedded)).findings, 'respondent-check');
    expect(check.level).toBe('info');
    const strangers = respondentOf(() => answered(new Uint8Array(50).fill(3)));
    expect((await run(people, strangers)).findings.some(({ code }) => code === 'respondent-check')).toBe(false);
    const services = { respondent: embedded, concurrency: 3 };
    const bare = { ...inputs(people), reference: bareReference };
    const { findings } = await runStage(administerInventory, bare, {}, services);
    expect(findings.some(({ code }) => code === 'respondent-check')).toBe(false);
  });

  it('stops when the model is gone at the second time of asking', async () => {
    let asked = 0;
    const leaving = respondentOf(() =>
      ++asked > people.length
        ? { kind: 'unavailable', reason: 'gone', attempts: 6 }
        : answered(new Uint8Array(50).fill(3)),
    );
    const services = { respondent: leaving, concurrency: 1 };
    const { failure } = await failedStage(administerInventory, inputs(people), { retest: 1 }, services);
    expect(failure.message).toMatch(/stopped answering \(gone\) after 4 personas\./);
  });

  it('refuses norms of another inventory', async () => {
    const other = { ...inputs(people), norms: { ...norms, instrument: 'another' } };
    const { failure } = await failedStage(administerInventory, other, {}, { respondent: embedded, concurrency: 3 });
    expect(failure.message).toMatch(/another/);
  });
});
