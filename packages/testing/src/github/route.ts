/** What a route is, and how the routes are found by method and path. */
import type { Answer } from './answer.ts';
import type { Account, Area, Repository, State, Token } from './state.ts';

/**
 * Who may use a route:
 * `anyone` who can see the repository; an `account`; one who may `triage` issues, `push`, or `admin`ister.
 */
export type Access = 'anyone' | 'account' | 'triage' | 'push' | 'admin';

export interface Context {
  readonly state: State;
  readonly token: Token | undefined;
  readonly url: URL;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Validated against the description. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
}

/** Of a route below `/repos/{owner}/{repo}`. */
export interface RepositoryContext extends Context {
  readonly repository: Repository;
}

interface RouteBase {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As the description writes it. */
  readonly path: string;
  readonly access: Access;
  /** What a limited token needs one of: read for GET, write for the rest. None: every token will do. */
  readonly areas?: readonly Area[];
}

export interface GlobalRoute extends RouteBase {
  readonly handle: (context: Context) => Promise<Answer> | Answer;
}

export interface RepositoryRoute extends RouteBase {
  readonly path: `/repos/{owner}/{repo}${string}`;
  readonly handle: (context: RepositoryContext) => Promise<Answer> | Answer;
}

export type Route =
  | { readonly kind: 'global'; readonly route: GlobalRoute }
  | { readonly kind: 'repository'; readonly route: RepositoryRoute };

export interface Match {
  readonly found: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The account of a request to a route whose `access` is not `anyone`. */
export function accountOf({ token }: Context): Account {
  if (!token) throw new Error('A route that needs an account lets anyone in.');
  return token.account;
}

/** Parameters that may hold slashes unescaped, too. */
const WHOLE_REST: ReadonlySet<string> = new Set(['ref', 'path', 'branch', 'basehead', 'tag']);

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  /** Routes with more literal text are tried first: `/releases/latest` before `/releases/{release_id}`. */
  readonly weight: number;
}

/** Finds the route of a request; parameters come decoded. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match | undefined {
  const compiled = routes.map(compile).toSorted((a, b) => b.weight - a.weight);
  return (method, path) => {
    for (const { route, pattern } of compiled) {
      if (route.route.method !== method) continue;
      const matched = pattern.exec(path);
      if (!matched) continue;
      const parameters = Object.entries(matched.groups ?? {}).map(([name, value]) => [name, decodeSafely(value)]);
      return { found: route, parameters: Object.fromEntries(parameters) };
    }
    return undefined;
  };
}

function compile(route: Route): Compiled {
  const { path } = route.route;
  const pattern = path.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) =>
    WHOLE_REST.has(name) ? `(?<${name}>.*)` : `(?<${name}>[^/]+)`,
  );
  return { route, pattern: new RegExp(`^${pattern}$`), weight: path.replaceAll(/\{[a-z_]+\}/g, '').length };
}

/** What cannot be decoded stays as it came: then it names nothing. */
export function decodeSafely(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
