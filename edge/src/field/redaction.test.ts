import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redacted, withoutCredentials } from './redaction.ts';

test('a secret is found however it is written down', () => {
  const secret = 'pa"ss/wörd+1';
  const forms = [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ];
  for (const form of forms)
    expect(redacted(`before ${form} after`, [secret])).toMatch(/^before "?\(hidden\)"? after$/);
});

test('no secret survives, whatever is around it', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.stringMatching(/^[A-Za-z0-9_-]{8,40}$/),
      fc.string(),
      (before, secret, after) => {
        expect(redacted(`${before}${secret}${after}`, [secret])).not.toContain(secret);
      },
    ),
  );
});

test.each([
  ['mqtts://box:hunter2@broker.example:8883', 'mqtts://(hidden)@broker.example:8883'],
  ['see http://u:p@h/ and http://h/x', 'see http://(hidden)@h/ and http://h/x'],
  ['mqtt://broker.example', 'mqtt://broker.example'],
])('user and password are taken out of %s', (text, clean) => {
  expect(withoutCredentials(text)).toBe(clean);
});

test.each([
  ['"deviceToken":"abc123","x":1', '"deviceToken":"(hidden)","x":1'],
  ['password=abc123 next', 'password=(hidden) next'],
  ['Authorization: Bearer abc.def.ghi-jkl next', 'Authorization: (hidden) next'],
  ['sent Basic dXNlcjpwYXNz to it', 'sent Basic (hidden) to it'],
  ['api_key: k-1', 'api_key: (hidden)'],
  ['-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----', '(hidden)'],
  [
    'Compare DEVICE_ID and DEVICE_TOKEN with the broker',
    'Compare DEVICE_ID and DEVICE_TOKEN with the broker',
  ],
])('what looks like a secret is hidden: %s', (text, clean) => {
  expect(redacted(text, [])).toBe(clean);
});
