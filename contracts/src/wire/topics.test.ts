import { describe, expect, test } from 'vitest';
import {
  CHANNELS,
  type Channel,
  deviceTopic,
  isTopicAllowed,
  parseDeviceTopic,
  sharedFilter,
} from './topics.ts';

const device = { id: 'DEV-01', role: 'device' } as const;
const ingest = { id: 'ingest-1', role: 'ingest' } as const;

describe('a device', () => {
  test.each([
    ['publish', 'up', true],
    ['publish', 'status', true],
    ['publish', 'receipt', false],
    ['publish', 'command', false],
    ['subscribe', 'up', false],
    ['subscribe', 'status', false],
    ['subscribe', 'receipt', true],
    ['subscribe', 'command', true],
  ] as const)('may %s on its own %s: %s', (action, channel, allowed) => {
    expect(isTopicAllowed(device, action, deviceTopic('DEV-01', channel))).toBe(allowed);
  });

  test('may touch no channel of another device, by name or by wildcard', () => {
    for (const action of ['publish', 'subscribe'] as const) {
      for (const channel of Object.keys(CHANNELS) as Channel[]) {
        expect(isTopicAllowed(device, action, deviceTopic('DEV-02', channel))).toBe(false);
        expect(isTopicAllowed(device, action, deviceTopic('+', channel))).toBe(false);
      }
      for (const topic of [
        '#',
        '+/#',
        '$SYS/#',
        'jostle/v1/devices/DEV-01/#',
        'jostle/v1/devices/DEV-01/+',
      ]) {
        expect(isTopicAllowed(device, action, topic)).toBe(false);
      }
    }
  });
});

describe('ingest', () => {
  test('subscribes to whole channels that are meant for it and to nothing else', () => {
    expect(isTopicAllowed(ingest, 'subscribe', deviceTopic('+', 'up'))).toBe(true);
    expect(isTopicAllowed(ingest, 'subscribe', deviceTopic('+', 'status'))).toBe(true);
    for (const topic of [
      deviceTopic('+', 'receipt'),
      deviceTopic('DEV-01', 'up'),
      '#',
      'jostle/v1/devices/#',
      // Our broker would grant it and deliver nothing.
      sharedFilter('workers', deviceTopic('+', 'up')),
    ])
      expect(isTopicAllowed(ingest, 'subscribe', topic)).toBe(false);
  });

  test('publishes receipts and commands to any device, never readings', () => {
    expect(isTopicAllowed(ingest, 'publish', deviceTopic('DEV-07', 'receipt'))).toBe(true);
    expect(isTopicAllowed(ingest, 'publish', deviceTopic('DEV-07', 'up'))).toBe(false);
  });
});

test('only a whole device topic is parsed', () => {
  expect(parseDeviceTopic('jostle/v1/devices/DEV-01/up')).toEqual({ deviceId: 'DEV-01', channel: 'up' });
  for (const topic of [
    'jostle/v1/devices//up',
    'jostle/v1/devices/A/toString',
    'x/jostle/v1/devices/A/up',
    'jostle/v1/devices/A/up/x',
  ])
    expect(parseDeviceTopic(topic)).toBeUndefined();
});
