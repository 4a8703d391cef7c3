import type { SystemOptions } from '../support/drill-system.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { type Fault, namespacesProblem, openNamespace } from './namespaces.ts';

/** Who is cut off: the edges from the broker; ingest from the broker and its databases. */
export const PLACES = ['edges', 'ingest'] as const;
export type Place = (typeof PLACES)[number];

/** A network whose parts can be cut off from each other. */
export interface DrillNetwork {
  /** What it is made of, and why not of something better. */
  how: string;
  isReal: boolean;
  /** How a system is put into it. */
  system: Partial<SystemOptions>;
  /** @returns how many packets, or pieces held by a proxy, the fault that ends with this met */
  inflict(place: Place, fault: Fault): number;
  close(): Promise<void>;
}

/** Namespaces of the kernel where the machine allows them, proxies otherwise: those reach the broker only. */
export function openNetwork(random: () => number): DrillNetwork {
  const problem = namespacesProblem();
  return problem === undefined ? ofNamespaces() : ofProxies(random, problem);
}

function ofNamespaces(): DrillNetwork {
  const edges = openNamespace('edges', 1);
  const ingest = openNamespace('ingest', 2);
  return {
    how: 'network namespaces, packets dropped by nftables',
    isReal: true,
    system: {
      // Both places reach it: it is the machine's own, whichever cable a packet comes by.
      host: edges.outside,
      ingestHost: ingest.inside,
      placed: (kind, command) => {
        if (kind === 'edge') return edges.place(command);
        return kind === 'ingest' ? ingest.place(command) : command;
      },
    },
    inflict: (place, fault) => ({ edges, ingest })[place].inflict(fault),
    close: async () => {
      edges.remove();
      ingest.remove();
    },
  };
}

/** @param why there are no namespaces */
function ofProxies(random: () => number, why: string): DrillNetwork {
  const proxies = new Map<Place, CuttingProxy>();
  return {
    how: `cutting proxies, because of namespaces: ${why}`,
    isReal: false,
    system: {
      brokerUrl: async (kind, url) => {
        const proxy = await CuttingProxy.open(new URL(url), random);
        proxies.set(kind === 'edge' ? 'edges' : 'ingest', proxy);
        return proxy.url;
      },
    },
    inflict: (place, fault) => proxies.get(place)?.inflict(fault) ?? 0,
    close: async () => {
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    },
  };
}
