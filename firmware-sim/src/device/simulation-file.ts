import { readFileSync } from 'node:fs';
import { JostleError } from '@jostle/contracts';
import Type, { Compile, type Static } from '@jostle/contracts/typebox';
import { Journey } from '../world/journey.ts';

/** What a simulated device is to live through. */
export const SimulationFile = Type.Object(
  {
    seed: Type.Integer({ description: 'Of vibration, noise and tolerances.' }),
    simFromMs: Type.Integer({
      minimum: 0,
      description: 'Wall time at which the device is switched on for the first time, ms since the epoch.',
    }),
    speed: Type.Number({
      minimum: 1,
      maximum: 1000,
      description: 'How many times faster than real time the past is lived through.',
    }),
    journey: Journey,
  },
  { additionalProperties: false },
);
export type SimulationFile = Static<typeof SimulationFile>;

const simulationFile = Compile(SimulationFile);

/**
 * Reads and checks the file.
 *
 * @throws JostleError CONFIG_INVALID naming every wrong place at once
 */
export function readSimulationFile(path: string): SimulationFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new JostleError('CONFIG_INVALID', `JOSTLE_SIM_FILE: ${path} is not a readable JSON file`, {
      cause,
    });
  }
  if (simulationFile.Check(content)) return content;
  const problems = [...simulationFile.Errors(content)].map((error) => ({
    code: 'CONFIG_INVALID' as const,
    at: error.instancePath,
    message: error.message,
  }));
  const lines = problems.map((p) => `JOSTLE_SIM_FILE ${p.at || '/'}: ${p.message}`);
  throw new JostleError('CONFIG_INVALID', lines.join('\n'), { problems });
}
