/** Who follows a line. `lost` and `found` come in turns, `found` only after a `lost`. */
export interface InterruptListener {
  /** The chip has raised the line. */
  edge(): void;
  /** Nobody watches the line any more; it is tried again. */
  lost(detail: string): void;
  found(): void;
}

/** The wire on which a chip says that its FIFO has filled. It only makes drains punctual: a timer drains as well. */
export interface InterruptLine {
  readonly name: string;
  /** Called once. */
  listen(listener: InterruptListener): void;
  close(): void;
}
