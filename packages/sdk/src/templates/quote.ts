/**
 * Text as a double-quoted scalar of JSON, which is also one of YAML 1.2.
 *
 * JSON leaves DEL, the C1 controls, the byte order mark and the line separators as they are; YAML 1.2 wants them escaped.
 *
 * @source YAML 1.2.2, sections 5.1 and 5.7
 */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text for a line of Markdown, where it is shown as typed. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|&!~]/g, String.raw`\$&`);
}
