const units = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const teens = [
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** Whole numbers that are written as words: one to ninety-nine. */
const named = new Map<string, number>([
  ...units.map((word, k): [string, number] => [word, k + 1]),
  ...teens.map((word, k): [string, number] => [word, k + 10]),
  ...tens.flatMap((ten, t): [string, number][] => [
    [ten, (t + 2) * 10],
    ...units.flatMap((unit, u): [string, number][] => [
      [`${ten}-${unit}`, (t + 2) * 10 + u + 1],
      [`${ten} ${unit}`, (t + 2) * 10 + u + 1],
    ]),
  ]),
]);

/** Pattern of an age from 10 to 119 in digits, or from ten to ninety-nine in words. */
export const agePattern = `(?:1[01]\\d|[1-9]\\d|${teens.join('|')}|(?:${tens.join('|')})(?:[- ](?:${units.join('|')}))?)`;

/** Pattern of a count from 1 to 12. */
export const countPattern = `(?:1[0-2]|[1-9]|${[...units, ...teens.slice(0, 3)].join('|')})`;

/** The number that digits or words stand for. */
export function numberOf(text: string): number | undefined {
  const word = text.toLowerCase().replace(/\s+/g, ' ');
  return /^\d+$/.test(word) ? Number(word) : named.get(word);
}

/** A small number in words, a larger one in digits. */
export function inWords(count: number): string {
  return [...units, ...teens.slice(0, 3)][count - 1] ?? String(count);
}
