import { ReceiptMessage } from '@jostle/contracts';
import { Compile } from '@jostle/contracts/typebox';

const isReceipt = Compile(ReceiptMessage);

/** The receipt in a payload, or undefined where it is none. */
export function readReceipt(payload: Buffer): ReceiptMessage | undefined {
  try {
    const message: unknown = JSON.parse(payload.toString('utf8'));
    return isReceipt.Check(message) ? message : undefined;
  } catch {
    return undefined;
  }
}
