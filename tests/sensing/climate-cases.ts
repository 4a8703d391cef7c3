import { type ClimateChip, DEFAULT_SENSING, type SensingConfig } from '@jostle/edge/sensing';
import {
  Bme280,
  Bmp280,
  type ChipSurroundings,
  constantWorld,
  Htu21d,
  Sht4x,
  Sht31,
  Si7021,
  type SimulatedChip,
  Tmp117,
  type World,
} from '@jostle/firmware-sim';
import { type Bench, startBench } from './bench.ts';

/** A climate chip with its model and what it measures beside the temperature. */
export interface ClimateCase {
  chip: ClimateChip['chip'];
  address: number;
  Model: new (surroundings: ChipSurroundings) => SimulatedChip;
  measures: ('relativeHumidityPct' | 'pressureHpa')[];
}

/** Every climate chip that the agent knows. */
export const CLIMATE_CASES: readonly ClimateCase[] = [
  { chip: 'sht31d', address: 0x44, Model: Sht31, measures: ['relativeHumidityPct'] },
  { chip: 'bme280', address: 0x76, Model: Bme280, measures: ['relativeHumidityPct', 'pressureHpa'] },
  { chip: 'bmp280', address: 0x76, Model: Bmp280, measures: ['pressureHpa'] },
  { chip: 'si7021', address: 0x40, Model: Si7021, measures: ['relativeHumidityPct'] },
  { chip: 'htu21d', address: 0x40, Model: Htu21d, measures: ['relativeHumidityPct'] },
  { chip: 'sht4x', address: 0x44, Model: Sht4x, measures: ['relativeHumidityPct'] },
  { chip: 'tmp117', address: 0x48, Model: Tmp117, measures: [] },
];

export const TRUTH = { temperatureC: -18.37, relativeHumidityPct: 61.5, pressurePa: 98_450 };

/** The configuration with nothing but these climate chips. */
export function climateOnly(...chips: ClimateChip[]): SensingConfig {
  const climate = chips.map(({ chip, address }) => ({ chip, address }));
  return { ...DEFAULT_SENSING, shock: null, climate };
}

/** A bench with one climate chip in a world, by default a steady one. */
export function startChip(
  { chip, address, Model }: ClimateCase,
  world: World = constantWorld(TRUTH),
): Promise<Bench> {
  return startBench(climateOnly({ chip, address }), (now) => new Map([[address, new Model({ world, now })]]));
}
