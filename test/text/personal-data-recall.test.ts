import { describe, expect, it } from 'vitest';
import { personalData, withoutPersonalData } from '../../src/text/personal-data.js';
import { canaries, type Canary } from '../support/canaries.js';

const planted = canaries(250);

/** Whether nothing of a secret longer than a few characters is left. */
const isGone = ({ text, secret }: Canary): boolean => !withoutPersonalData(text).text.includes(secret);

describe('planted personal data', () => {
  const forms = new Map<string, Canary[]>();
  for (const canary of planted) {
    const name = `${canary.kind}, ${canary.form}`;
    forms.set(name, [...(forms.get(name) ?? []), canary]);
  }

  it('is of ten kinds and more, in more than 10,000 texts', () => {
    expect(new Set(planted.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(10);
    expect(planted.length).toBeGreaterThan(10_000);
  });

  it.each([...forms])('is found: %s', (_, group) => {
    const missed = group.filter((canary) => !isGone(canary)).map(({ text }) => text);
    expect(missed.length / group.length, missed.slice(0, 5).join('\n')).toBeLessThanOrEqual(0.01);
  });

  it('is found whole: no part of four characters and more stays of what was found', () => {
    const partly = planted.filter(({ text, secret }) => {
      const at = text.indexOf(secret);
      const spans = personalData(text).filter(({ start, end }) => start < at + secret.length && end > at);
      const covered = spans.reduce(
        (sum, { start, end }) => sum + Math.min(end, at + secret.length) - Math.max(start, at),
        0,
      );
      return spans.length > 0 && secret.length - covered >= 4;
    });
    expect(partly.map(({ text }) => text).slice(0, 5)).toEqual([]);
  });
});

describe('withoutPersonalData', () => {
  it('puts a sign for each piece and counts by kind', () => {
    expect(withoutPersonalData('Mail a@b.com or c@d.org, call (512) 555-0188, see www.x.org, @me_too')).toEqual({
      text: 'Mail [✉] or [✉], call [☎], see [↗] [@]',
      replaced: { email: 2, phone: 1, url: 1, handle: 1 },
    });
    expect(withoutPersonalData('Nothing here.')).toEqual({ text: 'Nothing here.', replaced: {} });
  });

  it('changes nothing when done twice', () => {
    for (const { text } of planted.slice(0, 500)) {
      const once = withoutPersonalData(text).text;
      expect(withoutPersonalData(once)).toEqual({ text: once, replaced: {} });
    }
  });

  it('leaves what is written around it as it is, in any script', () => {
    expect(withoutPersonalData('👨‍👩‍👧 می‌خواهم ٥١٢-٥٥٥-٠١٨٨ 😀').text).toBe('👨‍👩‍👧 می‌خواهم [☎] 😀');
  });
});
