import { execFileSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { describeUnlessMissing } from '../../support/requirements.ts';
import { namespacesProblem, openNamespace } from './namespaces.ts';

describeUnlessMissing(namespacesProblem(), 'a namespace', () => {
  test('tells of the packets that a fault dropped, and of none without a fault', () => {
    const namespace = openNamespace('test', 9);
    onTestFinished(namespace.remove);
    const datagram = ['-c', `echo x > /dev/udp/${namespace.outside}/9`];
    const send = () => {
      const { program, args } = namespace.place({ program: '/bin/bash', args: datagram });
      try {
        execFileSync(program, args, { stdio: 'pipe' });
      } catch {
        // A firewall says so at once.
      }
    };
    send();
    expect(namespace.inflict('out')).toBe(0);
    send();
    expect(namespace.inflict('none')).toBeGreaterThan(0);
    send();
    expect(namespace.inflict('none')).toBe(0);
  });
});
