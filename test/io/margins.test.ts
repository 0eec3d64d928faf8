import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { readMarginCells } from '../../src/io/margins.js';
import { groupMargins } from '../../src/survey/margins.js';
import { failureOf, fileMaker, temporaryFolder } from './temporary.js';

const folder = temporaryFolder();
const file = fileMaker(folder);
const nothing = (): void => undefined;
const read = async (name: string, content: string) => {
  const findings: Finding[] = [];
  const cells = await readMarginCells(file(name, content), (finding) => findings.push(finding));
  return { cells: cells.map(({ where, ...cell }) => ({ ...cell, where: where.replace(`${folder}/`, '') })), findings };
};

describe('readMarginCells', () => {
  const f = { variable: 'sex', category: 'f', value: 0.5 };
  it.each([
    { name: 'value', text: 'variable,category,value\nsex,f,0.5\n', cell: f },
    { name: 'share', text: 'Variable, Category ,Share\r\nsex,f,0.5\r\n', cell: { ...f, kind: 'share' } },
    { name: 'level and proportion', text: 'variable,level,proportion\nsex,f,0.5', cell: { ...f, kind: 'share' } },
    { name: 'count', text: 'zone,variable,category,count\n7,sex,f,.5', cell: { ...f, kind: 'count', zone: '7' } },
    { name: 'percent', text: 'variable,category,percent\nsex,f,5e-1', cell: { ...f, kind: 'percent' } },
    { name: 'kind', text: 'variable,category,value,kind\nsex,f,0.5,Percent', cell: { ...f, kind: 'percent' } },
    {
      name: 'mean',
      text: 'variable,mean\nincome,-0.5',
      cell: { variable: 'income', category: '', value: -0.5, kind: 'mean' },
    },
    {
      name: 'carriage return in quotes',
      text: 'variable,category,value\nsex,"f\r",0.5',
      cell: { ...f, category: 'f\r' },
    },
    {
      name: 'codes stay text',
      text: 'variable,category,value\nzip,02139,0.5',
      cell: { ...f, variable: 'zip', category: '02139' },
    },
    {
      name: 'details',
      text: 'variable,category,count,universe,period,source,level\nsex,f,0.5,adults,2022,"ACS, table 1",person',
      cell: { ...f, kind: 'count', universe: 'adults', period: '2022', source: 'ACS, table 1', level: 'person' },
    },
    {
      name: 'unit',
      text: 'variable,level,count,unit\nsex,f,0.5,household',
      cell: { ...f, kind: 'count', level: 'household' },
    },
  ])('CSV: $name', async ({ text, cell }) => {
    const { cells, findings } = await read('m.csv', text);
    expect(cells).toEqual([{ ...cell, where: 'm.csv:2' }]);
    expect(findings).toEqual([]);
  });

  it.each([
    {
      name: 'rows',
      json: [
        { variable: 'g', category: 1, share: 0.5 },
        { variable: 'g', category: '2', share: '0.5' },
      ],
    },
    { name: 'a margin an object', json: [{ variable: 'g', shares: { 1: 0.5, 2: 0.5 } }] },
  ])('JSON: $name', async ({ json }) => {
    const { cells } = await read('m.json', JSON.stringify(json));
    expect(cells.map(({ variable, category, value, kind }) => [variable, category, value, kind])).toEqual([
      ['g', '1', 0.5, 'share'],
      ['g', '2', 0.5, 'share'],
    ]);
  });

  it('keeps a source of several fields, and records what it does not know', async () => {
    const { cells, findings } = await read(
      'm.json',
      JSON.stringify([{ variable: 'g', counts: { a: 3 }, source: { title: 'ACS' }, flags: [] }]),
    );
    expect(cells[0]).toMatchObject({ kind: 'count', source: '{"title":"ACS"}', value: 3 });
    expect(findings.map(({ message }) => message)).toEqual(['columns of the margins that mean nothing here: flags']);
  });

  it('gives cells that margins are grouped from', async () => {
    const { cells } = await read('m.csv', 'variable,category,count\nworkers,none,1\nworkers,"two or more\r",3\n');
    expect(groupMargins(cells, nothing)[0]!.margins[0]).toMatchObject({
      categories: ['none', 'two or more'],
      unit: 'total',
    });
  });

  it.each([
    { name: 'empty.csv', text: '', message: 'empty.csv: empty file; expected records.' },
    {
      name: 'header.csv',
      text: 'variable,category,value\n',
      message: 'header.csv: no margins; expected at least one line after the header.',
    },
    {
      name: 'variable.csv',
      text: 'name,category,value\na,b,1',
      message: 'variable.csv:2: no column "variable"; got name, category, value, expected variable.',
    },
    {
      name: 'category.csv',
      text: 'variable,value\na,1',
      message: 'category.csv:2: no column "category"; got variable, value, expected category or level.',
    },
    {
      name: 'value.csv',
      text: 'variable,category\na,b',
      message:
        'value.csv:2: no column "value"; got variable, category, expected one of value, count, share, proportion, percent, total, mean.',
    },
    {
      name: 'two.csv',
      text: 'variable,category,count,share\na,b,1,1',
      message: 'two.csv:2, share: two columns of values; got count, share, expected one of them.',
    },
    {
      name: 'thousands.csv',
      text: 'variable,category,count\na,b,"1,234"',
      message:
        'thousands.csv:2, count: not a number; got 1,234, expected digits with a decimal point. Write 1234.5, not 1,234.5 or 12%.',
    },
    {
      name: 'no-value.csv',
      text: 'variable,category,count\na,b,1\na,c,',
      message:
        'no-value.csv:3, count: not a number; got "", expected digits with a decimal point. Write 1234.5, not 1,234.5 or 12%.',
    },
    {
      name: 'infinite.csv',
      text: 'variable,category,count\na,b,Infinity',
      message:
        'infinite.csv:2, count: not a number; got Infinity, expected digits with a decimal point. Write 1234.5, not 1,234.5 or 12%.',
    },
    {
      name: 'kind.csv',
      text: 'variable,category,value,kind\na,b,1,ratio',
      message: 'kind.csv:2, kind: unknown kind; got ratio, expected count, share, proportion, percent, total, mean.',
    },
    {
      name: 'kinds.csv',
      text: 'variable,category,count,kind\na,b,1,share',
      message: 'kinds.csv:2, kind: not the kind of the column count; got share, expected count.',
    },
    {
      name: 'twice.csv',
      text: 'variable,category,Category,count\na,b,c,1',
      message: 'twice.csv:2, Category: the same column twice.',
    },
    {
      name: 'list.json',
      text: '[{"variable":"a","shares":[1]}]',
      message: 'list.json:1, shares: not an object; got [1], expected categories and their values.',
    },
    {
      name: 'cell.json',
      text: '[{"variable":"a","shares":{"x":null}}]',
      message:
        'cell.json:1, shares.x: not a number; got null, expected digits with a decimal point. Write 1234.5, not 1,234.5 or 12%.',
    },
    {
      name: 'label.json',
      text: '[{"variable":"a","category":{},"count":1}]',
      message: 'label.json:1, category: not a text; got {}, expected a text or a number.',
    },
  ])('names the fault: $name', async ({ name, text, message }) => {
    expect(await failureOf(readMarginCells(file(name, text), nothing), folder)).toBe(message);
  });
});
