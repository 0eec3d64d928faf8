import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.js';
import { report, withChanges } from './fixture.js';

describe('renderJson', () => {
  it('holds the whole report, with sorted keys, whatever the order of the keys', () => {
    const json = renderJson(report);
    expect(JSON.parse(json)).toEqual(report);
    expect(json.endsWith('}\n')).toBe(true);
    expect(Object.keys(JSON.parse(json) as object)).toEqual(Object.keys(report).sort());
    const turned = Object.fromEntries(Object.entries(report).reverse()) as unknown as typeof report;
    expect(renderJson(turned)).toBe(json);
  });

  it('refuses numbers that JSON does not have', () => {
    expect(() => renderJson(withChanges({ diagnostics: { designEffect: NaN } }))).toThrow(
      'designEffect: JSON has no such number; got NaN.',
    );
  });
});
