import Type from '#typebox';

/**
 * Ids of devices, sites, carriers, orders, legs, returns and so on: upper-case letters, digits and hyphens.
 * Nothing that a board variable, a topic or an address would have to escape.
 */
export const ID_PATTERN = '^[A-Z0-9][A-Z0-9-]{0,63}$';

export const Id = Type.String({
  pattern: ID_PATTERN,
  description: 'Upper-case letters, digits and hyphens, 1 to 64.',
});

/** A shipment is named by its SSCC; the check digit is verified by the ledger. */
export const Sscc = Type.String({
  pattern: '^[0-9]{18}$',
  description: 'GS1 SSCC, 18 digits with check digit.',
});

/** A stock keeping unit as the shop writes it. */
export const Sku = Type.String({ minLength: 1, maxLength: 64, pattern: '^\\S(.*\\S)?$' });
