import { alertsBar, alertsPage } from './page/alerts.ts';
import { findingPage } from './page/finding-page.ts';
import { returnsPage } from './page/returns-page.ts';
import { ApiError } from './ui/api.ts';
import { apiKeyPrompt } from './ui/api-key.ts';
import { el } from './ui/dom.ts';
import { showFresh, showStale } from './ui/freshness.ts';
import type { Section } from './ui/section.ts';

/** Between two refreshes, ms. */
const REFRESH_MS = 5000;

const main = document.getElementById('main') ?? document.body;
const status = document.getElementById('freshness') ?? el('p');

/** What is on the screen: set by `open`, emptied where asking again is of no use. */
let page: Section[] = [];
/** Of the next refresh; set by `refresh`. */
let timer = 0;

function pageOf(hash: string): Section[] {
  if (hash === '#/alerts') return alertsPage();
  const id = /^#\/returns\/([A-Z0-9-]+)$/.exec(hash)?.[1];
  return [alertsBar(), ...(id === undefined ? returnsPage() : findingPage(id))];
}

async function open(): Promise<void> {
  const opened = pageOf(location.hash);
  page = opened;
  main.replaceChildren(...opened.map((part) => part.element));
  await refresh(opened);
}

async function refresh(refreshed: Section[]): Promise<void> {
  clearTimeout(timer);
  if (refreshed.length === 0) return;
  try {
    for (const part of refreshed) await part.refresh();
    if (page === refreshed) showFresh(status);
  } catch (error) {
    if (page === refreshed && !showFailure(error)) return;
  }
  if (page !== refreshed) return;
  clearTimeout(timer);
  timer = window.setTimeout(() => refresh(refreshed), REFRESH_MS);
}

/** @returns whether it is worth asking again without the reader doing anything */
function showFailure(error: unknown): boolean {
  if (!(error instanceof ApiError)) throw error;
  if (error.kind === 'unreachable') {
    showStale(status);
    return true;
  }
  page = [];
  status.textContent = '';
  if (error.kind === 'key-needed') {
    main.replaceChildren(apiKeyPrompt(open));
    document.getElementById('api-key')?.focus();
  } else {
    const back = el('a', { href: '#/' }, 'All returns');
    main.replaceChildren(
      el('section', { class: 'card' }, el('h1', {}, 'Not found'), error.message, ' ', back),
    );
  }
  return false;
}

document.querySelector('.skip')?.addEventListener('click', (event) => {
  // Its target is no address of a page.
  event.preventDefault();
  main.focus();
});
window.addEventListener('hashchange', () => {
  open();
  window.scrollTo(0, 0);
  main.focus();
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') refresh(page);
});
open();
