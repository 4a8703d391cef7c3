import { createInterface } from 'node:readline/promises';
import { JostleError } from '@jostle/contracts';
import type { CalibrationGuide } from '../field/calibration-session.ts';
import { levelText, progressBar } from '../field/calibration-text.ts';
import type { FieldStation } from '../field/station.ts';

/** How long a simulated hand takes to turn the device; the journeys of the simulator keep to it. */
const SIMULATED_HAND_MS = 3000;
/** Back to the start of the line, which is cleared (ECMA-48, EL). */
const REWRITE = '\r\u001b[K';

/** A terminal, or a file that is written to. */
export interface GuideOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Leads a tech through a calibration: Enter says that a step is done, on a simulated device time does. */
export class HandGuide implements CalibrationGuide {
  readonly #station: Pick<FieldStation, 'journey' | 'pass'>;
  readonly #output: GuideOutput;
  readonly #source: NodeJS.ReadableStream;
  /** Made at the first question, so that a simulated device never waits for input. */
  #input: AsyncIterator<string> | undefined;
  #close: () => void = () => {};

  /** @param output where the steps are told; JSON keeps stdout for itself */
  constructor(
    station: Pick<FieldStation, 'journey' | 'pass'>,
    output: GuideOutput,
    source: NodeJS.ReadableStream = process.stdin,
  ) {
    this.#station = station;
    this.#output = output;
    this.#source = source;
  }

  async lay(face: string, step: number, steps: number): Promise<void> {
    const place = face === 'base' ? 'its base' : `its ${face}`;
    this.#output.write(`${step} of ${steps}  Lay the device on ${place}, where nothing shakes it.`);
    if (this.#station.journey !== null) {
      this.#output.write('\n');
      return this.#station.pass(SIMULATED_HAND_MS);
    }
    this.#output.write(' Hands off, then Enter: ');
    await this.#enter();
    if (!this.#output.isTTY) this.#output.write('\n');
  }

  progress(share: number): void {
    if (this.#output.isTTY) this.#output.write(`${REWRITE}        ${progressBar(share)}`);
  }

  measured(level: Parameters<CalibrationGuide['measured']>[0]): void {
    if (this.#output.isTTY) this.#output.write(REWRITE);
    this.#output.write(`${levelText(level).replaceAll(/^/gm, '        ')}\n`);
  }

  /** Lets go of the input, which would keep the process alive. */
  close(): void {
    this.#close();
  }

  async #enter(): Promise<void> {
    if (this.#input === undefined) {
      const lines = createInterface({ input: this.#source });
      this.#input = lines[Symbol.asyncIterator]();
      this.#close = () => lines.close();
    }
    const { done } = await this.#input.next();
    if (done !== true) return;
    throw new JostleError(
      'EDGE_CALIBRATION_BROKEN_OFF',
      'The input ended before the last step, and nothing was stored: run `jostle-edge calibrate` in a terminal, or give it one line per step.',
    );
  }
}
