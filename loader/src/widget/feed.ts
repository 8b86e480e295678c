/** The displays of all widgets and what they last showed. Widgets are asked only while somebody looks. */
import type { WidgetData } from '@ar-registry/sdk';

/** A display as it stands: without `data`, it has not answered, or its answer could not be shown. */
export interface Display {
  readonly plugin: string;
  /** The name under which the widget knows it. */
  readonly name: string;
  readonly type: WidgetData['type'];
  readonly title: string;
  readonly state: 'waiting' | 'ok' | 'error';
  readonly data?: WidgetData;
}

export interface WidgetSource {
  readonly plugin: string;
  readonly displays: readonly Pick<Display, 'name' | 'type' | 'title'>[];
  /** Never rejects; undefined if there is nothing that can be shown. */
  ask(name: string): Promise<WidgetData | undefined>;
}

export interface Feed {
  /** @returns takes the widget away */
  add(source: WidgetSource): () => void;
  list(): readonly Display[];
  /** Asks all widgets, or waits for those who are being asked. */
  refresh(): Promise<void>;
  /** Is told of each display that changed, and that the list did. @returns ends it */
  watch(listener: FeedListener): () => void;
  close(): void;
}

export type FeedListener = (
  change: { readonly kind: 'display'; readonly display: Display } | { readonly kind: 'list' },
) => void;

export function createFeed({ intervalMs }: { readonly intervalMs: number }): Feed {
  return new WidgetFeed(intervalMs);
}

class WidgetFeed implements Feed {
  readonly #intervalMs: number;
  readonly #sources = new Map<WidgetSource, Map<string, Display>>();
  readonly #listeners = new Set<FeedListener>();
  #asking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  add(source: WidgetSource): () => void {
    const { plugin, displays } = source;
    const waiting = displays.map((one) => [one.name, { ...one, plugin, state: 'waiting' }] as const);
    this.#sources.set(source, new Map(waiting));
    this.#tell({ kind: 'list' });
    void this.#poll();
    return () => {
      this.#sources.delete(source);
      this.#tell({ kind: 'list' });
    };
  }

  list(): readonly Display[] {
    return [...this.#sources.values()].flatMap((displays) => [...displays.values()]);
  }

  refresh(): Promise<void> {
    return (this.#asking ??= this.#askAll());
  }

  watch(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.#poll();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  async #poll(): Promise<void> {
    if (this.#closed || this.#listeners.size === 0) return;
    await this.refresh();
    clearTimeout(this.#timer);
    if (!this.#closed && this.#listeners.size > 0) this.#timer = setTimeout(() => void this.#poll(), this.#intervalMs);
  }

  async #askAll(): Promise<void> {
    const all = [...this.#sources].flatMap(([source, displays]) =>
      [...displays.values()].map((display) => this.#ask(source, display)),
    );
    await Promise.all(all);
    this.#asking = undefined;
  }

  async #ask(source: WidgetSource, { plugin, name, type, title }: Display): Promise<void> {
    const data = await source.ask(name);
    const next: Display = { plugin, name, type, title, ...(data ? { state: 'ok', data } : { state: 'error' }) };
    const displays = this.#sources.get(source);
    // It may have been taken away meanwhile.
    if (!displays || JSON.stringify(displays.get(name)) === JSON.stringify(next)) return;
    displays.set(name, next);
    this.#tell({ kind: 'display', display: next });
  }

  #tell(change: Parameters<FeedListener>[0]): void {
    for (const listener of this.#listeners) listener(change);
  }
}
