const BLOCK_BYTES = 512;
const MODE = '0000600';

export interface TarEntry {
  /** Path inside of the archive: ASCII, at most 100 bytes. */
  path: string;
  content: string;
}

/** The entries as a tar archive of plain files in the ustar format (POSIX.1-2008, pax, "ustar Interchange Format"). */
export function tarOf(entries: readonly TarEntry[], modifiedMs: number): Buffer {
  const blocks = entries.flatMap(({ path, content }) => {
    const bytes = Buffer.from(content, 'utf8');
    const padding = Buffer.alloc((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES);
    return [header(path, bytes.length, modifiedMs), bytes, padding];
  });
  // Two blocks of zeros end an archive.
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

/** Octal numbers end with a NUL; the checksum is taken with eight spaces in its own place. */
function header(path: string, length: number, modifiedMs: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number) => `${value.toString(8).padStart(11, '0')}\0`;
  const fields: [offset: number, text: string][] = [
    [0, path],
    [100, `${MODE}\0`],
    [108, '0000000\0'],
    [116, '0000000\0'],
    [124, octal(length)],
    [136, octal(Math.floor(modifiedMs / 1000))],
    [148, ' '.repeat(8)],
    [156, '0'],
    [257, 'ustar\x0000'],
  ];
  for (const [offset, text] of fields) block.write(text, offset, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
