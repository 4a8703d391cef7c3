import type { ShockEvent } from '@jostle/contracts';
import type { ObservedShock } from './return-case.ts';

/** A recorded shock as REST shows it, without its waveform. */
export function shockEventOf({ id, device, body }: ObservedShock): ShockEvent {
  return {
    id,
    device,
    impactAt: new Date(body.impactAt).toISOString(),
    impactClass: body.impactClass,
    impactOrientation: body.impactOrientation ?? null,
    peakG: body.peakG,
    isClipped: body.clipped.x || body.clipped.y || body.clipped.z,
    isBandwidthLimited: body.isBandwidthLimited,
    durationMs: body.durationMs,
    velocityChangeMps: body.velocityChangeMps,
    freeFallMs: body.freeFallMs,
    dropHeightM: body.dropHeightM,
    equivalentDropHeightM: body.equivalentDropHeightM,
    rateHz: body.rateHz,
  };
}
