import { SHELLS, type CompletedCommand, type CompletedProgram } from './describe.ts';

/**
 * For bash 3.2 and newer, without the package bash-completion. Words that are not ours complete as before.
 *
 * The line is split here and not by bash, which ends a word at `@`; what is offered is cut where bash thinks that the
 * word begins.
 */
export function bashScript({ commands, words, groups, valued, topics }: CompletedProgram): string {
  return `# Completion of \`ar plugin\` for bash: source <(ar plugin completion bash)
_ar_plugin_offers() {
  local path=$1 prev=$2 cur=$3
  case "$path $prev" in
${commands.flatMap(choiceCases).join('\n')}
  esac
  case "$prev" in
    --project) compgen -d -- "$cur"; return ;;
    --registry) return ;;
  esac
  case "$path" in
    '') compgen -W '${words.map(([word]) => word).join(' ')} help' -- "$cur" ;;
    help) compgen -W '${[...words.map(([word]) => word), ...topics].join(' ')}' -- "$cur" ;;
${[...groups]
  .filter(([group]) => !commands.some(({ path }) => path === group))
  .map(([group, verbs]) => `    ${group}) compgen -W '${verbs.map(([verb]) => verb).join(' ')}' -- "$cur" ;;`)
  .join('\n')}
${commands.map((command) => commandCase(command, groups)).join('\n')}
  esac
}

${walker(groups, valued)}

complete -o default -F _ar_plugin ar ar-plugin
`;
}

/** Finds which command the line is at, and cuts what is offered. */
function walker(groups: CompletedProgram['groups'], valued: readonly string[]): string {
  return `_ar_plugin() {
  local line=\${COMP_LINE:0:COMP_POINT} path='' prev='' cur='' word='' offer='' from=2
  local -a words
  read -ra words <<<"$line"
  case "$line" in *' ') words+=('') ;; esac
  local last=$((\${#words[@]} - 1))
  cur=\${words[last]}
  [ "$last" -gt 0 ] && prev=\${words[last - 1]}
  COMPREPLY=()
  case "\${words[0]##*/}" in
    ar-plugin) from=1 ;;
    *)
      if [ "$last" -eq 1 ]; then
        COMPREPLY=($(compgen -W 'plugin help completion up' -- "$cur"))
        return
      fi
      case "\${words[1]}" in
        plugin) ;;
        help | completion | up) from=1 ;;
        *) return ;;
      esac
      ;;
  esac
  local index=$from
  while [ "$index" -lt "$last" ]; do
    word=\${words[index]}
    case "$word" in
      ${valued.join(' | ')}) index=$((index + 1)) ;;
      -*) ;;
      *) case "$path" in
        '') path=$word ;;
        ${[...groups.keys()].join(' | ')}) case " $(_ar_plugin_verbs "$path") " in *" $word "*) path="$path $word" ;; esac ;;
      esac ;;
    esac
    index=$((index + 1))
  done
  # What bash takes for the beginning of the word stays as it is.
  local kept=\${cur%"\${cur##*["\${COMP_WORDBREAKS:-}"]}"}
  while IFS= read -r offer; do COMPREPLY+=("\${offer#"$kept"}"); done < <(_ar_plugin_offers "$path" "$prev" "$cur")
}

_ar_plugin_verbs() {
  case "$1" in
${[...groups].map(([group, verbs]) => `    ${group}) echo '${verbs.map(([verb]) => verb).join(' ')}' ;;`).join('\n')}
  esac
}`;
}

function choiceCases({ path, options }: CompletedCommand): readonly string[] {
  return options
    .filter(({ choices }) => choices.length > 0)
    .map(({ flag, choices }) => `    '${path} ${flag}') compgen -W '${choices.join(' ')}' -- "$cur"; return ;;`);
}

function commandCase({ path, options, takes }: CompletedCommand, groups: CompletedProgram['groups']): string {
  const flags = options.map(({ flag }) => flag).join(' ');
  const verbs = (groups.get(path) ?? []).map(([verb]) => verb).join(' ');
  const offered = {
    files: 'compgen -f -- "$cur"',
    installed: 'compgen -W "$(ar-plugin completion --installed 2>/dev/null)" -- "$cur"',
    shells: `compgen -W '${SHELLS.join(' ')}' -- "$cur"`,
    nothing: ':',
  }[takes];
  const also = verbs === '' ? '' : `compgen -W '${verbs}' -- "$cur"; `;
  return `    '${path}') case "$cur" in -*) compgen -W '${flags}' -- "$cur" ;; *) ${also}${offered} ;; esac ;;`;
}
