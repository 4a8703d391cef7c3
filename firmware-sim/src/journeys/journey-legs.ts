import type { ClimatePoint } from '../world/climate.ts';
import type { HandlingPiece, TruckRidePiece } from '../world/pieces.ts';
import type { Surface } from '../world/surface.ts';

/** What shakes the parcel for a share of the leg's time. */
export type Stretch = { share: number } & (
  | Pick<HandlingPiece, 'kind'>
  | Pick<TruckRidePiece, 'kind' | 'road'>
);

/** One leg of a usual parcel journey. Shares, climates and surfaces are plausible figures of ours. */
export interface JourneyLeg {
  leg: string;
  /** Prefix of the custodian, of whom there are several. */
  custodian: string;
  /** Part of the journey's time. */
  share: number;
  /** Part of the rough handling; all legs together have 1. */
  roughShare: number;
  stretches: readonly Stretch[];
  surfaces: readonly Surface[];
  air: Omit<ClimatePoint, 'afterMs'>;
}

export const JOURNEY_LEGS: readonly JourneyLeg[] = [
  {
    leg: 'PACKING',
    custodian: 'WAREHOUSE',
    share: 0.12,
    roughShare: 0.12,
    stretches: [
      { kind: 'rest', share: 0.6 },
      { kind: 'hand-carry', share: 0.1 },
      { kind: 'conveyor', share: 0.3 },
    ],
    surfaces: ['concrete', 'wood', 'parcels'],
    air: { temperatureC: 20, relativeHumidityPct: 45 },
  },
  {
    leg: 'LINEHAUL',
    custodian: 'HAULIER',
    share: 0.45,
    roughShare: 0.13,
    stretches: [
      { kind: 'hand-carry', share: 0.03 },
      { kind: 'truck-ride', road: 'asphalt', share: 0.94 },
      { kind: 'hand-carry', share: 0.03 },
    ],
    surfaces: ['wood', 'parcels'],
    air: { temperatureC: 14, relativeHumidityPct: 58 },
  },
  {
    leg: 'HUB',
    custodian: 'HUB',
    share: 0.15,
    roughShare: 0.45,
    stretches: [
      { kind: 'conveyor', share: 0.4 },
      { kind: 'rest', share: 0.4 },
      { kind: 'conveyor', share: 0.2 },
    ],
    surfaces: ['concrete', 'steel', 'parcels'],
    air: { temperatureC: 17, relativeHumidityPct: 52 },
  },
  {
    leg: 'LAST-MILE',
    custodian: 'COURIER',
    share: 0.2,
    roughShare: 0.3,
    stretches: [
      { kind: 'hand-carry', share: 0.05 },
      { kind: 'truck-ride', road: 'cobbles', share: 0.25 },
      { kind: 'truck-ride', road: 'asphalt', share: 0.6 },
      { kind: 'hand-carry', share: 0.1 },
    ],
    surfaces: ['wood', 'parcels', 'concrete'],
    air: { temperatureC: 11, relativeHumidityPct: 65 },
  },
  {
    leg: 'DELIVERED',
    custodian: 'CUSTOMER',
    share: 0.08,
    roughShare: 0,
    stretches: [{ kind: 'rest', share: 1 }],
    surfaces: ['carpet'],
    air: { temperatureC: 20, relativeHumidityPct: 48 },
  },
];
