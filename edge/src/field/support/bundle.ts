import { isJostleError } from '@jostle/contracts';
import { redacted } from '../redaction.ts';

/** One file of the bundle, and who knows what goes in. */
export interface Source {
  /** Name within the bundle. */
  name: string;
  /** What it is, for the list of contents. */
  what: string;
  /** Rejects where it cannot be had, or is null. */
  text(): Promise<string | null>;
  /** Why it may be null. */
  absence?: string;
}

export interface Bundle {
  /** Files by their name, without secrets. */
  files: { name: string; what: string; text: string }[];
  leftOut: { name: string; reason: string }[];
}

/** What is never in a bundle, whatever happens. */
export const NEVER_IN = [
  'tokens, passwords and keys, and the content of every file that a *_FILE variable names',
  'users and passwords in addresses',
  'what was measured: of the records only counts, and the last 50 faults',
];

/** Gathers what can be had, one after the other: two of them may need the bus. */
export async function gather(sources: readonly Source[], secrets: readonly string[]): Promise<Bundle> {
  const bundle: Bundle = { files: [], leftOut: [] };
  for (const { name, what, text, absence = 'there is none' } of sources) {
    try {
      const found = await text();
      if (found === null) bundle.leftOut.push({ name, reason: absence });
      else bundle.files.push({ name, what, text: redacted(found, secrets) });
    } catch (error) {
      const reason = isJostleError(error) ? `${error.code}: ${error.message}` : String(error);
      bundle.leftOut.push({ name, reason: redacted(reason, secrets) });
    }
  }
  return bundle;
}

/** The list of contents, for the bundle itself and for the terminal. */
export function contentsText({ files, leftOut }: Bundle): string {
  const width = Math.max(...[...files, ...leftOut].map(({ name }) => name.length));
  const line = (name: string, text: string) => `  ${name.padEnd(width)}  ${text}`;
  return [
    'In the bundle:',
    ...files.map(({ name, what, text }) => line(name, `${what} (${Buffer.byteLength(text)} bytes)`)),
    ...(leftOut.length === 0 ? [] : ['Left out:', ...leftOut.map(({ name, reason }) => line(name, reason))]),
    'Never in it:',
    ...NEVER_IN.map((what) => `  ${what}`),
    '',
  ].join('\n');
}
