import { describe, expect, it, test } from 'vitest';
import { personalData } from '../../src/text/personal-data.js';

const found = (text: string): string[] =>
  personalData(text).map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);

describe('personalData', () => {
  test.each([
    ['write to jane.doe+x@mail.example.org please', ['email: jane.doe+x@mail.example.org']],
    ['call (512) 555-0188 or 512.555.0199', ['phone: (512) 555-0188', 'phone: 512.555.0199']],
    ['my cell 555-0142', ['phone: 555-0142']],
    ['+44 20 7946 0958 is the office', ['phone: +44 20 7946 0958']],
    // Test numbers of the card networks; the second one fails Luhn's check.
    ['4111 1111 1111 1111 and 4111 1111 1111 1112', ['card: 4111 1111 1111 1111']],
    ['378282246310005', ['card: 378282246310005']],
    // 078-05-1120 is the number printed in wallets of 1938; area 000 was never issued.
    ['ssn 078-05-1120, not 000-05-1120', ['ssn: 078-05-1120']],
    ['from 192.168.10.4, version 1.2.3.400', ['ip: 192.168.10.4']],
    ['2001:0db8:85a3:0000:0000:8a2e:0370:7334', ['ip: 2001:0db8:85a3:0000:0000:8a2e:0370:7334']],
    ['see https://example.com/a?b=1 and example.org', ['url: https://example.com/a?b=1', 'url: example.org']],
    ['at 1600 Pennsylvania Avenue or P.O. Box 99', ['address: 1600 Pennsylvania Avenue', 'address: P.O. Box 99']],
    ['12 N. Oak St', ['address: 12 N. Oak St']],
    ['thanks @some_body99!', ['handle: @some_body99']],
  ])('finds all in %j', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test.each([
    'I have 2 kids and 3 dogs, I paid $1,250.00 in 2019',
    'pages 100-2000, score 12-10, at 5:30 on 2021-05-04',
    'The 41 people on the street, 20 minutes drive',
    'meet me @ noon. Then.we left',
    '1,200 hours and 555 0142 boxes',
  ])('finds nothing in %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  test.each([
    '1'.repeat(300_000),
    '1 '.repeat(150_000),
    'a.'.repeat(150_000),
    'a@'.repeat(150_000),
    '1.1.'.repeat(75_000),
    'x@y.com '.repeat(40_000),
    '12 Ab '.repeat(50_000),
  ])('stays linear on hostile input (%#)', (text) => {
    const started = performance.now();
    personalData(text);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('gives spans in order that do not overlap', () => {
    const spans = personalData('a@b.com 4111111111111111 @me www.x.org/a@b.com 10 Main Street');
    for (let k = 1; k < spans.length; k++) expect(spans[k]!.start).toBeGreaterThanOrEqual(spans[k - 1]!.end);
    expect(spans).toHaveLength(5);
  });
});
