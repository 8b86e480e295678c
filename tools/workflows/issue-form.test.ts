import { describe, expect, it } from 'vitest';
import { checkIssueForm } from './issue-form.ts';

const FORM = `
name: a
description: b
body:
  - type: markdown
    attributes: { value: text }
  - type: input
    id: one
    attributes: { label: One }
    validations: { required: true }
  - type: dropdown
    attributes: { label: Two, options: [x, y] }
  - type: checkboxes
    attributes: { label: Three, options: [{ label: x, required: true }] }
`;

describe('checkIssueForm', () => {
  it('takes a form with fields of each kind', () => {
    expect(checkIssueForm(FORM)).toEqual([]);
  });

  it.each([
    ['an unknown key', FORM.replace('name: a', 'name: a\nlabel: x')],
    ['no description', FORM.replace('description: b', '')],
    ['no body', 'name: a\ndescription: b\n'],
    ['nothing but text', 'name: a\ndescription: b\nbody: [{ type: markdown, attributes: { value: x } }]\n'],
    ['a field of an unknown type', FORM.replace('type: input', 'type: text')],
    ['a type from the prototype', FORM.replace('type: input', 'type: constructor')],
    ['a field without a label', FORM.replace('label: One', 'description: One')],
    ['an attribute of another type', FORM.replace('label: One', 'label: One, render: shell')],
    ['an unknown validation', FORM.replace('{ required: true }\n  - type: dropdown', '{ min: 1 }\n  - type: dropdown')],
    ['an id with spaces', FORM.replace('id: one', 'id: one two')],
    ['a label that is used twice', FORM.replace('label: Two', 'label: One')],
    ['an id that is used twice', FORM.replace('- type: dropdown', '- type: dropdown\n    id: one')],
    ['no options', FORM.replace('[x, y]', '[]')],
    ['an option that is used twice', FORM.replace('[x, y]', '[x, x]')],
    ['the option None', FORM.replace('[x, y]', '[x, None]')],
    ['an option without a text', FORM.replace('{ label: x, required: true }', '{ required: true }')],
  ])('refuses a form with %s', (_what, text) => {
    expect(checkIssueForm(text)).not.toEqual([]);
  });
});
