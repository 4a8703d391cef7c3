/** Makes devices known to ingest, over its API. @throws Error where it refuses one */
export async function registerDevices(
  url: string,
  deviceIds: readonly string[],
  authorization: Record<string, string> = {},
): Promise<void> {
  for (const id of deviceIds) {
    const body = JSON.stringify({ id, name: id });
    const headers = { 'content-type': 'application/json', ...authorization };
    const answer = await fetch(`${url}/api/v1/devices`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`device ${id} is not registered: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
