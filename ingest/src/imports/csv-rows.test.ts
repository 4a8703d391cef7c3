import { describe, expect, it } from 'vitest';
import { csvRows } from './csv-rows.ts';

async function rowsOf(text: string | Buffer, delimiter = ','): Promise<[line: number, ...cells: string[]][]> {
  const rows: [number, ...string[]][] = [];
  for await (const { line, cells } of csvRows(Buffer.from(text), delimiter, () => {}))
    rows.push([line, ...cells]);
  return rows;
}

describe('the rows of a CSV file', () => {
  it('keeps the line on which each row begins, over line breaks in cells and empty lines', async () => {
    expect(await rowsOf('a,b\r\n1,"x\ny"\r\n2,z\r\n\r\n3,"q"\r\n')).toEqual([
      [1, 'a', 'b'],
      [2, '1', 'x\ny'],
      [4, '2', 'z'],
      [6, '3', 'q'],
    ]);
  });

  it('takes the byte order mark of spreadsheets away', async () => {
    expect(await rowsOf('\uFEFF"id";name\n1;é\n', ';')).toEqual([
      [1, 'id', 'name'],
      [2, '1', 'é'],
    ]);
  });

  it('leaves rows of another length to the reader', async () => {
    expect(await rowsOf('a,b\n1\n1,2,3\n')).toEqual([
      [1, 'a', 'b'],
      [2, '1'],
      [3, '1', '2', '3'],
    ]);
  });

  it.each([
    ['not UTF-8', Buffer.from([0x61, 0x0a, 0xa3, 0x0a]), /not UTF-8/],
    ['cut in the middle of a character', Buffer.from([0x61, 0x0a, 0xc3]), /not UTF-8/],
    ['a quote that never ends', Buffer.from('a,b\n"1,2\n'), /not CSV/],
    ['empty', Buffer.from(''), /empty/],
  ])('refuses a file that is %s', async (_, bytes, message) => {
    await expect(rowsOf(bytes)).rejects.toMatchObject({
      code: 'IMPORT_FILE_UNREADABLE',
      message: expect.stringMatching(message),
    });
  });

  it('tells how far it is, and lets other work through', async () => {
    const bytes = Buffer.from(`a\n${'x,y\n'.repeat(100_000)}`);
    const progress: number[] = [];
    let turns = 0;
    const turn = () => {
      turns += 1;
      if (progress.at(-1) !== bytes.length) setImmediate(turn);
    };
    setImmediate(turn);
    let rows = 0;
    for await (const _ of csvRows(bytes, ',', (read) => progress.push(read))) rows += 1;
    expect(rows).toBe(100_001);
    expect(progress.at(-1)).toBe(bytes.length);
    expect(progress.length).toBeGreaterThan(5);
    expect(turns).toBeGreaterThanOrEqual(progress.length - 1);
  });
});
