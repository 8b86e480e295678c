/** The documents that a client reads. Validators are large generated modules: each is loaded when its first document arrives. */
import { routes } from '@ar-registry/core/layout';
import type {
  AdvisoriesDocument,
  CategoriesDocument,
  ConfigDocument,
  PluginDocument,
  PluginName,
  SearchIndexDocument,
  TagsDocument,
  Validator,
  Version,
  VersionDocument,
} from '@ar-registry/schemas';

const MEBIBYTE = 1024 * 1024;
/** Lists of the whole registry may be long; what is said of one plugin may not. */
const LIST_LIMIT_BYTES = 64 * MEBIBYTE;
const DOCUMENT_LIMIT_BYTES = 16 * MEBIBYTE;

/** Where a document is, how long it may be, and what it must look like. */
export interface Kind<T> {
  readonly route: string;
  readonly limitBytes: number;
  /** How a person calls it, at the start of a sentence. */
  readonly what: string;
  readonly load: () => Promise<Validator<T>>;
}

/** `config.json`: what the registry is, and where everything lies. */
export const CONFIG: Kind<ConfigDocument> = {
  route: routes.config,
  limitBytes: DOCUMENT_LIMIT_BYTES,
  what: 'The configuration of the registry',
  load: async () => (await import('@ar-registry/schemas/validators/api/config')).validator,
};
/** What a search needs of every plugin. */
export const SEARCH_INDEX: Kind<SearchIndexDocument> = {
  route: routes.search,
  limitBytes: LIST_LIMIT_BYTES,
  what: 'The search index of the registry',
  load: async () => (await import('@ar-registry/schemas/validators/api/search-index')).validator,
};
/** What is known against versions of plugins. */
export const ADVISORIES: Kind<AdvisoriesDocument> = {
  route: routes.advisories,
  limitBytes: LIST_LIMIT_BYTES,
  what: 'The list of advisories',
  load: async () => (await import('@ar-registry/schemas/validators/api/advisories')).validator,
};
/** All categories, with counts. */
export const CATEGORIES: Kind<CategoriesDocument> = {
  route: routes.categories,
  limitBytes: LIST_LIMIT_BYTES,
  what: 'The list of categories',
  load: async () => (await import('@ar-registry/schemas/validators/api/categories')).validator,
};
/** All tags, with counts. */
export const TAGS: Kind<TagsDocument> = {
  route: routes.tags,
  limitBytes: LIST_LIMIT_BYTES,
  what: 'The list of tags',
  load: async () => (await import('@ar-registry/schemas/validators/api/tags')).validator,
};

/** One plugin with all its versions, abbreviated. */
export function pluginKind(name: PluginName): Kind<PluginDocument> {
  return {
    route: routes.plugin(name),
    limitBytes: DOCUMENT_LIMIT_BYTES,
    what: name,
    load: async () => (await import('@ar-registry/schemas/validators/api/plugin')).validator,
  };
}

/** One version, write-once. */
export function versionKind(name: PluginName, version: Version): Kind<VersionDocument> {
  return {
    route: routes.version(name, version),
    limitBytes: DOCUMENT_LIMIT_BYTES,
    what: `${name}@${version}`,
    load: async () => (await import('@ar-registry/schemas/validators/api/version')).validator,
  };
}
