import { envExample } from './env-example.ts';
import { errorsDoc } from './errors-doc.ts';
import { fieldGuide } from './field-guide.ts';
import { doctorPicture, livePicture } from './field-pictures.ts';
import { performanceDoc } from './performance-doc.ts';
import { reliabilityDoc } from './reliability-doc.ts';
import { wireFormatDoc } from './wire-format-doc.ts';

/** Files that are generated from code, and what makes each. */
export const GENERATED: readonly [path: string, text: () => string | Promise<string>][] = [
  ['docs/errors.md', errorsDoc],
  ['docs/wire-format.md', wireFormatDoc],
  ['docs/field-guide.md', fieldGuide],
  ['docs/pictures/doctor.svg', doctorPicture],
  ['docs/pictures/live.svg', livePicture],
  ['docs/performance.md', performanceDoc],
  ['docs/reliability.md', reliabilityDoc],
  ['.env.example', envExample],
];
