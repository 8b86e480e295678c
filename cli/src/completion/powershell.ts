import { SHELLS, type CompletedProgram } from './describe.ts';

/** For PowerShell 5.1 and newer. */
export function powershellScript({ commands, words, groups, valued, topics }: CompletedProgram): string {
  const verbs = [...groups].map(([group, own]) => [group, own.map(([verb]) => verb)] as const);
  return `# Completion of \`ar plugin\` for PowerShell: ar plugin completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'ar', 'ar-plugin' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $offers = @()
    $options = @{
${commands.map(({ path, options }) => `        ${quoted(path)} = ${list(options.map(({ flag }) => flag))}`).join('\n')}
    }
    $takes = @{
${commands.map(({ path, takes }) => `        ${quoted(path)} = '${takes}'`).join('\n')}
    }
    $choices = @{
${commands
  .flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flag, choices }) => [`${path} ${flag}`, choices] as const),
  )
  .map(([key, values]) => `        ${quoted(key)} = ${list(values)}`)
  .join('\n')}
    }
    $verbs = @{
${verbs.map(([group, names]) => `        ${quoted(group)} = ${list(names)}`).join('\n')}
    }
${walker(valued)}
    $previous = if ($rest.Count -gt 0) { $rest[-1] } else { '' }
    if ($offers) { }
    elseif ($choices.ContainsKey("$path $previous")) { $offers = $choices["$path $previous"] }
    elseif ($path -eq '') { $offers = ${list([...words.map(([word]) => word), 'help'])} }
    elseif ($path -eq 'help') { $offers = ${list([...words.map(([word]) => word), ...topics])} }
    elseif ($wordToComplete.StartsWith('-')) { $offers = $options[$path] }
    else {
        $offers = @($verbs[$path])
        if ($takes[$path] -eq 'installed') { $offers += @(ar-plugin completion --installed 2>$null) }
        if ($takes[$path] -eq 'shells') { $offers += ${list(SHELLS)} }
    }
    $offers | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
`;
}

/** Finds which command the line is at. */
function walker(valued: readonly string[]): string {
  return `    $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    if ($wordToComplete -ne '' -and $typed.Count -gt 0 -and $typed[-1] -eq $wordToComplete) { $typed = @($typed | Select-Object -SkipLast 1) }
    $rest = @($typed | Select-Object -Skip 1)
    if ([IO.Path]::GetFileNameWithoutExtension($typed[0]) -ne 'ar-plugin') {
        if ($rest.Count -eq 0) {
            $offers = 'plugin', 'help', 'completion', 'up'
        } elseif ($rest[0] -eq 'plugin') {
            $rest = @($rest | Select-Object -Skip 1)
        } elseif ($rest[0] -notin 'help', 'completion', 'up') {
            return
        }
    }
    $path = ''
    $skip = $false
    foreach ($word in $rest) {
        if ($skip) { $skip = $false }
        elseif ($word -in ${list(valued)}) { $skip = $true }
        elseif ($word.StartsWith('-')) { }
        elseif ($path -eq '') { $path = $word }
        elseif ($verbs.ContainsKey($path) -and $word -in $verbs[$path]) { $path = "$path $word" }
    }`;
}

function list(values: readonly string[]): string {
  return `@(${values.map(quoted).join(', ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
