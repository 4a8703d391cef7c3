/** Says how old the page is. Not announced to screen readers: it changes every few seconds. */
export function showFresh(status: HTMLElement): void {
  status.removeAttribute('role');
  status.className = 'fresh';
  status.textContent = `Last updated ${localTime()}`;
  status.dataset['since'] = localTime();
}

/** Says that the service does not answer; announced once. */
export function showStale(status: HTMLElement): void {
  status.setAttribute('role', 'alert');
  if (status.className === 'stale') return;
  const since = status.dataset['since'];
  status.className = 'stale';
  status.textContent =
    since === undefined
      ? 'The service does not answer. Is it running? Trying again …'
      : `The service does not answer; this is what was known at ${since}. Trying again …`;
}

function localTime(): string {
  return new Date().toLocaleTimeString('en-GB');
}
