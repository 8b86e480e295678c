import { SHELLS, type CompletedCommand, type CompletedOption, type CompletedProgram } from './describe.ts';

/** For fish 3. */
export function fishScript({ commands, words, groups, valued, topics }: CompletedProgram): string {
  const verbs = [...groups].flatMap(([group, list]) => list.map(([verb]) => `${group} ${verb}`));
  return `# Completion of \`ar plugin\` for fish: ar plugin completion fish | source
function __ar_plugin_at --argument-names wanted
    set -l words (commandline -opc)
    if string match -q -r '(^|/)ar-plugin$' -- $words[1]
        set -e words[1]
    else if test "$words[2]" = plugin
        set -e words[1 2]
    else if contains -- "$words[2]" help completion up
        set -e words[1]
    else
        return 1
    end
    set -l path
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
        else if contains -- $word ${valued.join(' ')}
            set skip 1
        else if string match -q -- '-*' $word
        else if test -z "$path"
            set path $word
        else if contains -- "$path $word" ${verbs.map(quoted).join(' ')}
            set path "$path $word"
        end
    end
    test "$path" = "$wanted"
end

function __ar_plugin_installed
    ar-plugin completion --installed 2>/dev/null
end

complete -c ar -n 'test (count (commandline -opc)) = 1' -a 'plugin help completion up'
for program in ar ar-plugin
${[
  ...[...words, ['help', 'Show help.'] as const].map((one) => wordLine('', one)),
  ...[...words.map(([word]) => word), ...topics].map((word) => `-n '__ar_plugin_at help' -f -a ${word}`),
  ...[...groups].flatMap(([group, list]) => list.map((one) => wordLine(group, one))),
  ...commands.flatMap(commandLines),
]
  .map((line) => `    complete -c $program ${line}`)
  .join('\n')}
end
`;
}

function wordLine(path: string, [word, summary]: readonly [string, string]): string {
  return `${at(path)} -f -a ${word} -d ${quoted(summary)}`;
}

function commandLines({ path, options, takes }: CompletedCommand): readonly string[] {
  const offered = {
    files: [`${at(path)} -F`],
    installed: [`${at(path)} -f -a '(__ar_plugin_installed)'`],
    shells: [`${at(path)} -f -a '${SHELLS.join(' ')}'`],
    nothing: [`${at(path)} -f`],
  }[takes];
  return [...offered, ...options.map((option) => optionLine(path, option))];
}

function optionLine(path: string, { flag, summary, takesValue, choices }: CompletedOption): string {
  const value = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : takesValue ? ' -r' : '';
  return `${at(path)} -l ${flag.slice(2)}${value} -d ${quoted(summary)}`;
}

function at(path: string): string {
  return `-n '__ar_plugin_at "${path}"'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
