import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, it, vi } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.includes('assembly'))
  .sort();

interface Pattern {
  readonly where: string;
  readonly regex: RegExp;
}

/** The regular expressions that stand in a file as such. */
function literalsIn(file: string): Pattern[] {
  const found: Pattern[] = [];
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const line = source.getLineAndCharacterOfPosition(node.pos).line + 1;
      found.push({ where: `${file}:${line}`, regex: new RegExp(node.text.slice(1, end), node.text.slice(end + 1)) });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/** Those that a file puts together when it is loaded. */
async function builtIn(file: string): Promise<Pattern[]> {
  if (!readFileSync(join(root, file), 'utf8').includes('new RegExp(')) return [];
  const found: Pattern[] = [];
  const Plain = RegExp;
  await import(join(root, file));
  vi.resetModules();
  vi.stubGlobal(
    'RegExp',
    new Proxy(Plain, {
      construct(target, args: [string, string?]) {
        const regex = new target(...args);
        // Packages that a file loads are not ours.
        if (!/node_modules/.test((new Error().stack ?? '').split('\n').slice(2, 4).join()))
          found.push({ where: `${file} (built)`, regex });
        return regex;
      },
    }),
  );
  try {
    await import(join(root, file));
  } finally {
    vi.unstubAllGlobals();
  }
  return found;
}

/** Pieces that long hostile texts are made of: of all kinds, and the words of the pattern itself. */
const pieces = [
  'a',
  'A ',
  ' ',
  '\t \n',
  '1',
  '1 ',
  '-',
  '.',
  ',',
  '"',
  "'",
  '(',
  '<',
  '/',
  '@',
  '\\',
  'é',
  '我',
  '😀',
  '\u200d',
  'I am ',
  'my ',
  'a.',
  '1-',
];
function piecesFor({ source }: RegExp): string[] {
  const words = source.replace(/\\[a-zA-Z](?:\{[^}]*\})?|\(\?[:=!<]+/g, ' ').match(/[a-z]{2,12}/g) ?? [];
  const some = [...new Set([...words, 'b'])].slice(0, 6);
  return [
    ...pieces,
    ...some.map((word) => `${word} `),
    some.join(' ') + ' ',
    some.join(''),
    `${some[0]!}${' '.repeat(20)}`,
  ];
}
const textOf = (piece: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

const compiled = new WeakMap<RegExp, RegExp>();
/** The pattern, searched for everywhere; large ones take long to compile. */
function searching(regex: RegExp): RegExp {
  const known = compiled.get(regex) ?? new RegExp(regex.source, `${regex.flags.replace(/[gy]/g, '')}g`);
  compiled.set(regex, known);
  return known;
}

/** Milliseconds to find all matches of a pattern, the better of two. */
function timeOf(regex: RegExp, text: string): number {
  const all = searching(regex);
  const once = (): number => {
    const began = performance.now();
    let count = 0;
    all.lastIndex = 0;
    while (count < 200_000) {
      const match = all.exec(text);
      if (match === null) break;
      count++;
      if (match[0] === '') all.lastIndex += 1;
    }
    return performance.now() - began;
  };
  const first = once();
  return first < 2 ? first : Math.min(first, once());
}

/** Files whose patterns see one sentence of at most 1,000 characters, or one field of such a length, never a whole text. */
const shortTexts =
  /^(?:persona\/(?:evidence|filter|narrative)|population|survey|report|psychometrics|cli|stages|pipeline|core)\//;
const longestShort = 1000;

describe('every regular expression of the source', () => {
  let patterns: Pattern[] = [];
  beforeAll(async () => {
    patterns = files.flatMap(literalsIn);
    for (const file of files) patterns.push(...(await builtIn(file)));
  }, 120_000);

  it('is found', () => {
    expect(patterns.length).toBeGreaterThan(500);
    expect(patterns.filter(({ where }) => where.endsWith('(built)')).length).toBeGreaterThan(5);
  });

  it('takes time in proportion to a hostile text of 100,000 characters, where it reads whole texts', () => {
    const slow: string[] = [];
    for (const { where, regex } of patterns.filter((pattern) => !shortTexts.test(pattern.where)))
      for (const piece of piecesFor(regex)) {
        // A pattern with a square in it takes a hundred times as long as one without already here.
        if (timeOf(regex, textOf(piece, 4_000)) < 4) continue;
        const [half, whole] = [50_000, 100_000].map((length) => timeOf(regex, textOf(piece, length))) as [
          number,
          number,
        ];
        if (whole > 50 && whole / half > 3)
          slow.push(`${where} ${JSON.stringify(piece)} ${half.toFixed()} -> ${whole.toFixed()} ms`);
      }
    expect(slow).toEqual([]);
  });

  it('takes some milliseconds at most on a hostile sentence, where it reads sentences and fields', () => {
    const slow: string[] = [];
    for (const { where, regex } of patterns.filter((pattern) => shortTexts.test(pattern.where)))
      for (const piece of piecesFor(regex)) {
        if (timeOf(regex, textOf(piece, 250)) < 2) continue;
        const took = timeOf(regex, textOf(piece, longestShort));
        if (took > 20) slow.push(`${where} ${JSON.stringify(piece)} ${took.toFixed()} ms`);
      }
    expect(slow).toEqual([]);
  });
});
