import { describe, expect, it } from 'vitest';
import { type FleetOptions, readFleetCommand } from './fleet-options.ts';
import { rosterOf } from './fleet-roster.ts';

function optionsOf(...args: string[]): FleetOptions {
  const command = readFleetCommand(args);
  if (command.kind === 'help') throw new Error('help was not asked for');
  return command.options;
}

describe('the command line of a fleet', () => {
  it('has a default for everything, and journeys long enough for their events', () => {
    expect(optionsOf()).toMatchObject({ devices: 1000, minutes: 20, eventsPerTrip: 24, seed: 1 });
    expect(optionsOf('--events', '2')).toMatchObject({ minutes: 4 });
  });

  it('says all that is wrong at once', () => {
    const wrong = () => readFleetCommand(['--devices', '0', '--minutes', '5', '--prefix', 'box']);
    expect(wrong).toThrow(/--devices[\s\S]*--minutes: a number from 20[\s\S]*--prefix/);
    expect(() => readFleetCommand(['--device', '5'])).toThrow(/--help/);
  });

  it('answers help whatever else is wrong', () => {
    expect(readFleetCommand(['--help', '--devices', 'many'])).toEqual({ kind: 'help' });
  });
});

describe('the roster of a fleet', () => {
  const NOW = Date.parse('2026-03-02T08:00:00Z');
  const options = optionsOf('--devices', '30', '--minutes', '30', '--seed', '4');
  const roster = rosterOf(options, NOW);

  it('is the same for the same seed, and each device has a journey of its own', () => {
    expect(rosterOf(options, NOW)).toEqual(roster);
    expect(new Set(roster.devices.map((d) => JSON.stringify(d.journey))).size).toBe(30);
    expect(roster.devices.at(-1)?.id).toBe('FLEET-0030');
  });

  it('switches every device on before its journey and has ended before now', () => {
    for (const { onAt, journey } of roster.devices) {
      expect(onAt).toBeGreaterThanOrEqual(roster.simFromMs);
      expect(onAt).toBeLessThan(journey.startsAt);
    }
    expect(roster.simUntilMs).toBeLessThan(NOW);
  });
});
