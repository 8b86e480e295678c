/** One or two letters are in most records: their part of the index is large, and seldom what somebody means. */
const FEW = 3;
const PAUSE_MS = 300;

/** Runs at once after each key; while there are few letters, only when no other key follows. */
export function onTyping(field: HTMLInputElement, run: () => void): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  field.addEventListener('input', () => {
    clearTimeout(waiting);
    const { length } = field.value.trim();
    if (length === 0 || length >= FEW) run();
    else waiting = setTimeout(run, PAUSE_MS);
  });
}
