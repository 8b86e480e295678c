import type { PluginType } from '@ar-registry/schemas';

/** What a user typed, defaults filled in; single lines. */
export interface TemplateValues {
  readonly name: string;
  /** The part of the name after the slash: also the agent name of the plugin's client. */
  readonly id: string;
  readonly scope: string;
  readonly type: PluginType;
  readonly description: string;
  readonly author: string;
  readonly license: string;
  readonly sdkSpec: string;
}

/** One configuration value, as the README lists it. */
export interface ConfigKey {
  readonly key: string;
  readonly required: boolean;
  readonly meaning: string;
}

/** What differs from type to type. Everything here is fixed text. */
export interface TypeTemplate {
  readonly description: string;
  readonly category: string;
  /** Lines of the manifest: the type's own fields and the permissions. */
  readonly manifest: string;
  readonly config: readonly ConfigKey[];
  readonly configSchema: object;
  /** Path to text: `src/index.ts`, `test/index.test.ts`, … */
  readonly sources: Readonly<Record<string, string>>;
  /** Markdown: what the example does. */
  readonly usage: string;
}
