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
  /** Asks all widgets, and waits a second at most: a display that takes longer stands as it was. */
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

const PATIENCE_MS = 1_000;

interface Place {
  display: Display;
  /** While it is asked: nobody asks again what has not answered, and nobody waits for it who shows the others. */
  asking?: Promise<void> | undefined;
}

class WidgetFeed implements Feed {
  readonly #intervalMs: number;
  readonly #sources = new Map<WidgetSource, readonly Place[]>();
  readonly #listeners = new Set<FeedListener>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  add(source: WidgetSource): () => void {
    const { plugin, displays } = source;
    this.#sources.set(
      source,
      displays.map((one) => ({ display: { ...one, plugin, state: 'waiting' } })),
    );
    this.#tell({ kind: 'list' });
    this.#poll();
    return () => {
      this.#sources.delete(source);
      this.#tell({ kind: 'list' });
    };
  }

  list(): readonly Display[] {
    return [...this.#sources.values()].flatMap((places) => places.map(({ display }) => display));
  }

  async refresh(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, PATIENCE_MS);
    await Promise.race([Promise.all(this.#askAll()), late]);
    clearTimeout(timer);
  }

  watch(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#poll();
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

  #poll(): void {
    if (this.#closed || this.#listeners.size === 0) return;
    void Promise.all(this.#askAll());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), this.#intervalMs);
  }

  #askAll(): readonly Promise<void>[] {
    const all = [...this.#sources].flatMap(([source, places]) => places.map((place) => ({ source, place })));
    return all.map(({ source, place }) => (place.asking ??= this.#ask(source, place)));
  }

  async #ask(source: WidgetSource, place: Place): Promise<void> {
    const { plugin, name, type, title } = place.display;
    const data = await source.ask(name);
    place.asking = undefined;
    const next: Display = { plugin, name, type, title, ...(data ? { state: 'ok', data } : { state: 'error' }) };
    // It may have been taken away meanwhile.
    if (!this.#sources.has(source) || JSON.stringify(place.display) === JSON.stringify(next)) return;
    place.display = next;
    this.#tell({ kind: 'display', display: next });
  }

  #tell(change: Parameters<FeedListener>[0]): void {
    for (const listener of this.#listeners) listener(change);
  }
}
