import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TOOL = fileURLToPath(new URL('../../edge/bin/jostle-edge.js', import.meta.url));
/** No agent of this machine has this folder, so that none is asked. */
const ENV = { ...process.env, JOSTLE_DATA_DIR: '/nonexistent/jostle-docs' };
/** Clears the terminal before each frame (ECMA-48, CUP and ED). */
const CLEAR = '\u001b[H\u001b[2J';

/** What the tool prints, whatever it exits with: a doctor that finds something is what is to be shown. */
export function outputOf(command: string): Promise<string> {
  return printed(process.execPath, [TOOL, ...command.split(' ')]);
}

/** What stands on a terminal at the end; `script` gives the tool one. */
export async function screenOf(command: string): Promise<string> {
  const tool = `'${process.execPath}' '${TOOL}' ${command}`;
  const typescript = await printed('script', ['-qec', tool, '/dev/null']);
  return (typescript.split(CLEAR).at(-1) ?? '').replaceAll('\r\n', '\n');
}

function printed(program: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { env: ENV }, (_, stdout, stderr) =>
      stderr === '' && stdout !== ''
        ? resolve(stdout)
        : reject(new Error(`${program} ${args.join(' ')}: ${stderr}`)),
    );
  });
}
