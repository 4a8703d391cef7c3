import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * The licence of each package that goes to the device, as their terms ask for.
 *
 * @param folders of the packages
 */
export function thirdPartyLicences(folders: readonly string[]): string {
  const sections = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
      license?: string;
    };
    const texts = readdirSync(folder)
      .filter((file) => LICENCE_FILE.test(file))
      .map((file) => readFileSync(join(folder, file), 'utf8').trim());
    const text = texts.length > 0 ? texts.join('\n\n') : 'The package has no text of its licence.';
    return `${name} ${version} (${license ?? 'see below'})\n${'='.repeat(70)}\n\n${text}`;
  });
  return `Packages that are part of the Jostle edge agent, each with its licence.\n\n${sections.join('\n\n\n')}\n`;
}

/** Node's own licence with those of its parts. @param nodeFolder where it was unpacked */
export function nodeLicence(nodeFolder: string): string | null {
  const file = join(nodeFolder, 'LICENSE');
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
