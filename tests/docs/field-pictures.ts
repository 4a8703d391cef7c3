import { terminalPicture } from './terminal-picture.ts';
import { outputOf, screenOf } from './tool-output.ts';

/** A doctor who finds something. */
export async function doctorPicture(): Promise<string> {
  return pictureOf('doctor --sim unplugged', await outputOf('doctor --sim unplugged'));
}

/** The second in which the parcel falls. */
export async function livePicture(): Promise<string> {
  const command = 'live --sim drop --seconds 6';
  return pictureOf(command, await screenOf(command));
}

function pictureOf(command: string, output: string): string {
  return terminalPicture(`jostle-edge ${command}`, `$ npx jostle-edge ${command}\n${output}`);
}
