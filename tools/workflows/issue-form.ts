/**
 * What GitHub asks of an issue form: it drops a form that breaks these rules without a word.
 *
 * @source docs.github.com, “Syntax for issue forms” and “Syntax for GitHub's form schema”
 */
import { parse } from 'yaml';
import { mapping, textOf, type Mapping } from './read.ts';

const TOP = ['name', 'description', 'title', 'labels', 'body'];
const FIELD = ['type', 'id', 'attributes', 'validations'];

/** Type of a field → what its attributes may be, and which of them must be there. */
const ATTRIBUTES: Readonly<Record<string, { readonly may: readonly string[]; readonly must: readonly string[] }>> = {
  markdown: { may: ['value'], must: ['value'] },
  input: { may: ['label', 'description', 'placeholder', 'value'], must: ['label'] },
  textarea: { may: ['label', 'description', 'placeholder', 'value', 'render'], must: ['label'] },
  dropdown: { may: ['label', 'description', 'multiple', 'options', 'default'], must: ['label', 'options'] },
  checkboxes: { may: ['label', 'description', 'options'], must: ['label', 'options'] },
};

/** Sentences about a form that GitHub would not show; empty if it would. */
export function checkIssueForm(text: string): readonly string[] {
  const form = mapping(parse(text));
  const body = Array.isArray(form['body']) ? form['body'].map(mapping) : [];
  return [
    ...unknown('The form', form, TOP),
    ...missing('The form', form, ['name', 'description', 'body']),
    ...(body.some(({ type }) => type !== 'markdown') ? [] : ['The form has no field to fill in.']),
    ...repeated(
      'id',
      body.map(({ id }) => textOf(id)),
    ),
    ...repeated(
      'label',
      body.map(({ attributes }) => textOf(mapping(attributes)['label'])),
    ),
    ...body.flatMap(checkField),
  ];
}

function checkField(field: Mapping, index: number): readonly string[] {
  const place = `Field ${index + 1}`;
  const type = textOf(field['type']);
  const rule = Object.hasOwn(ATTRIBUTES, type) ? ATTRIBUTES[type] : undefined;
  if (!rule) return [`${place} is of no known type.`];
  const attributes = mapping(field['attributes']);
  const id = textOf(field['id']);
  return [
    ...unknown(place, field, type === 'markdown' ? ['type', 'attributes'] : FIELD),
    ...unknown(place, attributes, rule.may),
    ...unknown(place, mapping(field['validations']), type === 'checkboxes' ? [] : ['required']),
    ...missing(place, attributes, rule.must),
    ...(/^[\w-]*$/.test(id) ? [] : [`${place} has an id with other characters than letters, digits, - and _.`]),
    ...('options' in attributes ? checkOptions(place, type, attributes['options']) : []),
  ];
}

function checkOptions(place: string, type: string, options: unknown): readonly string[] {
  if (!Array.isArray(options) || options.length === 0) return [`${place} has no options.`];
  const labels =
    type === 'checkboxes' ? options.map((option) => textOf(mapping(option)['label'])) : options.map(textOf);
  return [
    ...(labels.includes('') ? [`${place} has an option without a text.`] : []),
    ...(type === 'dropdown' && labels.some((label) => /^none$/i.test(label))
      ? [`${place} has the option None, which GitHub adds itself.`]
      : []),
    ...repeated(`option of ${place}`, labels),
  ];
}

function unknown(place: string, values: Mapping, known: readonly string[]): readonly string[] {
  return Object.keys(values).flatMap((key) => (known.includes(key) ? [] : [`${place} has the unknown key ${key}.`]));
}

function missing(place: string, values: Mapping, required: readonly string[]): readonly string[] {
  return required.flatMap((key) => (values[key] === undefined || values[key] === '' ? [`${place} lacks ${key}.`] : []));
}

function repeated(what: string, values: readonly string[]): readonly string[] {
  const given = values.filter((value) => value !== '');
  return given
    .filter((value, index) => given.indexOf(value) < index)
    .map((value) => `The ${what} “${value}” is used twice.`);
}
