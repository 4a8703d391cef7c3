/** How one generation of libgpiod's tools is spoken to. */
export interface GpiomonDialect {
  /** Asks where a line is; null where `gpiomon` takes names itself. Its answer goes to `placeOf`. */
  find(line: string): readonly string[] | null;
  /** Reads the place of a line out of that answer; null where there is no such line. */
  placeOf(answer: string): readonly string[] | null;
  /** Watches for rising edges, one line of text each, without keeping them back. */
  watch(line: string, place: readonly string[]): readonly string[];
  /** Kernel time of the edge that a line of text tells of, ms; null where it tells of none. */
  edgeMs(text: string): number | null;
}

/** Offset, seconds, nanoseconds. */
const EDGE_1 = /^\s*\d+ (\d+) +(\d{1,9})\s*$/;
/** Offset, seconds with nine decimals. */
const EDGE_2 = /^\s*\d+ (\d+\.\d{1,9})\s*$/;
const PLACE = /^(gpiochip\d+) (\d+)$/;

/** Debian 12 and before (gpiofind(1), gpiomon(1) of libgpiod 1.6): chip and offset must be looked up. */
const VERSION_1: GpiomonDialect = {
  find: (line) => ['gpiofind', line],
  placeOf(answer) {
    const [, chip, offset] = PLACE.exec(answer.trim()) ?? [];
    return chip === undefined || offset === undefined ? null : [chip, offset];
  },
  watch: (_line, place) => ['gpiomon', '--rising-edge', '--line-buffered', '--format=%o %s %n', ...place],
  edgeMs(text) {
    const [, seconds, nanoseconds] = EDGE_1.exec(text) ?? [];
    return seconds === undefined ? null : Number(seconds) * 1000 + Number(nanoseconds) / 1e6;
  },
};

/** Debian 13 (gpiomon(1) of libgpiod 2): by name. It has no option against buffering, which stdbuf(1) gives it. */
const VERSION_2: GpiomonDialect = {
  find: () => null,
  placeOf: () => null,
  watch: (line) => ['stdbuf', '--output=L', 'gpiomon', '--by-name', '--edges=rising', '--format=%o %S', line],
  edgeMs(text) {
    const [, seconds] = EDGE_2.exec(text) ?? [];
    return seconds === undefined ? null : Number(seconds) * 1000;
  },
};

/**
 * The dialect of the installed tools; null where this is not what `gpiomon --version` prints.
 *
 * @param printed such as `gpiomon (libgpiod) v1.6.3`
 */
export function dialectOf(printed: string): GpiomonDialect | null {
  const [, major] = /^gpiomon \(libgpiod\) v(\d+)\./.exec(printed) ?? [];
  if (major === undefined || Number(major) < 1) return null;
  return major === '1' ? VERSION_1 : VERSION_2;
}
