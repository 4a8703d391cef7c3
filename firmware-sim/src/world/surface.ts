/** What a parcel may fall on. */
export const SURFACES = ['concrete', 'steel', 'wood', 'carpet', 'parcels'] as const;
export type Surface = (typeof SURFACES)[number];

/**
 * How each gives way to a packed parcel: rebound speed over impact speed, and length of the pulse. The lengths lie
 * within the 5 to 30 ms that packaged goods give; which surface has which is an order of magnitude of ours.
 */
export const LANDINGS: Readonly<Record<Surface, { restitution: number; pulseMs: number }>> = {
  concrete: { restitution: 0.1, pulseMs: 8 },
  steel: { restitution: 0.15, pulseMs: 7 },
  wood: { restitution: 0.1, pulseMs: 12 },
  carpet: { restitution: 0.15, pulseMs: 16 },
  parcels: { restitution: 0.2, pulseMs: 25 },
};
