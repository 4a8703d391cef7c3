import { registerDevices } from './registration.ts';

const SAMPLE_MS = 250;
const ASK_MS = 2_000;
const DUPLICATES = /^jostle_ingest_records_duplicate_total (\d+)$/m;

/** Ingest over REST, as long as it answers. */
export class IngestApi {
  readonly key = 'a key that is for drills only';
  readonly #url: string;
  readonly #timer: NodeJS.Timeout;
  /** Of the lives of ingest that have ended, and of the present one. */
  #absorbedBefore = 0;
  #absorbedNow = 0;

  constructor(url: string) {
    this.#url = url;
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_MS);
  }

  /** Records that came again, as far as it was told. */
  get absorbed(): number {
    return this.#absorbedBefore + this.#absorbedNow;
  }

  register(deviceIds: readonly string[]): Promise<void> {
    return registerDevices(this.#url, deviceIds, this.#authorization);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  get #authorization() {
    return { authorization: `Bearer ${this.key}` };
  }

  async #sample(): Promise<void> {
    try {
      const signal = AbortSignal.timeout(ASK_MS);
      const answer = await fetch(`${this.#url}/metrics`, { headers: this.#authorization, signal });
      const absorbed = Number(DUPLICATES.exec(await answer.text())?.[1] ?? Number.NaN);
      if (Number.isNaN(absorbed)) return;
      // The counter begins anew with each life.
      if (absorbed < this.#absorbedNow) this.#absorbedBefore += this.#absorbedNow;
      this.#absorbedNow = absorbed;
    } catch {
      // It is down, which is what a drill is for.
    }
  }
}
