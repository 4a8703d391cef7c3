import type { Finding, FindingLeg, WeighedShock } from '@jostle/contracts';
import { svg } from '../ui/dom.ts';
import { clockText, numberText } from '../ui/format.ts';
import { type TimeScale, timeScale } from './time-scale.ts';

/** Lanes from above to below, px. */
const HEIGHT = 210;
const SIDE = 10;
const LEG = { y: 100, height: 44 };
const WATCH = { y: 152, height: 12 };
const AXIS_Y = 176;
/** Room for shock markers above the legs, px. */
const TALLEST = 68;
/** Text of a leg starts beside the diamond of a hand-off, px. */
const INDENT = 14;
/** A letter at the size of the chart's text, px. */
const LETTER_PX = 7;

/** The journey as a drawing `width` px wide; every fact in it is in the tables below it too. */
export function journeyChart({ legs, gaps, cause }: Finding, width: number): SVGSVGElement {
  const starts = legs.map((leg) => Date.parse(leg.startsAt));
  const ends = legs.map((leg) => Date.parse(leg.endsAt));
  const scale = timeScale(Math.min(...starts), Math.max(...ends), SIDE, width - SIDE);
  return svg(
    'svg',
    { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': inWords(legs) },
    hatching(),
    ...axis(scale),
    ...legs.flatMap((leg, i) => legBlock(leg, i, scale, leg.legId === cause?.legId)),
    ...watched(legs, gaps, scale),
    ...handOffs(legs, scale),
    ...shockMarkers(legs, scale, cause?.shock?.id),
  );
}

function inWords(legs: readonly FindingLeg[]): string {
  const shocks = legs.reduce((sum, leg) => sum + leg.shocks.length, 0);
  return `Journey of ${legs.length} legs with ${shocks} shock events; the tables below hold the same.`;
}

function hatching(): SVGElement {
  const line = svg('path', { d: 'M0 6 L6 0', class: 'hatch-line' });
  const pattern = { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse' };
  return svg(
    'defs',
    {},
    svg('pattern', pattern, svg('rect', { width: 6, height: 6, class: 'hatch-ground' }), line),
  );
}

function axis({ ticks }: TimeScale): SVGElement[] {
  return ticks.flatMap(({ x, text }) => [
    svg('line', { x1: x, x2: x, y1: LEG.y, y2: AXIS_Y, class: 'tick' }),
    svg('text', { x, y: AXIS_Y + 16, 'text-anchor': 'middle', class: 'small' }, text),
  ]);
}

function legBlock(leg: FindingLeg, i: number, scale: TimeScale, isCause: boolean): SVGElement[] {
  const [x, end] = [scale.x(Date.parse(leg.startsAt)), scale.x(Date.parse(leg.endsAt))];
  const room = end - x - 2 * INDENT;
  const name = `${i + 1} ${leg.mode}`;
  const lines = [name, leg.custodianName].filter((text) => text.length * LETTER_PX <= room);
  const shown = lines.length === 0 && room > 0 ? [String(i + 1)] : lines;
  return [
    svg(
      'rect',
      {
        x: x + 1,
        y: LEG.y,
        width: Math.max(1, end - x - 2),
        height: LEG.height,
        rx: 5,
        class: isCause ? 'leg-block cause' : 'leg-block',
      },
      svg('title', {}, `${name}: ${leg.from} to ${leg.to}, ${leg.custodianName}`),
    ),
    ...shown.map((text, line) =>
      svg('text', { x: x + INDENT, y: LEG.y + 19 + line * 16, class: line === 0 ? 'name' : 'small' }, text),
    ),
  ];
}

function watched(legs: readonly FindingLeg[], gaps: Finding['gaps'], scale: TimeScale): SVGElement[] {
  const span = (stretch: { startsAt: string; endsAt: string }, name: string, title: string) => {
    const x = scale.x(Date.parse(stretch.startsAt));
    const width = Math.max(1, scale.x(Date.parse(stretch.endsAt)) - x);
    const { y, height } = WATCH;
    return svg('rect', { x, y, width, height, class: name }, svg('title', {}, title));
  };
  return [
    ...legs.map((leg) => span(leg, 'watched', 'observed')),
    ...gaps.map((gap) => span(gap, 'unwatched', `not observed: ${gap.reason}`)),
  ];
}

function handOffs(legs: readonly FindingLeg[], scale: TimeScale): SVGElement[] {
  return legs.flatMap((taker, i) => {
    const giver = legs[i - 1];
    if (giver === undefined || giver.custodian === taker.custodian) return [];
    const at = Date.parse(taker.startsAt);
    const [x, y] = [scale.x(at), LEG.y + LEG.height / 2];
    const title = `Hand-off at ${clockText(at)}: ${giver.custodianName} to ${taker.custodianName}`;
    const d = `M${x} ${y - 9} L${x + 9} ${y} L${x} ${y + 9} L${x - 9} ${y} Z`;
    return [svg('path', { d, class: 'hand-off' }, svg('title', {}, title))];
  });
}

/** Height and area of a marker grow with the peak; the cause also has its number written beside it. */
function shockMarkers(
  legs: readonly FindingLeg[],
  scale: TimeScale,
  causeId: string | undefined,
): SVGElement[] {
  const shocks = legs.flatMap((leg) => leg.shocks);
  const highest = Math.max(1, ...shocks.map((shock) => shock.peakG.resultant));
  return shocks.flatMap((shock) => marker(shock, scale, highest, shock.id === causeId));
}

function marker(shock: WeighedShock, scale: TimeScale, highest: number, isCause: boolean): SVGElement[] {
  const peakG = shock.peakG.resultant;
  const relative = Math.sqrt(peakG / highest);
  const x = scale.x(Date.parse(shock.impactAt));
  const y = LEG.y - 4 - TALLEST * relative;
  const text = `${shock.impactClass}, ${numberText(peakG, 0, 'g')}`;
  const name = isCause ? 'shock cause' : 'shock';
  const isRight = x < LEG.y + 60;
  return [
    svg('line', { x1: x, x2: x, y1: y, y2: LEG.y, class: name }),
    svg('circle', { cx: x, cy: y, r: 3 + 6 * relative, class: name }, svg('title', {}, text)),
    ...(isCause
      ? [
          svg(
            'text',
            {
              x: isRight ? x + 14 : x - 14,
              y: y + 5,
              'text-anchor': isRight ? 'start' : 'end',
              class: 'name',
            },
            text,
          ),
        ]
      : []),
  ];
}
