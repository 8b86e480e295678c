import { SHELLS, type CompletedCommand, type CompletedProgram } from './describe.ts';

/** For zsh, after `compinit`. Words that are not ours complete as files, as they do for the archiver. */
export function zshScript({ commands, words, groups, valued, topics }: CompletedProgram): string {
  return `#compdef ar ar-plugin
# Completion of \`ar plugin\` for zsh: source <(ar plugin completion zsh)
_ar_plugin_installed() {
  local -a names
  names=(\${(f)"$(ar-plugin completion --installed 2>/dev/null)"})
  compadd -a names
}

_ar_plugin() {
${walker(groups, valued)}
  case "$target \${words[CURRENT-1]}" in
${commands.flatMap(choiceCases).join('\n')}
  esac
  case \${words[CURRENT-1]} in
    (--project) _files -/; return ;;
    (--registry) return ;;
  esac
  case $target in
    ('') offers=(${[...words, ['help', 'Show help.'] as const].map(offer).join(' ')}); _describe command offers ;;
    (help) compadd ${[...words.map(([word]) => word), ...topics].join(' ')} ;;
${[...groups]
  .filter(([group]) => !commands.some(({ path }) => path === group))
  .map(([group, verbs]) => `    (${group}) offers=(${verbs.map(offer).join(' ')}); _describe command offers ;;`)
  .join('\n')}
${commands.map((command) => commandCase(command, groups)).join('\n')}
  esac
}

if [[ \${funcstack[1]} == _ar_plugin || \${funcstack[1]} == _ar ]]; then
  _ar_plugin "$@"
elif (( \${+functions[compdef]} )); then
  compdef _ar_plugin ar ar-plugin
fi
`;
}

/** Finds which command the line is at. */
function walker(groups: CompletedProgram['groups'], valued: readonly string[]): string {
  return `  local target='' word
  local -i index=3
  local -a offers
  if [[ \${words[1]:t} == ar-plugin ]]; then
    index=2
  elif (( CURRENT == 2 )); then
    compadd plugin help completion up
    _files
    return
  elif [[ \${words[2]} == (help|completion|up) ]]; then
    index=2
  elif [[ \${words[2]} != plugin ]]; then
    _files
    return
  fi
  for (( ; index < CURRENT; index++ )); do
    word=\${words[index]}
    case $word in
      (${valued.join('|')}) (( index++ )) ;;
      (-*) ;;
      (*)
        case "$target $word" in
          (" "*) target=$word ;;
${[...groups].map(([group, verbs]) => `          (${verbs.map(([verb]) => `"${group} ${verb}"`).join('|')}) target="${group} $word" ;;`).join('\n')}
        esac ;;
    esac
  done`;
}

function choiceCases({ path, options }: CompletedCommand): readonly string[] {
  return options
    .filter(({ choices }) => choices.length > 0)
    .map(({ flag, choices }) => `    ("${path} ${flag}") compadd ${choices.join(' ')}; return ;;`);
}

function commandCase({ path, options, takes }: CompletedCommand, groups: CompletedProgram['groups']): string {
  const flags = options.map(({ flag, summary }) => offer([flag, summary])).join(' ');
  const verbs = groups.get(path);
  const also = verbs ? `offers=(${verbs.map(offer).join(' ')}); _describe command offers; ` : '';
  const offered = {
    files: '_files',
    installed: '_ar_plugin_installed',
    shells: `compadd ${SHELLS.join(' ')}`,
    nothing: ':',
  }[takes];
  return `    (${quoted(path)}) if [[ \${words[CURRENT]} == -* ]]; then offers=(${flags}); _describe -o option offers; else ${also}${offered}; fi ;;`;
}

/** \`word:what it is\`, where a colon in the word would end it. */
function offer([word, summary]: readonly [string, string]): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${summary}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
