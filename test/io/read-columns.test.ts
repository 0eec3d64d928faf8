import { describe, expect, it } from 'vitest';
import { readColumns } from '../../src/io/read-columns.js';
import { failureOf, fileMaker, temporaryFolder } from './temporary.js';

const folder = temporaryFolder();
const write = fileMaker(folder);
const all = (): boolean => true;

describe('columns of a file', () => {
  it('are the texts that stand there, in order', async () => {
    const path = write('a.csv', 'id,sex,zip\n1,f,02139\n2,"m, or f",\n\n3,f,7\n');
    expect(await readColumns(path, all)).toEqual({
      rows: 3,
      columns: { id: ['1', '2', '3'], sex: ['f', 'm, or f', 'f'], zip: ['02139', '', '7'] },
    });
  });

  it('are there without entries when nobody wants them', async () => {
    const path = write('b.csv', 'id,text,__proto__\n1,long,x\n');
    const { columns } = await readColumns(path, (name) => name === '__proto__');
    expect(Object.entries(columns)).toEqual([
      ['id', []],
      ['text', []],
      ['__proto__', ['x']],
    ]);
  });

  it('are filled with nothing where JSON objects lack them', async () => {
    const path = write('c.jsonl', '{"a":1}\n{"a":null,"b":true}\n{"b":"x"}\n');
    expect((await readColumns(path, all)).columns).toEqual({ a: ['1', '', ''], b: ['', 'true', 'x'] });
  });

  it('come back whole from many chunks, and with more different texts than are looked up', async () => {
    const rows = Array.from({ length: 70_000 }, (_, i) => `id-${i},${i % 3}`);
    const { columns } = await readColumns(write('d.csv', `id,class\n${rows.join('\n')}\n`), all);
    expect(columns['id']).toEqual(rows.map((row) => row.split(',')[0]));
    expect(columns['class']!.slice(-2)).toEqual(['2', '0']);
  });

  it.each([
    [
      'no line after the header',
      'e.csv',
      'id,sex\n',
      'e.csv: no records; expected at least one line after the header.',
    ],
    ['a list', 'f.jsonl', '{"a":[1]}\n', 'f.jsonl:1, a: not a text or a number; got [1].'],
    [
      'a record too short',
      'g.csv',
      'a,b\n1,2\n3\n',
      'g.csv:3: wrong number of fields; got 1, expected 2 as in the header. A field that holds a delimiter or a line break needs quotes around it.',
    ],
  ])('name the fault: %s', async (_, name, content, message) => {
    expect(await failureOf(readColumns(write(name, content), all), folder)).toBe(message);
  });
});
