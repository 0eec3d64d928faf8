import { describe, expect, it, test } from 'vitest';
import { sentiment } from '../../src/text/sentiment.js';

describe('sentiment', () => {
  // Compound scores of the reference implementation (vaderSentiment 3.3.2, README of the project and by its rules).
  test.each([
    ['VADER is smart, handsome, and funny.', 0.8316],
    ['VADER is smart, handsome, and funny!', 0.8439],
    ['VADER is very smart, handsome, and funny.', 0.8545],
    ['VADER is not smart, handsome, nor funny.', -0.7424],
    ['The book was good.', 0.4404],
    ["At least it isn't a horrible book.", 0.431],
    ['I am happy', 0.5719],
    ['I am not happy', -0.4585],
  ])('%j scores %d', (text, expected) => {
    expect(sentiment(text)).toBeCloseTo(expected, 3);
  });

  test.each([
    ['I am NOT happy about the rent increase', 'I am not happy about the rent increase'],
    ['I don’t like it', "I don't like it"],
    ['I DON’T like it', "I don't like it"],
  ])('reads the negation of %j as in %j', (shouted, plain) => {
    expect(Math.sign(sentiment(shouted))).toBe(-1);
    expect(Math.sign(sentiment(plain))).toBe(-1);
  });

  it('is the mean of the sentences', () => {
    const [good, bad] = ['I love this wonderful day.', 'I hate this awful mess.'];
    expect(sentiment(`${good} ${bad}`)).toBeCloseTo((sentiment(good) + sentiment(bad)) / 2, 12);
  });

  it('is 0 without words and never leaves [-1, 1]', () => {
    expect(sentiment('')).toBe(0);
    expect(sentiment('... !!!')).toBe(0);
    expect(Math.abs(sentiment('love great wonderful '.repeat(2000)))).toBeLessThanOrEqual(1);
    expect(sentiment('constructor hasOwnProperty __proto__ toString')).toBe(0);
  });
});
