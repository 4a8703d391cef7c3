import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JostleError, MINUTE_MS } from '@jostle/contracts';
import { STORY_MIN } from './story.ts';

/** How far the demo got. Its entries are sent once, so that what a person changes afterwards stays. */
export type Progress = 'new' | 'entered' | 'told';

/** What is kept of the story between two starts. */
export interface StoryState {
  /** Wall time of the start of the journey, ms. */
  startsAtMs: number;
  progress: Progress;
}

/** The story of one data folder, on disk. */
export class StoryFile {
  readonly #path: string;
  #state: StoryState;

  /**
   * A new story starts so far back that, told faster than the wall clock, it ends about now.
   *
   * @throws JostleError CONFIG_INVALID where the file is there and cannot be read
   */
  constructor(folder: string, nowMs: number) {
    this.#path = join(folder, 'story.json');
    this.#state = existsSync(this.#path)
      ? readState(this.#path)
      : { startsAtMs: nowMs - STORY_MIN * MINUTE_MS, progress: 'new' };
    this.advance(this.#state.progress);
  }

  get startsAtMs(): number {
    return this.#state.startsAtMs;
  }

  get progress(): Progress {
    return this.#state.progress;
  }

  advance(progress: Progress): void {
    this.#state = { ...this.#state, progress };
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(this.#state)}\n`, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function readState(path: string): StoryState {
  try {
    const state = JSON.parse(readFileSync(path, 'utf8')) as StoryState;
    if (Number.isFinite(state.startsAtMs)) return state;
  } catch {
    // Said below, together with a file of another shape.
  }
  throw new JostleError(
    'CONFIG_INVALID',
    `${path} cannot be read: give another JOSTLE_DATA_DIR, or remove the file to begin a new story`,
  );
}
