import { Command, InvalidArgumentError, Option } from 'commander';
import { currentEntry, entriesOf, withoutCurrent } from '../calibration/calibration-history.ts';
import { type ParcelAxes, parcelAxesFrom } from '../calibration/parcel-axes.ts';
import { type ChipToCalibrate, calibrateChip, chipToCalibrate } from '../field/calibration-session.ts';
import { calibrationText, historyText } from '../field/calibration-text.ts';
import type { FieldStation } from '../field/station.ts';
import { assertBusIsFree, simOption, simulationNotice, stationOf } from './field-station.ts';
import { HandGuide } from './hand-guide.ts';

interface CalibrateOptions {
  sixPosition?: true;
  mount?: ParcelAxes;
  show?: true;
  undo?: true;
  tilt?: true;
  json?: true;
  sim?: string;
}

/** What a command came to: the text for people, the object for scripts, and the exit status. */
interface Answer {
  text: string;
  json: object;
  status: 0 | 1;
}

/** `calibrate`: takes the zero offset of the shock recorder off, and knows how it is mounted. */
export function calibrateCommand(): Command {
  return new Command('calibrate')
    .description(
      'find the zero offset of an accelerometer at rest on its base, step by step; exits with 1 when it is refused',
    )
    .option('--six-position', 'also its scale and mounting, from the six faces of the parcel')
    .addOption(
      new Option(
        '--mount <axes>',
        'the chip axes along x (right), y (back) and z (top) of the parcel, such as +y,-x,+z; as before without',
      )
        .argParser(parseMount)
        .conflicts('sixPosition'),
    )
    .addOption(new Option('--show', 'print what is stored').conflicts(['sixPosition', 'mount', 'undo']))
    .addOption(new Option('--undo', 'go back to the calibration before').conflicts(['sixPosition', 'mount']))
    .option('--tilt', 'of the tilt chip in place of the shock recorder')
    .option('--json', 'print the result as JSON; the steps go to stderr')
    .addOption(simOption())
    .action(async (options: CalibrateOptions, command: Command) => {
      const station = await stationOf(options.sim, 'fast');
      const { text, json, status } = await answerOf(station, options);
      const printed = options.json ? `${JSON.stringify(json, null, 2)}\n` : text;
      command.configureOutput().writeOut?.(printed);
      // johnny-five's timers would keep the process alive.
      process.exit(status);
    });
}

function answerOf(station: FieldStation, options: CalibrateOptions): Promise<Answer> | Answer {
  const chip = chipToCalibrate(station, options.tilt ? 'tilt' : 'shock');
  if (options.show) return shown(station, chip);
  if (options.undo) return undone(station, chip);
  return calibrated(station, chip, options);
}

async function calibrated(
  station: FieldStation,
  chip: ChipToCalibrate,
  { sixPosition, mount, json }: CalibrateOptions,
): Promise<Answer> {
  await assertBusIsFree(station);
  const output = json ? process.stderr : process.stdout;
  output.write(simulationNotice(station.journey));
  const guide = new HandGuide(station, output);
  try {
    const how = sixPosition ? 'six-position' : 'at-rest';
    const outcome = await calibrateChip(station, chip, { how, axes: mount ?? null }, guide);
    if (outcome.kind === 'refused')
      return { text: `\nNot calibrated: ${outcome.found}.\n→ ${outcome.fix}\n`, json: outcome, status: 1 };
    const { sensor, entry } = outcome;
    return {
      text: `\n${calibrationText(sensor, entry)}\n${keptText(station)}`,
      json: outcome,
      status: 0,
    };
  } finally {
    guide.close();
  }
}

function shown(station: FieldStation, { sensor }: ChipToCalibrate): Answer {
  const history = station.calibrations.read();
  return {
    text: simulationNotice(station.journey) + historyText(sensor, history),
    json: { sensor, current: currentEntry(history, sensor), history: entriesOf(history, sensor) },
    status: 0,
  };
}

function undone(station: FieldStation, { sensor }: ChipToCalibrate): Answer {
  const result = withoutCurrent(station.calibrations.read(), sensor);
  const notice = simulationNotice(station.journey);
  if (result === null)
    return {
      text: `${notice}${sensor} is uncalibrated: there is nothing to undo.\n`,
      json: { kind: 'nothing-to-undo', sensor },
      status: 1,
    };
  station.calibrations.write(result.history);
  const { undone: gone } = result;
  return {
    text: `${notice}${gone.calibration.id} is undone; in use now:\n\n${historyText(sensor, result.history)}\n${keptText(station)}`,
    json: {
      kind: 'undone',
      sensor,
      undone: gone.calibration.id,
      current: currentEntry(result.history, sensor),
    },
    status: 0,
  };
}

function keptText({ journey }: FieldStation): string {
  return journey === null
    ? 'Stored. The agent takes it when it starts: systemctl restart jostle-edge\n'
    : 'On a device it would be stored now. The agent takes it when it starts: systemctl restart jostle-edge\n';
}

function parseMount(value: string): ParcelAxes {
  const axes = parcelAxesFrom(value);
  if (axes !== null) return axes;
  throw new InvalidArgumentError(
    'It takes three different axes with signs, right-handed, such as +x,+y,+z or +y,-x,+z.',
  );
}
