/** Buttons that copy a command, and the client that the visitor prefers, kept for the next page. */
export function startCopy(): void {
  const box = document.querySelector<HTMLElement>('[data-install]');
  if (!box) return;
  const status = box.querySelector<HTMLElement>('[data-copied]');
  for (const button of box.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', () => void copy(button, status));
  }
  keepClient(box);
}

async function copy(button: HTMLButtonElement, status: HTMLElement | null): Promise<void> {
  const done = await write(button.dataset['copy'] ?? '');
  button.textContent = done ? 'Copied' : 'Select it';
  if (!done) select(button.parentElement?.querySelector('code') ?? button);
  if (status) status.textContent = done ? 'Copied to the clipboard.' : 'Selected: press the keys for copying.';
  setTimeout(() => (button.textContent = 'Copy'), 1800);
}

/** Fails where the page is not served securely, or the visitor does not allow it. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function select(element: Element): void {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
}

function keepClient(box: HTMLElement): void {
  const inputs = [...box.querySelectorAll<HTMLInputElement>('input[name=client]')];
  try {
    const kept = inputs.find(({ value }) => value === localStorage.getItem('client'));
    if (kept) kept.checked = true;
    box.addEventListener('change', (event) => {
      if (event.target instanceof HTMLInputElement) localStorage.setItem('client', event.target.value);
    });
  } catch {
    // Without storage the first one stays.
  }
}
