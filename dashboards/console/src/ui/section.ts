/** A part of a page with its own question to the service; it is drawn again only when the answer changes. */
export interface Section {
  readonly element: HTMLElement;
  /** @throws ApiError */
  refresh(): Promise<void>;
}

export function section<T>(
  element: HTMLElement,
  load: () => Promise<T>,
  draw: (answer: T) => readonly Node[],
): Section {
  /** JSON of the answer on the screen; set by refresh. */
  let shown = '';
  return {
    element,
    async refresh() {
      const answer = await load();
      const json = JSON.stringify(answer);
      if (json === shown) return;
      shown = json;
      keepingPlace(element, () => element.replaceChildren(...draw(answer)));
    },
  };
}

/** Redraws without closing what the reader has opened or moving the keyboard focus; both are found by id. */
function keepingPlace(element: HTMLElement, redraw: () => void): void {
  const open = [...element.querySelectorAll('details[open]')].map((details) => details.id);
  const focused = element.contains(document.activeElement) ? document.activeElement?.id : undefined;
  redraw();
  for (const id of open) if (id) document.getElementById(id)?.setAttribute('open', '');
  if (focused) document.getElementById(focused)?.focus();
}
