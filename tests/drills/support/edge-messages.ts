/** How much a generator makes. */
export interface Load {
  /** Records a second of each device. */
  perSecond: number;
  /** It makes no more than so many of each device; no end without it. */
  upTo?: number;
}

/** What a drill's edge process is started with. */
export interface EdgeInput {
  devices: readonly { id: string; token: string }[];
  /** Holds a folder with the outbox and a log of records for each device. */
  folder: string;
  mqttUrl: string;
  /** When record 0 is measured, ms since the epoch. */
  startMs: number;
  load: Load;
}

export type ToEdge = { type: 'load'; load: Load };

export interface DeviceTally {
  id: string;
  /** Records that the outbox has confirmed, of all lives of the process. */
  confirmed: number;
  /** Records without a receipt. */
  backlog: number;
  isConnected: boolean;
}

export type FromEdge = { type: 'ready' } | { type: 'tally'; load: Load; devices: DeviceTally[] };
