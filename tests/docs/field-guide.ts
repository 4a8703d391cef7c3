import { readFileSync } from 'node:fs';
import { capturedPeakFraction } from '@jostle/edge/detection';
import { outputOf } from './tool-output.ts';

/** Pulses of the guide, ms, from a padded parcel to a bare hit. */
const PULSES_MS = [11, 8, 5, 3, 2];
const PEAK_LOSS = /<!-- peak loss at (\d+) Hz -->\n[\s\S]*?<!-- end -->/;
const GUIDE = new URL('../../docs/field-guide.md', import.meta.url);
const OUTPUT = /<!-- output of: jostle-edge (.+) -->\n[\s\S]*?<!-- end -->/g;

/** docs/field-guide.md as it stands, with each output as the tool prints it now and its figures from the formula. */
export async function fieldGuide(): Promise<string> {
  const guide = readFileSync(GUIDE, 'utf8');
  const commands = [...guide.matchAll(OUTPUT)].map(([, command = '']) => command);
  // Key: the command. All at once, since `live` takes its time.
  const outputs = new Map(
    await Promise.all(commands.map(async (command) => [command, await outputOf(command)] as const)),
  );
  return withPeakLoss(guide).replaceAll(
    OUTPUT,
    (_, command: string) =>
      `<!-- output of: jostle-edge ${command} -->\n\`\`\`\n$ npx jostle-edge ${command}\n${outputs.get(command)}\`\`\`\n<!-- end -->`,
  );
}

function withPeakLoss(guide: string): string {
  return guide.replace(PEAK_LOSS, (_, rateHz: string) => {
    const rows = PULSES_MS.map((ms) => {
      const lost = (1 - capturedPeakFraction(Number(rateHz), ms)) * 100;
      return `| ${ms} ms | ${lost.toFixed(1)} % |`;
    });
    return `<!-- peak loss at ${rateHz} Hz -->\n| pulse | read low by |\n|---|---|\n${rows.join('\n')}\n<!-- end -->`;
  });
}
