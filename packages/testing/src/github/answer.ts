/** What a route gives back: an answer, a page of a list, or a refusal that it throws. */

export interface Answer {
  readonly status: number;
  /** JSON; bytes and text are sent as they are; undefined is no body at all. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FieldError {
  readonly resource: string;
  readonly code: 'custom' | 'invalid' | 'missing' | 'missing_field' | 'already_exists' | 'unprocessable';
  readonly field?: string;
  readonly message?: string;
}

/** An answer of GitHub that refuses. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly (FieldError | string)[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.errors = details.errors;
    this.headers = details.headers ?? {};
  }
}

interface RefusalDetails {
  /** A few operations give sentences instead of fields. */
  readonly errors?: readonly (FieldError | string)[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

/** 422 with the reasons in `errors`. */
export function invalid(...errors: readonly FieldError[]): Refusal {
  return new Refusal(422, 'Validation Failed', { errors });
}

/** 422 with the reason in the message, as the git data API answers. */
export function unprocessable(message: string): Refusal {
  return new Refusal(422, message);
}

/** 409 for a repository that has no commits, or is not ready yet. */
export function emptyRepository(): Refusal {
  return new Refusal(409, 'Git Repository is empty.');
}

/** The body that goes with a refusal. `documentationUrl` is where the operation is described. */
export function refusalBody(refusal: Refusal, documentationUrl: string | undefined): unknown {
  return {
    message: refusal.message,
    ...(refusal.errors ? { errors: refusal.errors } : {}),
    documentation_url: documentationUrl ?? 'https://docs.github.com/rest',
    status: String(refusal.status),
  };
}

/** The page of `items` that the query asks for, with a `link` header when there are others. */
export function page<T>(
  items: readonly T[],
  url: URL,
): { readonly items: readonly T[]; readonly headers: PageHeaders } {
  const size = Math.min(Math.max(numberOf(url, 'per_page', 30), 1), 100);
  const current = Math.max(numberOf(url, 'page', 1), 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const links = [
    ...(current > 1 ? [linkTo(url, Math.min(current - 1, last), 'prev')] : []),
    ...(current < last ? [linkTo(url, current + 1, 'next'), linkTo(url, last, 'last')] : []),
    ...(current > 1 ? [linkTo(url, 1, 'first')] : []),
  ];
  return {
    items: items.slice((current - 1) * size, current * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
}

type PageHeaders = Readonly<Record<string, string>>;

/** Answers with one page of a list, each item presented. Items of other pages are not. */
export async function listed<T>(items: readonly T[], url: URL, present: (item: T) => unknown): Promise<Answer> {
  const { items: shown, headers } = page(items, url);
  return { status: 200, body: await Promise.all(shown.map((item) => present(item))), headers };
}

function numberOf(url: URL, name: string, fallback: number): number {
  const value = Number(url.searchParams.get(name) ?? fallback);
  return Number.isInteger(value) ? value : fallback;
}

function linkTo(url: URL, number: number, relation: string): string {
  const target = new URL(url);
  target.searchParams.set('page', String(number));
  return `<${target.href}>; rel="${relation}"`;
}
