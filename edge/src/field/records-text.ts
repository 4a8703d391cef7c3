/** `1 record`, `1,234 records`. */
export function recordsText(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'record' : 'records'}`;
}
