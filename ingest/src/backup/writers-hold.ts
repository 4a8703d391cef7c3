/** Something that writes to the store by itself. */
export interface Writer {
  hold(): Promise<void>;
  /** Also where `hold` failed half way. */
  letGo(): Promise<void>;
}

/**
 * Holds writers one after the other. Where one of them fails, they go on as before.
 *
 * @returns lets them go, the last one first, and each of them also where another one fails
 */
export async function holdAll(writers: readonly Writer[]): Promise<() => Promise<void>> {
  const held: Writer[] = [];
  const letGo = async () => {
    const problems: unknown[] = [];
    for (const writer of held.splice(0)) await writer.letGo().catch((error: unknown) => problems.push(error));
    if (problems.length > 0) throw new AggregateError(problems, 'not everything that writes goes on');
  };
  for (const writer of writers) {
    held.unshift(writer);
    try {
      await writer.hold();
    } catch (error) {
      // What failed first says more.
      await letGo().catch(() => {});
      throw error;
    }
  }
  return letGo;
}
