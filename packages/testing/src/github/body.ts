/** Reading of request bodies, which have been compared with the description already. */

export type Body = Readonly<Record<string, unknown>>;

/** Undefined when it is not there (or not a text, which the description has ruled out). */
export function textOf(body: Body, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

/** @throws Error when it is missing: the description requires it. */
export function requiredText(body: Body, name: string): string {
  const value = textOf(body, name);
  if (value === undefined) throw new Error(`The body lacks ${name}, which the description requires.`);
  return value;
}

export function flagOf(body: Body, name: string): boolean | undefined {
  const value = body[name];
  return typeof value === 'boolean' ? value : undefined;
}

export function listOf(body: Body, name: string): readonly unknown[] {
  const value = body[name];
  return Array.isArray(value) ? value : [];
}

/** Empty when it is not an object. */
export function objectOf(value: unknown): Body {
  return typeof value === 'object' && value !== null ? (value as Body) : {};
}
