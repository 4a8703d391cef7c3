/**
 * The library of schemas, as far as this project uses it. Everybody imports it as `@jostle/contracts/typebox`, which Node finds
 * in one file (`dist/typebox.js`, made by `npm ci`): its own are nearly 700, and to load them took most of the time in which a
 * process of ours starts.
 */
export type * from 'typebox';
export { default } from 'typebox';
export { Compile } from 'typebox/compile';
export { Check, Convert, Default } from 'typebox/value';
