import { el } from './dom.ts';

/** The key lives as long as the tab; it is never put into an address or a cookie. */
const STORAGE_KEY = 'jostle.apiKey';

export function apiKey(): string | null {
  return sessionStorage.getItem(STORAGE_KEY);
}

/** Asks for the API key of the service; `onGiven` is called when there is one to try. */
export function apiKeyPrompt(onGiven: () => void): HTMLElement {
  const input = el('input', { id: 'api-key', type: 'password', autocomplete: 'off', required: true });
  const form = el(
    'form',
    { class: 'card prompt' },
    el('h1', {}, 'API key needed'),
    el(
      'p',
      {},
      apiKey() === null
        ? 'This service answers only with its key. It is kept until you close this tab.'
        : 'The service refused that key. Check it and try again.',
    ),
    el('label', { for: 'api-key' }, 'API key'),
    input,
    el('button', { type: 'submit' }, 'Continue'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem(STORAGE_KEY, input.value);
    onGiven();
  });
  return form;
}
