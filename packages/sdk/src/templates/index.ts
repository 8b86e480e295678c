/** What `ar plugin init` writes. */
export { renderTemplate, type TemplateOptions } from './render-template.ts';
