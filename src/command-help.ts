import { COMMANDS, type CommandName, FORMATS, type OptionName } from './command-line.ts'

/** The help text of the program. */
export function usage(): string {
  const commands = Object.values(COMMANDS)
  const width = Math.max(...commands.map((command) => command.usage.length))
  return [
    'usage: ringfence COMMAND',
    '',
    ...commands.map((command) => `  ${command.usage.padEnd(width)}   ${command.about}`),
    '',
    'TREE is a folder or a git revision of --repo (default: here).',
    `--format ${FORMATS.join(' | ')}, --config FILE, --fail-on SEVERITY | none, --output FILE`,
    'exit status: 0 nothing at or above --fail-on (default high), 1 something is, 2 the input could not be analysed',
    'ringfence COMMAND --help tells more of one command, ringfence --version the version.',
  ].join('\n')
}

/** The help text of one command: what it prints, in which formats, and each option. */
export function commandUsage(name: CommandName): string {
  const { usage: line, about, formats, options } = COMMANDS[name]
  const rows = [...options, ...COMMON].flatMap((option): (readonly [string, string])[] => {
    const help = HELP[option]
    return help === undefined ? [] : [[`--${option}${help.value === '' ? '' : ` ${help.value}`}`, help.about]]
  })
  const width = Math.max(...rows.map(([option]) => option.length))
  return [
    `usage: ringfence ${line}`,
    '',
    `Prints ${about}. Formats: ${formats.join(', ')}.`,
    '',
    ...rows.map(([option, words]) => `  ${option.padEnd(width)}   ${words}`),
  ].join('\n')
}

const COMMON = ['format', 'output'] as const

/** Options without a line here are those of np-guard's analyser, which its own manual tells of. */
const HELP: { readonly [K in OptionName]?: { readonly value: string; readonly about: string } } = {
  base: { value: 'TREE', about: 'what is compared with: a folder or a git revision' },
  head: { value: 'TREE', about: 'what is judged: a folder or a git revision' },
  repo: { value: 'DIR', about: 'the repository that revisions are read from (default: the current folder)' },
  config: { value: 'FILE', about: "instead of the tree's .github/ringfence.yml; '' for none" },
  'fail-on': {
    value: 'SEVERITY',
    about: 'critical, high, medium, low, note or none: from where on the exit status is 1',
  },
  today: { value: 'DATE', about: 'the day that suppressions are judged by, as 2027-03-31' },
  exposure: { value: '', about: 'what comes from and goes to the outside as well' },
  from: { value: 'PEER', about: 'NAMESPACE/NAME, an address, a name, internet, node/POOL, api-server, metadata' },
  to: { value: 'PEER', about: 'the same' },
  port: { value: 'P', about: 'the port of the destination, 1 to 65535' },
  protocol: { value: 'NAME', about: 'TCP (the default), UDP, SCTP or ICMP' },
  queries: { value: 'FILE', about: 'many questions: a JSON list of {"from", "to", "protocol", "port"}' },
  unit: { value: 'PATH', about: 'one unit alone: its folder or entry file' },
  'var-file': { value: 'FILE', about: 'a tfvars file for the unit, relative to it; several are allowed' },
  parameters: { value: 'FILE', about: 'a parameter file for the unit, relative to it; several are allowed' },
  format: {
    value: 'NAME',
    about: 'one of the formats above (default: text; for resources json where the output is no terminal)',
  },
  output: { value: 'FILE', about: 'writes there instead of to standard output' },
}
