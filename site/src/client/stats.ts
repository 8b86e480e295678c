/** Download numbers of today, in place of those that the page was built with. */
export async function startStats(): Promise<void> {
  const url = document.querySelector<HTMLElement>('[data-stats]')?.dataset['stats'];
  if (url === undefined) return;
  const counts = await read(url);
  if (!counts) return;
  for (const element of document.querySelectorAll<HTMLElement>('[data-stat]')) {
    const value = counts[element.dataset['stat'] ?? ''];
    if (typeof value !== 'number') continue;
    element.textContent = format(value, element.dataset['as']);
    // What was not known when the page was built.
    element.closest('li')?.removeAttribute('hidden');
  }
}

/** As the page writes it: `lib/words.ts`. */
function format(value: number, as: string | undefined): string {
  if (as === 'percent') return `${(value * 100).toFixed(2)} %`;
  const whole = new Intl.NumberFormat('en');
  if (as === 'ms') return `${whole.format(value)} ms`;
  if (as === 'whole') return whole.format(value);
  return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** Nothing where there is no network: the numbers of the build stay. */
async function read(url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const response = await fetch(url);
    return response.ok ? ((await response.json()) as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
