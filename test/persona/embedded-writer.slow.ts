import { describe, expect, it } from 'vitest';
import { demoPeople, drawnFrom, isMisread, narrate } from './embedded-writer-fixture.js';

describe.each(['third', 'first'] as const)('2,000 draws of the demo people, in the %s person', (person) => {
  it('are read again as the people that they are about, but for one in a hundred', async () => {
    const people = await demoPeople();
    let misread = 0;
    for (let k = 0; k < 2000; k++) {
      const { history, evidence } = people[k % people.length]!;
      const disposition = drawnFrom(evidence, `${person} ${k}`);
      const text = await narrate(history, evidence, disposition, person);
      if (isMisread({ history, evidence, disposition, text })) misread++;
    }
    expect(misread).toBeLessThanOrEqual(20);
  });
});
