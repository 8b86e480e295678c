/** Download numbers of today, in place of those that the page was built with. */
export async function startStats(): Promise<void> {
  const url = document.querySelector<HTMLElement>('[data-stats]')?.dataset['stats'];
  if (url === undefined) return;
  const counts = await read(url);
  if (!counts) return;
  const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat('en');
  for (const element of document.querySelectorAll<HTMLElement>('[data-stat]')) {
    const value = counts[element.dataset['stat'] ?? ''];
    if (typeof value === 'number') element.textContent = ('whole' in element.dataset ? whole : short).format(value);
  }
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
